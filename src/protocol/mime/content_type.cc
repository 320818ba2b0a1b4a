#include "protocol/mime/content_type.h"

#include "base/scan.h"

#include <algorithm>

namespace lyceum::mime {
namespace {

constexpr auto rule = "RFC 2045 5.1";

bool is_token_char(char c) {
    return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7F &&
           !std::string_view("()<>@,;:\\\"/[]?=").contains(c);
}
bool is_token(std::string_view s) {
    return !s.empty() && std::ranges::all_of(s, is_token_char);
}

std::unexpected<parse_error> bad(malformed why, std::string_view all, std::string_view left) {
    return std::unexpected(
        parse_error{why, static_cast<std::uint32_t>(all.size() - left.size()), rule});
}

std::string_view take_token(std::string_view& s) {
    const auto end = std::ranges::find_if_not(s, is_token_char);
    const auto out = s.substr(0, static_cast<std::size_t>(end - s.begin()));
    s.remove_prefix(out.size());
    return out;
}

/// Takes a quoted string off the front; nothing without its closing quote, or with control octets
/// in it.
std::optional<std::string> take_quoted(std::string_view& s) {
    std::string out;
    for (std::size_t i = 1; i < s.size(); ++i) {
        if (s[i] == '"') {
            s.remove_prefix(i + 1);
            return out;
        }
        if (s[i] == '\\') ++i;
        if (i == s.size()) break;
        if (static_cast<unsigned char>(s[i]) < 0x20 && s[i] != '\t') break;
        out += s[i];
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string_view> content_type::get(std::string_view name) const {
    const auto at =
        std::ranges::find_if(parameters, [&](const parameter& p) { return iequals(p.name, name); });
    if (at == parameters.end()) return std::nullopt;
    return at->value;
}

parsed<content_type> parse_content_type(std::string_view value) {
    auto left = value;
    skip_blanks(left);
    const auto type = take_token(left);
    if (type.empty() || !left.starts_with('/')) return bad(malformed::bad_value, value, left);
    left.remove_prefix(1);
    const auto subtype = take_token(left);
    if (subtype.empty()) return bad(malformed::bad_value, value, left);
    content_type out{.type = to_lower(std::string(type) + "/" + std::string(subtype))};
    for (skip_blanks(left); !left.empty(); skip_blanks(left)) {
        if (left.front() != ';') return bad(malformed::bad_value, value, left);
        left.remove_prefix(1);
        skip_blanks(left);
        if (left.empty() || left.front() == ';') continue; // an empty parameter does no harm
        const auto name = take_token(left);
        skip_blanks(left);
        if (name.empty() || !left.starts_with('=')) return bad(malformed::bad_value, value, left);
        left.remove_prefix(1);
        skip_blanks(left);
        if (left.starts_with('"')) {
            auto quoted = take_quoted(left);
            if (!quoted) return bad(malformed::truncated, value, left);
            out.parameters.push_back({to_lower(name), *std::move(quoted)});
        } else {
            // Not only tokens: the documents' own examples have type=application/rlmi+xml without
            // quotes.
            const auto end = std::min(left.find_first_of("; \t\r\n\""), left.size());
            const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
            if (end == 0 || std::ranges::any_of(left.substr(0, end), is_control)) {
                return bad(malformed::bad_value, value, left);
            }
            out.parameters.push_back({to_lower(name), std::string(left.substr(0, end))});
            left.remove_prefix(end);
        }
    }
    return out;
}

std::string serialise(const content_type& t) {
    std::string out = t.type;
    for (const auto& p : t.parameters) {
        out += ';';
        out += p.name;
        out += '=';
        if (is_token(p.value)) {
            out += p.value;
            continue;
        }
        out += '"';
        for (const char c : p.value) {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
        out += '"';
    }
    return out;
}

} // namespace lyceum::mime
