#include "protocol/ntlm/authenticate.h"

#include "base/check.h"
#include "base/text.h"

#include <algorithm>

namespace lyceum::ntlm {
namespace {

constexpr std::uint32_t type = 3;
constexpr std::size_t fixed_size = 64;
constexpr std::size_t version_size = 8;
constexpr std::size_t mic_size = 16;
constexpr auto rule = "[MS-NLMP] 2.2.1.3";

byte_vector copy(byte_view b) {
    return {b.begin(), b.end()};
}

byte_vector name_octets(const std::string& name) {
    auto octets = utf16le(name);
    LYCEUM_CHECK(octets.has_value());
    return *std::move(octets);
}

} // namespace

parsed<authenticate_message> parse_authenticate(byte_view message) {
    byte_reader in(message);
    authenticate_message out;
    payload_reader payload(message, fixed_size);
    LYCEUM_CHECKED(expect_header(in, type, rule));
    LYCEUM_TRY(const auto lm, payload.next(in, rule));
    LYCEUM_TRY(const auto nt, payload.next(in, rule));
    LYCEUM_TRY(const auto domain, payload.next(in, rule));
    LYCEUM_TRY(const auto user, payload.next(in, rule));
    LYCEUM_TRY(const auto workstation, payload.next(in, rule));
    LYCEUM_TRY(const auto key, payload.next(in, rule));
    LYCEUM_TRY(out.flags, in.u32le(rule));
    if (!all_set(out.flags, negotiate_unicode)) {
        return std::unexpected(parse_error{malformed::unsupported, 60, rule});
    }
    LYCEUM_TRY(out.domain, read_name(domain, rule));
    LYCEUM_TRY(out.user, read_name(user, rule));
    LYCEUM_TRY(out.workstation, read_name(workstation, rule));
    out.lm_response = copy(lm);
    out.nt_response = copy(nt);
    out.encrypted_session_key = copy(key);
    // Old clients leave version and MIC out; nothing but the place of the payload tells.
    if (payload.begin() >= fixed_size + version_size) {
        out.version = read_version(message.subspan(fixed_size, version_size));
    }
    if (payload.begin() >= mic_at + mic_size) {
        std::ranges::copy(message.subspan(mic_at, mic_size), out.mic.emplace().begin());
    }
    return out;
}

void serialise(const authenticate_message& m, byte_writer& out) {
    const bool with_mic = m.version && m.mic;
    payload_writer payload(fixed_size + (m.version ? version_size : 0) + (with_mic ? mic_size : 0));
    const auto domain = payload.add(name_octets(m.domain));
    const auto user = payload.add(name_octets(m.user));
    const auto workstation = payload.add(name_octets(m.workstation));
    const auto lm = payload.add(m.lm_response);
    const auto nt = payload.add(m.nt_response);
    const auto key = payload.add(m.encrypted_session_key);

    write_header(type, out);
    for (const auto slot : {lm, nt, domain, user, workstation, key})
        payload_writer::write(slot, out);
    out.u32le(m.flags);
    if (m.version) serialise(*m.version, out);
    if (with_mic) out.bytes(*m.mic);
    out.bytes(payload.payload());
}

} // namespace lyceum::ntlm
