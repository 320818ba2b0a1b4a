#include "protocol/sip/field_line.h"

#include "base/text.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace lyceum::sip {

namespace {

constexpr bool is_control(char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
}

/// Marks each octet of the word that is below 0x20 or is 0x7F. The lowest mark is exact; marks
/// above it may be false (the borrow of a subtraction runs upwards).
constexpr std::uint64_t control_marks(std::uint64_t word) {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t tops = ones * 0x80;
    const std::uint64_t del = word ^ (ones * 0x7F);
    return (((word - ones * 0x20) & ~word) | ((del - ones) & ~del)) & tops;
}

} // namespace

bool is_token(std::string_view s) {
    return !s.empty() && std::ranges::all_of(s, is_token_char);
}

std::size_t text_end(std::string_view s, std::size_t at) {
    while (true) {
        if constexpr (std::endian::native == std::endian::little) {
            for (std::uint64_t word = 0; at + sizeof word <= s.size(); at += sizeof word) {
                std::memcpy(&word, s.data() + at, sizeof word);
                if (const auto marks = control_marks(word); marks != 0) {
                    at += static_cast<std::size_t>(std::countr_zero(marks)) / 8;
                    break;
                }
            }
        }
        while (at < s.size() && !is_control(s[at]) && s[at] != '\t')
            ++at;
        if (at >= s.size()) return s.size();
        if (s[at] != '\t') return at;
        ++at;
    }
}

std::optional<field_parts> split_field(std::string_view line) {
    std::size_t at = 0;
    while (at < line.size() && is_token_char(line[at]))
        ++at;
    const auto name = line.substr(0, at);
    while (at < line.size() && is_blank(line[at]))
        ++at;
    if (name.empty() || at == line.size() || line[at] != ':') return std::nullopt;
    return field_parts{name, trim(line.substr(at + 1))};
}

parsed<void> content_length::add(std::string_view value, std::size_t at) {
    const auto number = to_u32(value);
    if (!number || (value_ && *value_ != *number)) {
        return std::unexpected(
            parse_error{malformed::bad_length, static_cast<std::uint32_t>(at), "RFC 3261 20.14"});
    }
    value_ = number;
    return {};
}

} // namespace lyceum::sip
