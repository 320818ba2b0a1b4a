#include "json.h"

#include "libpurple.h"

#include <array>
#include <cstdio>

namespace purple_drive::json {
namespace {

void append_escape(std::string& out, unsigned code) {
    std::array<char, 16> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "\\u%04x", code);
    out += buffer.data();
}

/// U+2028 and U+2029 are line ends to some readers, and one event is one line.
bool needs_escape(gunichar c) {
    return c < 0x20 || c == 0x7f || c == 0x2028 || c == 0x2029;
}

} // namespace

std::string quoted(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        const gunichar c = g_utf8_get_char_validated(text.data(), static_cast<gssize>(text.size()));
        if (c == static_cast<gunichar>(-1) || c == static_cast<gunichar>(-2)) {
            append_escape(out, static_cast<unsigned char>(text.front()));
            text.remove_prefix(1);
            continue;
        }
        const auto length = static_cast<std::size_t>(g_unichar_to_utf8(c, nullptr));
        if (c == '"' || c == '\\') {
            out += '\\';
            out += static_cast<char>(c);
        } else if (c == '\n') {
            out += "\\n";
        } else if (needs_escape(c)) {
            append_escape(out, c);
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length);
    }
    return out += '"';
}

std::string array(const std::vector<std::string>& items) {
    std::string out = "[";
    for (const auto& item : items) {
        if (out.size() > 1) out += ',';
        out += item;
    }
    return out += ']';
}

void object::add(std::string_view key, std::string_view value) {
    if (!members_.empty()) members_ += ',';
    members_ += quoted(key);
    members_ += ':';
    members_ += value;
}

} // namespace purple_drive::json
