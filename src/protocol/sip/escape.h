#pragma once

#include "base/text.h"

#include <optional>
#include <string_view>

namespace lyceum::sip {

/// The octet that a leading %HH stands for; nothing when s does not start with one. RFC 3261 25.1,
/// escaped
[[nodiscard]] constexpr std::optional<char> escaped_octet(std::string_view s) {
    const auto digit = [](char c) {
        if (is_digit(c)) return c - '0';
        return lower(c) >= 'a' && lower(c) <= 'f' ? lower(c) - 'a' + 10 : -1;
    };
    if (s.size() < 3 || s[0] != '%' || digit(s[1]) < 0 || digit(s[2]) < 0) return std::nullopt;
    return static_cast<char>(digit(s[1]) * 16 + digit(s[2]));
}

} // namespace lyceum::sip
