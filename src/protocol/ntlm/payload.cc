#include "protocol/ntlm/payload.h"

#include "base/check.h"
#include "base/text.h"

#include <algorithm>

namespace lyceum::ntlm {
namespace {

constexpr std::array<std::uint8_t, 8> signature{'N', 'T', 'L', 'M', 'S', 'S', 'P', '\0'};

} // namespace

os_version read_version(byte_view eight) {
    return {.major = eight[0],
            .minor = eight[1],
            .build = static_cast<std::uint16_t>(eight[2] | (eight[3] << 8U)),
            .revision = eight[7]};
}

void serialise(const os_version& v, byte_writer& out) {
    out.u8(v.major);
    out.u8(v.minor);
    out.u16le(v.build);
    out.u8(0);
    out.u16le(0);
    out.u8(v.revision);
}

parsed<byte_view> payload_reader::next(byte_reader& in, const char* rule) {
    const auto at = in.at();
    LYCEUM_TRY(const std::size_t size, in.u16le(rule));
    LYCEUM_CHECKED(in.u16le(rule)); // the maximum: to be ignored on receipt
    LYCEUM_TRY(const std::size_t offset, in.u32le(rule));
    if (size == 0) return byte_view{}; // what the offset says then means nothing
    if (offset < fixed_ || offset > message_.size() || size > message_.size() - offset) {
        return std::unexpected(parse_error{malformed::bad_length, at, rule});
    }
    begin_ = std::min(begin_, offset);
    return message_.subspan(offset, size);
}

payload_writer::slot payload_writer::add(byte_view item) {
    LYCEUM_CHECK(item.size() <= 0xFFFF);
    const slot s{static_cast<std::uint16_t>(item.size()),
                 static_cast<std::uint32_t>(at_ + payload_.size())};
    payload_.insert(payload_.end(), item.begin(), item.end());
    return s;
}

void payload_writer::write(slot s, byte_writer& out) {
    out.u16le(s.size);
    out.u16le(s.size);
    out.u32le(s.at);
}

parsed<byte_view> expect_header(byte_reader& in, std::uint32_t type, const char* rule) {
    if (in.left() > max_message) return std::unexpected(parse_error{malformed::too_large, 0, rule});
    LYCEUM_TRY(const auto magic, in.take(signature.size(), rule));
    if (!std::ranges::equal(magic, signature))
        return std::unexpected(parse_error{malformed::bad_value, 0, rule});
    LYCEUM_TRY(const auto got, in.u32le(rule));
    if (got != type) return std::unexpected(parse_error{malformed::bad_value, 8, rule});
    return magic;
}

void write_header(std::uint32_t type, byte_writer& out) {
    out.bytes(signature);
    out.u32le(type);
}

parsed<std::string> read_name(byte_view utf16, const char* rule) {
    auto name = from_utf16le(utf16);
    if (!name) return std::unexpected(parse_error{malformed::bad_value, 0, rule});
    return *std::move(name);
}

} // namespace lyceum::ntlm
