#include "base/log/render.h"

#include "base/text.h"

namespace lyceum::log {
namespace {

constexpr std::string_view withheld = "(withheld)";

constexpr std::string_view secrets[] = {
    "authorization",
    "cookie",
    "key",
    "key_file_content",
    "nt_hash",
    "pass",
    "passphrase",
    "password",
    "pin",
    "private_key",
    "proxy_authorization",
    "secret",
    "session_key",
    "signing_key",
    "ticket",
    "token",
};

void append_padded(std::string& out, std::uint64_t v, std::size_t width) {
    std::string digits;
    append_number(digits, v);
    if (digits.size() < width) out.append(width - digits.size(), '0');
    out += digits;
}

/// RFC 3339, UTC, milliseconds.
void append_time(std::string& out, wall_instant t) {
    const auto day = std::chrono::floor<std::chrono::days>(t);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(t - day);
    append_padded(out, static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
    out += '-';
    append_padded(out, static_cast<unsigned>(date.month()), 2);
    out += '-';
    append_padded(out, static_cast<unsigned>(date.day()), 2);
    out += 'T';
    append_padded(out, static_cast<std::uint64_t>(time.hours().count()), 2);
    out += ':';
    append_padded(out, static_cast<std::uint64_t>(time.minutes().count()), 2);
    out += ':';
    append_padded(out, static_cast<std::uint64_t>(time.seconds().count()), 2);
    out += '.';
    append_padded(out, static_cast<std::uint64_t>(time.subseconds().count()), 3);
    out += 'Z';
}

/// How many octets at the front of s are one UTF-8 code point; 0 when they are none.
std::size_t code_point(std::string_view s) {
    const auto first = static_cast<std::uint8_t>(s.front());
    const std::size_t n = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    return n <= s.size() && is_utf8(s.substr(0, n)) ? n : 0;
}

/// C0, DEL and C1: what a terminal would obey. ECMA-48 names them; in UTF-8 C1 is C2 80 to C2 9F.
bool is_control(std::string_view one) {
    const auto first = static_cast<std::uint8_t>(one[0]);
    if (one.size() == 1) return first < 0x20 || first == 0x7F;
    return one.size() == 2 && first == 0xC2 && static_cast<std::uint8_t>(one[1]) < 0xA0;
}

void append_u_escape(std::string& out, std::string_view one) {
    const auto last = static_cast<std::uint8_t>(one.back());
    out += "\\u00";
    out += to_hex({&last, 1});
}

/// The inside of a JSON string. RFC 8259 7
void append_json(std::string& out, std::string_view s) {
    while (!s.empty()) {
        const auto n = code_point(s);
        const auto one = s.substr(0, n == 0 ? 1 : n);
        if (n == 0) {
            out += "\\ufffd";
        } else if (one == "\"" || one == "\\") {
            out += '\\';
            out += one;
        } else if (one == "\n") {
            out += "\\n";
        } else if (one == "\r") {
            out += "\\r";
        } else if (one == "\t") {
            out += "\\t";
        } else if (is_control(one)) {
            append_u_escape(out, one);
        } else {
            out += one;
        }
        s.remove_prefix(one.size());
    }
}

void append_json_string(std::string& out, std::string_view s) {
    out += '"';
    append_json(out, s);
    out += '"';
}

/// Bare when that is unmistakable, else as a JSON string: the two forms share one set of escapes.
void append_text(std::string& out, std::string_view s) {
    bool plain = !s.empty();
    for (const char c : s)
        plain = plain && c > ' ' && c < 0x7F && c != '"' && c != '\\' && c != '=';
    if (plain) {
        out += s;
    } else {
        append_json_string(out, s);
    }
}

void append_value(std::string& out, form f, const field& v) {
    if (is_secret(v.name)) {
        f == form::json ? append_json_string(out, withheld) : append_text(out, withheld);
    } else if (v.is_number) {
        if (v.number < 0) out += '-';
        const auto magnitude = static_cast<std::uint64_t>(v.number);
        append_number(out, v.number < 0 ? 0 - magnitude : magnitude);
    } else {
        f == form::json ? append_json_string(out, v.text) : append_text(out, v.text);
    }
}

} // namespace

std::string_view name(level l) {
    switch (l) {
    case level::trace:
        return "trace";
    case level::debug:
        return "debug";
    case level::info:
        return "info";
    case level::warn:
        return "warn";
    case level::error:
        return "error";
    }
    return "?";
}

bool is_secret(std::string_view field_name) {
    for (const auto s : secrets) {
        if (iequals(s, field_name)) return true;
    }
    return false;
}

void render(std::string& out,
            form f,
            wall_instant when,
            level l,
            std::string_view area,
            std::string_view event,
            std::span<const field> fields) {
    if (f == form::json) {
        out += R"({"time":")";
        append_time(out, when);
        out += R"(","level":")";
        out += name(l);
        out += R"(","area":)";
        append_json_string(out, area);
        out += R"(,"event":)";
        append_json_string(out, event);
        for (const auto& v : fields) {
            out += ',';
            append_json_string(out, v.name);
            out += ':';
            append_value(out, f, v);
        }
        out += "}\n";
        return;
    }
    append_time(out, when);
    out += ' ';
    out += name(l);
    out.append(6 - name(l).size(), ' ');
    append_text(out, area);
    out += ' ';
    append_text(out, event);
    for (const auto& v : fields) {
        out += ' ';
        append_text(out, v.name);
        out += '=';
        append_value(out, f, v);
    }
    out += '\n';
}

} // namespace lyceum::log
