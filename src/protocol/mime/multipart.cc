#include "protocol/mime/multipart.h"

#include "base/text.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace lyceum::mime {
namespace {

constexpr auto rule = "RFC 2046 5.1.1";

std::unexpected<parse_error> bad(malformed why, std::size_t at) {
    return std::unexpected(parse_error{why, static_cast<std::uint32_t>(at), rule});
}

/// A line that is a delimiter: where it starts, where the next one does, whether it is the closing
/// one.
struct delimiter {
    std::size_t begin; ///< with the line end before it
    std::size_t end;
    bool closes;
};

/// The next delimiter line at or after from.
std::optional<delimiter>
find_delimiter(std::string_view body, std::string_view dashed, std::size_t from) {
    for (auto at = body.find(dashed, from); at != body.npos; at = body.find(dashed, at + 1)) {
        if (at != 0 && body[at - 1] != '\n') continue;
        auto rest = body.substr(at + dashed.size());
        const bool closes = rest.starts_with("--");
        if (closes) rest.remove_prefix(2);
        while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t'))
            rest.remove_prefix(1);
        if (rest.starts_with("\r\n")) {
            rest.remove_prefix(2);
        } else if (rest.starts_with('\n')) {
            rest.remove_prefix(1);
        } else if (!rest.empty() || !closes) {
            continue; // a longer word that begins like ours
        }
        auto begin = at;
        if (begin > from && body[begin - 1] == '\n') --begin;
        if (begin > from && begin < at && body[begin - 1] == '\r') --begin;
        return delimiter{begin, body.size() - rest.size(), closes};
    }
    return std::nullopt;
}

/// Takes a header with its folded lines off the front; at its end is the empty line.
std::string take_header(std::string_view& s) {
    std::string out;
    do {
        const auto end = s.find('\n');
        auto line = s.substr(0, end);
        s.remove_prefix(end == s.npos ? s.size() : end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        out += line;
    } while (!out.empty() && !s.empty() && (s.front() == ' ' || s.front() == '\t'));
    return out;
}

parsed<part> read_part(std::string_view text, std::size_t at, const limits& bounds) {
    part out{.type = {.type = "text/plain"}, .body = {}};
    bool typed = false;
    while (!text.empty()) {
        const auto line = take_header(text);
        if (line.empty()) break;
        const auto is_control = [](char c) {
            return static_cast<unsigned char>(c) < 0x20 && c != '\t';
        };
        if (std::ranges::any_of(line, is_control)) return bad(malformed::bad_value, at);
        std::string_view value = line;
        const auto name = trim(split_first(value, ':'));
        if (name.empty() || name.size() == line.size()) return bad(malformed::bad_value, at);
        if (iequals(name, "Content-Type")) {
            if (std::exchange(typed, true)) return bad(malformed::bad_value, at);
            LYCEUM_TRY(out.type, parse_content_type(value));
        } else {
            if (out.headers.size() == bounds.max_headers) return bad(malformed::too_large, at);
            out.headers.push_back({std::string(name), std::string(trim(value))});
        }
    }
    out.body = text;
    return out;
}

} // namespace

std::string_view part::get(std::string_view name) const {
    const auto at =
        std::ranges::find_if(headers, [&](const header& h) { return iequals(h.name, name); });
    return at == headers.end() ? std::string_view{} : std::string_view(at->value);
}

std::string serialise(const std::vector<part>& parts, std::string_view boundary, framing how) {
    std::string out;
    for (const auto& p : parts) {
        out.append("--").append(boundary).append("\r\n");
        out.append("Content-Type: ").append(serialise(p.type)).append("\r\n");
        for (const auto& h : p.headers)
            out.append(h.name).append(": ").append(h.value).append("\r\n");
        out.append("\r\n").append(p.body).append(how == framing::empty_line ? "\r\n\r\n" : "\r\n");
    }
    return out.append("--").append(boundary).append("--\r\n");
}

std::string pick_boundary(const std::vector<part>& parts) {
    std::string out;
    std::uint64_t n = 0;
    do {
        out = "part-";
        append_number(out, n++);
    } while (std::ranges::any_of(parts, [&](const part& p) { return p.body.contains(out); }));
    return out;
}

parsed<std::vector<part>>
parse_multipart(std::string_view body, std::string_view boundary, const limits& bounds) {
    if (boundary.empty() || boundary.size() > 70)
        return bad(malformed::bad_length, 0); // RFC 2046 5.1.1
    const auto dashed = "--" + std::string(boundary);
    auto here = find_delimiter(body, dashed, 0);
    if (!here) return bad(malformed::truncated, body.size());
    std::vector<part> out;
    while (!here->closes) {
        const auto next = find_delimiter(body, dashed, here->end);
        if (!next) return bad(malformed::truncated, body.size());
        if (out.size() == bounds.max_parts) return bad(malformed::too_large, here->end);
        LYCEUM_TRY(auto p,
                   read_part(body.substr(here->end, next->begin - here->end), here->end, bounds));
        out.push_back(std::move(p));
        here = next;
    }
    return out;
}

} // namespace lyceum::mime
