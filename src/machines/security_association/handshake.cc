#include "base/text.h"
#include "machines/security_association/authenticator.h"
#include "protocol/ntlm/challenge.h"
#include "protocol/sipauth/date.h"

#include <algorithm>

namespace lyceum::security_association {
namespace {

/// assumed: which id goes with which fault; the digest has 4010 to 4012 for endpoints in general.
diagnosis explain(endpoint_fault f) {
    switch (f) {
    case endpoint_fault::bad_from:
        return {4010, "From has no SIP URI"};
    case endpoint_fault::missing:
        return {4010, "Missing endpoint identifier"}; // [MS-OCER] 8.5
    case endpoint_fault::too_long:
        return {4012, "Epid too long"}; // [MS-OCER] 8.5
    case endpoint_fault::mismatched:
        return other_endpoint;
    }
    std::unreachable();
}

/// What signing cannot do without. NTLMv2 itself is not a flag; whoever verifies the answer insists
/// on it.
std::uint32_t needed_flags(bool weak) {
    const auto always = ntlm::negotiate_unicode | ntlm::negotiate_ntlm | ntlm::negotiate_sign |
                        ntlm::negotiate_datagram | ntlm::negotiate_key_exch;
    return weak ? always : always | ntlm::negotiate_extended_session_security | ntlm::negotiate_128;
}

} // namespace

authenticator::challenge authenticator::fresh_challenge(ticket of, wall_instant wall) const {
    std::string version;
    append_number(version, settings_->version);
    std::string value;
    sipauth::serialise({.scheme = ntlm_scheme,
                        .realm = settings_->realm,
                        .targetname = settings_->targetname,
                        .version = version},
                       sipauth::kind::challenge,
                       value);
    return {of,
            {{sip::header::www_authenticate, std::move(value)},
             {sip::header::date, sipauth::date_value(wall)}},
            std::nullopt};
}

void authenticator::handshake_failed(ticket of,
                                     wall_instant wall,
                                     actions& out,
                                     const diagnosis& why) const {
    auto answer = fresh_challenge(of, wall);
    answer.why = why;
    out.emplace_back(std::move(answer));
}

void authenticator::on_handshake(const sip::message& m,
                                 const sipauth::fields_view& f,
                                 wall_instant wall,
                                 instant now,
                                 actions& out) {
    const auto version = sipauth::version_of(f);
    if (version < settings_->lowest_version || version > settings_->version) {
        const bool is_known = version >= 2 && version <= settings_->version;
        return handshake_failed(0, wall, out, is_known ? version_too_low : final_handshake_failed);
    }
    auto who = endpoint_of(m);
    if (!who) {
        out.emplace_back(refuse{0, 400, explain(who.error()), std::nullopt});
    } else if (f.gssapi_data.value_or(std::string_view()).empty()) {
        first_leg(*std::move(who), version, wall, now, out);
    } else {
        final_leg(m, f, *who, wall, out);
    }
}

std::string authenticator::new_opaque() {
    for (;;) {
        auto opaque = random_->upper_hex(4); // 8 digits, as the captures have. digest MS-SIPAE 3.2
        const auto taken =
            std::ranges::any_of(half_open_, [&](const auto& h) { return h.opaque == opaque; }) ||
            std::ranges::any_of(established_,
                                [&](const auto& a) { return a.keys.known_by().opaque == opaque; });
        if (!taken) return opaque;
    }
}

byte_vector authenticator::ntlm_challenge(const ntlm::octets8& server_challenge) const {
    using ntlm::av_id;
    ntlm::challenge_message c{.server_challenge = server_challenge, .version = ntlm::os_version{}};
    // digest MS-SIPAE 3.7: OCS' order. No timestamp, which would make clients add a MIC.
    const auto tell = [&](av_id id, std::string_view name) {
        if (!name.empty()) c.target_info.push_back(ntlm::av_pair::name(id, name));
    };
    std::string host(settings_->targetname.substr(0, settings_->targetname.find('.')));
    for (char& letter : host)
        letter = upper(letter);
    tell(av_id::netbios_domain, settings_->netbios_domain);
    tell(av_id::netbios_computer,
         std::string_view(host).substr(0, 15)); // NetBIOS names are no longer
    tell(av_id::dns_domain, settings_->dns_domain);
    tell(av_id::dns_computer, settings_->targetname);
    byte_vector out;
    byte_writer w(out);
    serialise(c, w);
    return out;
}

void authenticator::first_leg(
    endpoint who, unsigned version, wall_instant wall, instant now, actions& out) {
    // Whoever starts anew has given up what it started before; but a verdict that is on its way is
    // waited for.
    std::erase_if(half_open_, [&](const handshake& h) { return h.who == who && h.waiting == 0; });
    const bool renews =
        std::ranges::any_of(established_, [&](const member& a) { return a.who == who; });
    if (half_open_.size() >= settings_->max_half_open ||
        (!renews && half_open_.size() + established() >= settings_->max_associations)) {
        out.emplace_back(refuse{0, 503, too_many_associations, settings_->handshake_timeout});
        return;
    }
    handshake h{.who = std::move(who),
                .opaque = new_opaque(),
                .challenge = {},
                .server_challenge = {},
                .until = now + settings_->handshake_timeout,
                .authenticate = {},
                .signed_with = std::nullopt};
    random_->fill(h.server_challenge);
    h.challenge = ntlm_challenge(h.server_challenge);

    // The version that the client selected. digest MS-SIPAE 4.4 (16)
    std::string number;
    append_number(number, version);
    const auto token = to_base64(h.challenge);
    std::string value;
    sipauth::serialise({.scheme = ntlm_scheme,
                        .realm = settings_->realm,
                        .targetname = settings_->targetname,
                        .version = number,
                        .opaque = h.opaque,
                        .gssapi_data = token},
                       sipauth::kind::challenge,
                       value);
    half_open_.push_back(std::move(h));
    out.emplace_back(challenge{0,
                               {{sip::header::www_authenticate, std::move(value)},
                                {sip::header::date, sipauth::date_value(wall)}},
                               std::nullopt});
}

void authenticator::final_leg(const sip::message& m,
                              const sipauth::fields_view& f,
                              const endpoint& who,
                              wall_instant wall,
                              actions& out) {
    const auto at = std::ranges::find_if(half_open_, [&](const handshake& h) {
        return h.waiting == 0 && h.opaque == f.opaque && h.who == who;
    });
    if (at == half_open_.end()) return handshake_failed(0, wall, out);

    const auto sent = f.gssapi_data.value_or(std::string_view());
    auto token = sent.size() <= settings_->max_token ? from_base64(sent) : std::nullopt;
    const auto answer =
        token ? ntlm::parse_authenticate(*token) : parsed<ntlm::authenticate_message>{};
    const bool strong =
        token && answer && ntlm::all_set(answer->flags, needed_flags(settings_->weak_sessions));
    const auto version = sipauth::version_of(f);
    // From version 4 on this request is signed already, with keys that we do not know yet. digest
    // MS-SIPAE 4.4
    auto signed_with =
        version >= 4 ? claimed_signature(m, f, ntlm::side::client, version) : std::nullopt;
    if (!strong || (version >= 4 && !signed_with)) {
        half_open_.erase(at);
        return handshake_failed(0, wall, out);
    }
    at->waiting = ++last_ticket_;
    at->version = version;
    at->authenticate = *std::move(token);
    at->signed_with = std::move(signed_with);
    out.emplace_back(verify_ntlm{at->waiting, at->server_challenge, at->authenticate});
}

std::optional<authenticator::handshake> authenticator::take_waiting(ticket of) {
    const auto at = std::ranges::find(half_open_, of, &handshake::waiting);
    if (of == 0 || at == half_open_.end())
        return std::nullopt; // timed out, or the connection had gone
    std::optional<handshake> h(std::move(*at));
    half_open_.erase(at);
    if (half_open_.empty()) half_open_.shrink_to_fit(); // mostly there will be no other
    return h;
}

void authenticator::on_proven(const ntlm_proven& p, instant now, actions& out) {
    auto h = take_waiting(p.of);
    if (!h) return;
    if (!ntlm::integrity_holds(p.session.key, h->challenge, h->authenticate)) {
        return handshake_failed(p.of, p.wall, out);
    }
    association keys(ntlm::side::server,
                     p.session,
                     {.realm = settings_->realm,
                      .targetname = settings_->targetname,
                      .opaque = std::move(h->opaque),
                      .version = h->version});
    if (h->signed_with && keys.verify(*h->signed_with) != association::verdict::good) {
        return handshake_failed(p.of, p.wall, out);
    }
    if (p.user->aor != h->who.aor) {
        out.emplace_back(refuse{p.of, 403, from_not_yours, std::nullopt});
        return;
    }
    // Only now does the old association of this endpoint end. digest MS-SIPAE 4.6 (23)
    // But what the client sent before it hears of that is signed with it, and may be the answer
    // that somebody waits for.
    std::erase_if(established_, [&](const member& a) { return a.who == h->who && a.superseded; });
    for (auto& a : established_) {
        if (a.who != h->who) continue;
        a.superseded = true;
        a.until = std::min(a.until, now + settings_->overlap);
    }
    established_.push_back({.who = std::move(h->who),
                            .keys = std::move(keys),
                            .user = p.user,
                            .until = now + settings_->lifetime,
                            .from = {},
                            .epid = {},
                            .contact = {}});
    out.emplace_back(pass{p.of, p.user});
}

void authenticator::on_refused(const ntlm_refused& r, actions& out) {
    if (take_waiting(r.of)) handshake_failed(r.of, r.wall, out);
}

void authenticator::on_unavailable(const ntlm_unavailable& u, actions& out) {
    if (take_waiting(u.of)) out.emplace_back(refuse{u.of, 503, service_unavailable, u.retry_after});
}

} // namespace lyceum::security_association
