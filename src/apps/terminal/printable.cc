#include "apps/terminal/printable.h"

#include <algorithm>

namespace lyceum::apps::terminal {
namespace {

/// Octets of the character that starts with this one; 0 when none does. RFC 3629 3
std::size_t length_by(unsigned char first) {
    if (first < 0x80) return 1;
    if (first < 0xC2) return 0;
    if (first < 0xE0) return 2;
    if (first < 0xF0) return 3;
    return first < 0xF5 ? 4 : 0;
}

bool goes_on(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// Whether octets of the right number are one character: not one that has a shorter form (of a
/// control character, say), no half of a surrogate, none past U+10FFFF. RFC 3629 3
bool is_character(std::string_view octets) {
    if (!std::ranges::all_of(octets.substr(1), goes_on)) return false;
    const auto second = octets.size() > 2 ? static_cast<unsigned char>(octets[1]) : 0U;
    switch (static_cast<unsigned char>(octets[0])) {
    case 0xE0:
        return second >= 0xA0;
    case 0xED:
        return second < 0xA0;
    case 0xF0:
        return second >= 0x90;
    case 0xF4:
        return second < 0x90;
    default:
        return true;
    }
}

/// U+0000 to U+001F, U+007F to U+009F: in eight-bit terminals the latter start escapes, too.
bool is_control(std::string_view character) {
    const auto u = static_cast<unsigned char>(character[0]);
    if (character.size() == 2) return u == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
    return (u < 0x20 && u != '\n' && u != '\t') || u == 0x7F;
}

} // namespace

std::string printable(std::string_view text) {
    std::string shown;
    while (!text.empty()) {
        const auto length = length_by(static_cast<unsigned char>(text[0]));
        if (length == 0 || length > text.size() || !is_character(text.substr(0, length))) {
            text.remove_prefix(1);
            continue;
        }
        if (!is_control(text.substr(0, length))) shown += text.substr(0, length);
        text.remove_prefix(length);
    }
    return shown;
}

} // namespace lyceum::apps::terminal
