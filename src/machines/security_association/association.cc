#include "machines/security_association/association.h"

#include "base/text.h"
#include "protocol/sipauth/signature_buffer.h"

#include <utility>

namespace lyceum::security_association {
namespace {

constexpr std::size_t usual_buffer = 512; ///< room for what a signature is made over

constexpr char digits[] = "0123456789ABCDEF";

template <std::size_t N>
std::array<char, 2 * N> upper_hex(const std::array<std::uint8_t, N>& octets) {
    std::array<char, 2 * N> out{};
    for (std::size_t i = 0; i < N; ++i) {
        out[2 * i] = digits[octets[i] >> 4U];
        out[2 * i + 1] = digits[octets[i] & 15U];
    }
    return out;
}

/// Clients write lower case, servers upper. digest MS-SIPAE 3.2
std::optional<ntlm::octets16> signature_octets(std::string_view hex) {
    ntlm::octets16 out{};
    if (hex.size() != 2 * out.size()) return std::nullopt;
    for (std::size_t i = 0; i < hex.size(); ++i) {
        const char c = lower(hex[i]);
        const int v = is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (v < 0) return std::nullopt;
        out[i / 2] = static_cast<std::uint8_t>((out[i / 2] << 4U) | v);
    }
    return out;
}

ntlm::side other(ntlm::side s) {
    return s == ntlm::side::client ? ntlm::side::server : ntlm::side::client;
}

} // namespace

association::association(ntlm::side ours, const ntlm::session& session, names known_by)
    : names_(std::move(known_by)), ours_(session.key, session.flags, ours),
      theirs_(session.key, session.flags, other(ours)), side_(ours) {}

signature association::sign(const sip::message& m, random::source& random, std::string& scratch) {
    signature out;
    std::array<std::uint8_t, 4> salt{};
    random.fill(salt);
    out.rand = upper_hex(salt);
    append_number(out.num, ++last_);

    scratch.clear();
    scratch.reserve(usual_buffer);
    sipauth::append_signature_buffer(m,
                                     {.scheme = ntlm_scheme,
                                      .rand = out.rand_text(),
                                      .num = out.num,
                                      .realm = names_.realm,
                                      .targetname = names_.targetname,
                                      .version = names_.version},
                                     scratch);
    out.value = upper_hex(ours_.sign(as_bytes(scratch)));
    return out;
}

association::verdict
association::verify(const sip::message& m, const sipauth::fields_view& f, std::string& scratch) {
    auto claimed = claimed_signature(m, f, other(side_), names_.version, std::move(scratch));
    const auto v = claimed ? verify(*claimed) : verdict::bad;
    scratch = claimed ? std::move(claimed->buffer) : std::string();
    return v;
}

association::verdict association::verify(const pending_signature& p) {
    // The signature first: a number means nothing until we know that it is our peer's.
    if (!theirs_.verify(as_bytes(p.buffer), p.value)) return verdict::bad;
    if (!window_.fresh(p.num)) return verdict::replayed;
    window_.take(p.num);
    return verdict::good;
}

std::optional<pending_signature> claimed_signature(const sip::message& m,
                                                   const sipauth::fields_view& f,
                                                   ntlm::side from,
                                                   unsigned version,
                                                   std::string buffer) {
    const bool client = from == ntlm::side::client;
    const auto rand = client ? f.crand : f.srand;
    const auto num = client ? f.cnum : f.snum;
    const auto value = client ? f.response : f.rspauth;
    if (!rand || !num || !value || !f.realm || !f.targetname) return std::nullopt;
    const auto number = to_u32(*num);
    const auto octets = signature_octets(*value);
    if (!number || !octets) return std::nullopt;

    pending_signature out{.buffer = std::move(buffer), .num = *number, .value = *octets};
    out.buffer.clear();
    out.buffer.reserve(usual_buffer);
    sipauth::append_signature_buffer(m,
                                     {.scheme = f.scheme,
                                      .rand = *rand,
                                      .num = *num,
                                      .realm = *f.realm,
                                      .targetname = *f.targetname,
                                      .version = version},
                                     out.buffer);
    return out;
}

std::optional<sipauth::fields_view> find_fields(const sip::message& m,
                                                sip::header h,
                                                sip::header proxy_form,
                                                std::string_view realm,
                                                std::string_view targetname) {
    for (const auto& line : m.fields()) {
        if (line.id != h && line.id != proxy_form) continue;
        const auto f = sipauth::parse_fields(m.value(line));
        if (f && iequals(f->scheme, ntlm_scheme) && f->realm == realm &&
            f->targetname == targetname)
            return *f;
    }
    return std::nullopt;
}

} // namespace lyceum::security_association
