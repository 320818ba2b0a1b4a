#pragma once

#include <array>
#include <cstdint>
#include <string_view>

// Sets of characters as one table: a look-up for each octet, however large the set.
// (string_view::find_first_of() searches the whole set anew for each octet, and parsing is most of
// what a relayed message costs.)

namespace lyceum::sip {

/// Sets that header values and URIs are taken apart by; a character may be in several.
enum class characters : std::uint8_t {
    name_addr = 1U << 0U,  ///< what may stand before or end a display name: < " ;
    no_display = 1U << 1U, ///< what an unquoted display name does not hold: , : @ > backslash
    excluded = 1U << 2U,   ///< what no URI holds: blanks, controls, < > ". RFC 3261 19.1.2
    host = 1U << 3U,   ///< of a host name. RFC 3261 25.1, and the underscore of Windows' host names
    param = 1U << 4U,  ///< what a parameter list is taken apart by: ; , & = "
    scheme = 1U << 5U, ///< of a URI's scheme. RFC 3261 25.1
    after_port = 1U << 6U, ///< what may follow a URI's port: ; ?
    list = 1U << 7U,       ///< what a list is taken apart by: , < "
};

namespace detail {
inline constexpr auto character_sets = [] {
    std::array<std::uint8_t, 256> sets{};
    const auto put = [&](characters s, std::string_view members) {
        for (const char c : members)
            sets[static_cast<unsigned char>(c)] |= static_cast<std::uint8_t>(s);
    };
    constexpr std::string_view letters_and_digits =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    put(characters::name_addr, "<\";");
    put(characters::no_display, ",:@>\\");
    put(characters::excluded, "<>\"\x7F");
    for (unsigned c = 0; c <= 0x20; ++c)
        sets[c] |= static_cast<std::uint8_t>(characters::excluded);
    put(characters::host, letters_and_digits);
    put(characters::host, "-._");
    put(characters::param, ";,&=\"");
    put(characters::scheme, letters_and_digits);
    put(characters::scheme, "+-.");
    put(characters::after_port, ";?");
    put(characters::list, ",<\"");
    return sets;
}();
} // namespace detail

[[nodiscard]] constexpr bool is_in(char c, characters set) {
    return (detail::character_sets[static_cast<unsigned char>(c)] &
            static_cast<std::uint8_t>(set)) != 0;
}

/// Offset of the first octet of s that is in the set; the size when none is.
[[nodiscard]] constexpr std::size_t find_in(std::string_view s, characters set) {
    const auto* at = s.data();
    const auto* const end = at + s.size();
    while (at != end && !is_in(*at, set))
        ++at;
    return static_cast<std::size_t>(at - s.data());
}

/// Where the quoted string ends whose opening quote stands before `at`; the size when it does not.
[[nodiscard]] constexpr std::size_t after_quote(std::string_view s, std::size_t at) {
    for (; at < s.size(); ++at) {
        if (s[at] == '"') return at + 1;
        if (s[at] == '\\') ++at;
    }
    return s.size(); // a backslash may have been the last octet
}

/// Offset of the first octet of s that is not in the set; the size when all are.
[[nodiscard]] constexpr std::size_t find_not_in(std::string_view s, characters set) {
    const auto* at = s.data();
    const auto* const end = at + s.size();
    while (at != end && is_in(*at, set))
        ++at;
    return static_cast<std::size_t>(at - s.data());
}

} // namespace lyceum::sip
