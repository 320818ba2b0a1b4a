#include "machines/security_association/client.h"

#include "base/text.h"

#include <algorithm>

namespace lyceum::security_association {
namespace {

/// 100 ns since 1601: 11644473600 seconds before the epoch of wall clocks.
std::uint64_t filetime(wall_instant t) {
    constexpr std::int64_t shift_ms = 11644473600LL * 1000;
    return static_cast<std::uint64_t>(t.time_since_epoch().count() + shift_ms) * 10000;
}

std::optional<sipauth::fields_view> ntlm_challenge(const sip::message& m) {
    for (const auto& line : m.fields()) {
        if (line.id != sip::header::www_authenticate && line.id != sip::header::proxy_authenticate)
            continue;
        const auto f = sipauth::parse_fields(m.value(line));
        if (f && iequals(f->scheme, ntlm_scheme) && f->realm && f->targetname) return *f;
    }
    return std::nullopt;
}

} // namespace

client_association::client_association(ntlm::identity who,
                                       random::source& random,
                                       unsigned highest_version)
    : who_(std::move(who)), random_(&random), highest_version_(highest_version) {}

void client_association::start_over() {
    state_ = state::idle;
    names_ = {};
    token_.clear();
    keys_.reset();
    renew_at_.reset();
}

bool client_association::on_challenge(const sip::message& response, wall_instant wall) {
    const auto f = ntlm_challenge(response);
    const auto offered = f ? sipauth::version_of(*f) : 0;
    if (!f || offered < 2) {
        state_ = state::failed;
        return false;
    }
    if (state_ == state::asked && f->gssapi_data && !f->gssapi_data->empty()) {
        if (answer(*f, *f->gssapi_data, wall)) return true;
        state_ = state::failed;
        return false;
    }
    // A challenge from the beginning. The second in a handshake means that the server did not like
    // ours.
    if (state_ == state::asked || state_ == state::answering || state_ == state::failed) {
        state_ = state::failed;
        return false;
    }
    start_over();
    state_ = state::asked;
    names_ = {.realm = std::string(*f->realm),
              .targetname = std::string(*f->targetname),
              .opaque = {},
              .version = std::min(offered, highest_version_)};
    return true;
}

bool client_association::answer(const sipauth::fields_view& f,
                                std::string_view token,
                                wall_instant wall) {
    const auto octets = from_base64(token);
    if (!octets || !f.opaque || f.realm != names_.realm || f.targetname != names_.targetname)
        return false;
    const auto asked = ntlm::parse_challenge(*octets);
    if (!asked) return false;
    ntlm::freshness fresh{.time = filetime(wall)};
    random_->fill(fresh.client_challenge);
    random_->fill(fresh.session_key);
    const auto made = ntlm::answer_challenge(*asked, who_, fresh);
    if (!made) return false;

    byte_vector message;
    byte_writer w(message);
    serialise(made->message, w);
    token_ = to_base64(message);
    names_.opaque = *f.opaque;
    keys_.emplace(ntlm::side::client, made->agreed, names_);
    state_ = state::answering;
    return true;
}

void client_association::authorise(sip::message& out) {
    if (state_ == state::idle || state_ == state::failed) return;
    sipauth::fields_view f{.scheme = ntlm_scheme,
                           .realm = names_.realm,
                           .targetname = names_.targetname,
                           .qop = "auth"};
    std::string version;
    append_number(version, names_.version);
    if (state_ != state::established) {
        f.gssapi_data = token_; // empty on the first leg, and it must be there
        if (names_.version > 2) f.version = version;
    }
    if (!names_.opaque.empty()) f.opaque = names_.opaque;
    signature s;
    if (state_ == state::established || (state_ == state::answering && names_.version >= 4)) {
        s = keys_->sign(out, *random_, scratch_);
        f.crand = s.rand_text();
        f.cnum = s.num;
        f.response = s.value_text();
    }
    scratch_.clear();
    sipauth::serialise(f, sipauth::kind::credentials, scratch_);
    out.set(sip::header::authorization, scratch_);
}

client_association::verdict client_association::verify(const sip::message& in, instant now) {
    const auto f = keys_ ? find_fields(in,
                                       sip::header::authentication_info,
                                       sip::header::proxy_authentication_info,
                                       names_.realm,
                                       names_.targetname)
                         : std::nullopt;
    if (!f) return verdict::unsigned_;
    switch (keys_->verify(in, *f, scratch_)) {
    case association::verdict::bad:
        return verdict::bad;
    case association::verdict::replayed:
        return verdict::replayed;
    case association::verdict::good:
        break;
    }
    if (state_ == state::answering) {
        state_ = state::established;
        token_.clear();
        renew_at_ = now + 8h - 5min;
    }
    return verdict::good;
}

} // namespace lyceum::security_association
