#include "protocol/diagnostics/diagnostics.h"

#include "base/scan.h"

namespace lyceum::diagnostics {
namespace {

constexpr auto rule = "[MS-OCER] 2.2.1.2";

/// A quoted-string of RFC 3261 25.1; control octets, which it cannot carry, become blanks.
void append_quoted(std::string& out, std::string_view value) {
    out += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    }
    out += '"';
}

void append_parameter(std::string& out, std::string_view name, std::string_view value) {
    out += ';';
    out += name;
    out += '=';
    append_quoted(out, value);
}

std::unexpected<parse_error> bad(malformed why, std::string_view all, std::string_view left) {
    return std::unexpected(
        parse_error{why, static_cast<std::uint32_t>(all.size() - left.size()), rule});
}

/// Takes a quoted string off the front of s; nothing when its closing quote is missing.
std::optional<std::string> take_quoted(std::string_view& s) {
    std::string out;
    for (std::size_t i = 1; i < s.size(); ++i) {
        if (s[i] == '"') {
            s.remove_prefix(i + 1);
            return out;
        }
        if (s[i] == '\\') ++i;
        if (i == s.size()) break;
        out += s[i];
    }
    return std::nullopt;
}

std::string_view take_until(std::string_view& s, std::string_view stops) {
    const auto n = std::min(s.find_first_of(stops), s.size());
    const auto out = s.substr(0, n);
    s.remove_prefix(n);
    return trim(out);
}

} // namespace

std::string value(id what, std::string_view source) {
    auto out = public_value(what);
    append_parameter(out, "source", source);
    return out;
}

std::string public_value(id what) {
    std::string out;
    append_number(out, std::to_underlying(what));
    append_parameter(out, "reason", of(what).reason);
    return out;
}

parsed<report> parse(std::string_view text) {
    auto left = text;
    skip_blanks(left);
    auto number = take_until(left, ";");
    const auto digits = to_u32(split_first(number, '.'));
    if (!digits) return bad(malformed::bad_value, text, text);
    report out{.number = *digits, .reason = {}, .source = {}, .others = {}};
    while (!left.empty()) {
        left.remove_prefix(1); // the semicolon
        skip_blanks(left);
        if (left.empty()) break;
        const auto name = take_until(left, "=;");
        if (name.empty() || name.find_first_of("\" \t") != name.npos)
            return bad(malformed::bad_value, text, left);
        std::string read;
        if (!left.empty() && left.front() == '=') {
            left.remove_prefix(1);
            skip_blanks(left);
            if (!left.empty() && left.front() == '"') {
                auto quoted = take_quoted(left);
                if (!quoted) return bad(malformed::truncated, text, left);
                read = *std::move(quoted);
                if (!take_until(left, ";").empty()) return bad(malformed::bad_value, text, left);
            } else {
                read = take_until(left, ";");
            }
        }
        if (iequals(name, "reason")) {
            out.reason = std::move(read);
        } else if (iequals(name, "source")) {
            out.source = std::move(read);
        } else {
            out.others.emplace_back(name, std::move(read));
        }
    }
    return out;
}

std::string serialise(const report& r) {
    std::string out;
    append_number(out, r.number);
    if (!r.reason.empty()) append_parameter(out, "reason", r.reason);
    if (!r.source.empty()) append_parameter(out, "source", r.source);
    for (const auto& [name, value] : r.others)
        append_parameter(out, name, value);
    return out;
}

} // namespace lyceum::diagnostics
