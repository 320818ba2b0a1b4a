#include "protocol/ntlm/challenge.h"

#include "base/check.h"
#include "base/text.h"

#include <algorithm>

namespace lyceum::ntlm {
namespace {

constexpr std::uint32_t type = 2;
constexpr std::size_t fixed_size = 48;
constexpr std::size_t version_size = 8;
constexpr auto rule = "[MS-NLMP] 2.2.1.2";

} // namespace

parsed<challenge_message> parse_challenge(byte_view message) {
    byte_reader in(message);
    challenge_message out;
    payload_reader payload(message, fixed_size);
    LYCEUM_CHECKED(expect_header(in, type, rule));
    LYCEUM_TRY(const auto name, payload.next(in, rule));
    LYCEUM_TRY(out.flags, in.u32le(rule));
    LYCEUM_TRY(const auto challenge, in.take(8, rule));
    LYCEUM_CHECKED(in.take(8, rule)); // reserved: to be ignored
    LYCEUM_TRY(const auto info, payload.next(in, rule));
    if (!all_set(out.flags, negotiate_unicode)) {
        return std::unexpected(parse_error{malformed::unsupported, 20, rule});
    }
    std::ranges::copy(challenge, out.server_challenge.begin());
    LYCEUM_TRY(out.target_name, read_name(name, rule));
    if (!info.empty()) {
        LYCEUM_TRY(out.target_info, parse_av_pairs(info));
    }
    if (payload.begin() >= fixed_size + version_size) {
        out.version = read_version(message.subspan(fixed_size, version_size));
    }
    return out;
}

void serialise(const challenge_message& m, byte_writer& out) {
    const auto name = utf16le(m.target_name);
    LYCEUM_CHECK(name.has_value());
    byte_vector info;
    if (all_set(m.flags, negotiate_target_info) || !m.target_info.empty()) {
        byte_writer w(info);
        serialise(m.target_info, w);
    }
    payload_writer payload(fixed_size + (m.version ? version_size : 0));
    const auto name_slot = payload.add(*name);
    const auto info_slot = payload.add(info);

    write_header(type, out);
    payload_writer::write(name_slot, out);
    out.u32le(m.flags);
    out.bytes(m.server_challenge);
    out.u64le(0);
    payload_writer::write(info_slot, out);
    if (m.version) serialise(*m.version, out);
    out.bytes(payload.payload());
}

} // namespace lyceum::ntlm
