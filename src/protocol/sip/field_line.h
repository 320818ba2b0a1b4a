#pragma once

#include "base/result.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

// How a header line is read: once, for message::parse() and framer. Where two parts of a server
// read a Content-Length differently, a message can be smuggled in the body of another.

namespace lyceum::sip {

namespace detail {
inline constexpr auto token_characters = [] {
    std::array<bool, 256> is{};
    for (const char c :
         std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                          "-.!%*_+`'~")) {
        is[static_cast<unsigned char>(c)] = true;
    }
    return is;
}();
} // namespace detail

/// RFC 3261 25.1, token
[[nodiscard]] constexpr bool is_token_char(char c) {
    return detail::token_characters[static_cast<unsigned char>(c)];
}
/// One or more token characters and nothing else.
[[nodiscard]] bool is_token(std::string_view s);

/// RFC 3261 25.1, WSP: what a folded line starts with.
[[nodiscard]] constexpr bool is_wsp(char c) {
    return c == ' ' || c == '\t';
}

/// Offset of the first octet from `at` on that text does not hold: a control character other than
/// the tab. The size when there is none.
[[nodiscard]] std::size_t text_end(std::string_view s, std::size_t at);

/// A header line, taken apart. Borrowed.
struct field_parts {
    std::string_view name;
    std::string_view value; ///< trimmed; folds inside it are left
};

/// Blanks may stand before the colon. Nothing when the name is no token or the colon is missing.
/// RFC 3261 7.3.1, 25.1 (HCOLON)
[[nodiscard]] std::optional<field_parts> split_field(std::string_view line);

/// What the Content-Length fields of one message say together. RFC 3261 20.14
class content_length {
public:
    /// Takes in one field's value. Refuses what is not a plain number, is 2^32 or more, or is not
    /// what an earlier field said. `at` is the offset for the error.
    [[nodiscard]] parsed<void> add(std::string_view value, std::size_t at);

    /// Nothing when there was no field.
    [[nodiscard]] std::optional<std::uint32_t> value() const { return value_; }

private:
    std::optional<std::uint32_t> value_;
};

} // namespace lyceum::sip
