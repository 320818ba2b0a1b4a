#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum {

// ASCII only, whatever the locale: protocol text is not prose.

[[nodiscard]] constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
[[nodiscard]] constexpr char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
}
[[nodiscard]] constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_alpha(char c) {
    return lower(c) >= 'a' && lower(c) <= 'z';
}
[[nodiscard]] constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// These few are called a hundred times a message, mostly for some octets: inline.

/// Equal without regard to ASCII case.
[[nodiscard]] constexpr bool iequals(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    const char* in_b = b.data();
    for (const char c : a) {
        const char other = *in_b++; // mostly they are spelt the same, or differ at once
        if (c != other && lower(c) != lower(other)) return false;
    }
    return true;
}
[[nodiscard]] constexpr bool istarts_with(std::string_view s, std::string_view prefix) {
    return s.size() >= prefix.size() && iequals(s.substr(0, prefix.size()), prefix);
}
/// Without leading and trailing blanks, tabs and line ends. Borrowed.
[[nodiscard]] constexpr std::string_view trim(std::string_view s) {
    const char* begin = s.data();
    const char* end = begin + s.size();
    while (begin != end && is_blank(*begin))
        ++begin;
    while (begin != end && is_blank(end[-1]))
        --end;
    return {begin, static_cast<std::size_t>(end - begin)};
}
/// The text up to the first separator; s becomes what follows it (or empty). Borrowed.
constexpr std::string_view split_first(std::string_view& s, char separator) {
    const auto at = s.find(separator);
    const auto first = s.substr(0, at);
    s = at == std::string_view::npos ? std::string_view{} : s.substr(at + 1);
    return first;
}
/// Lower-case copy.
[[nodiscard]] std::string to_lower(std::string_view s);
/// All parts between separators, trimmed, empty ones left out. Borrowed.
[[nodiscard]] std::vector<std::string_view> split(std::string_view s, char separator);

/// Decimal digits and nothing else; nothing when empty, signed, or too large.
[[nodiscard]] std::optional<std::uint32_t> to_u32(std::string_view digits);
[[nodiscard]] std::optional<std::uint64_t> to_u64(std::string_view digits);
[[nodiscard]] std::optional<std::int64_t> to_i64(std::string_view digits);
/// Appends decimal digits.
void append_number(std::string& out, std::uint64_t v);

[[nodiscard]] std::string to_hex(byte_view b);       ///< lower case
[[nodiscard]] std::string to_upper_hex(byte_view b); ///< upper case
[[nodiscard]] std::optional<byte_vector>
from_hex(std::string_view hex); ///< either case, even length

[[nodiscard]] std::string to_base64(byte_view b);
/// Standard alphabet; padding may be absent; blanks are refused.
[[nodiscard]] std::optional<byte_vector> from_base64(std::string_view s);
[[nodiscard]] std::string to_base64url(byte_view b); ///< no padding

[[nodiscard]] bool is_utf8(std::string_view s);
/// UTF-8 to UTF-16LE octets; nothing when s is not UTF-8.
[[nodiscard]] std::optional<byte_vector> utf16le(std::string_view s);
/// UTF-16LE octets to UTF-8; nothing on lone surrogates or an odd length.
[[nodiscard]] std::optional<std::string> from_utf16le(byte_view b);

/// Hash and equality that let maps keyed by std::string be asked with a string_view.
struct text_hash {
    using is_transparent = void;
    [[nodiscard]] std::size_t operator()(std::string_view s) const {
        return std::hash<std::string_view>{}(s);
    }
};

} // namespace lyceum
