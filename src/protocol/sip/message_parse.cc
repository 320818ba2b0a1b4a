#include "base/text.h"
#include "protocol/sip/field_line.h"
#include "protocol/sip/list.h"
#include "protocol/sip/message.h"

#include <algorithm>

namespace lyceum::sip {

namespace {

std::unexpected<parse_error> refuse(malformed why, std::size_t at, const char* rule) {
    return std::unexpected(parse_error{why, static_cast<std::uint32_t>(at), rule});
}

/// Whether every control character of a line is half of a quoted pair in a quoted string, the only
/// place where RFC 3261 25.1 has one: in each of its values by itself, for they are taken apart.
bool controls_are_quoted(std::string_view line) {
    list_view values(line);
    for (std::string_view value; values.next(value);) {
        bool quoted = false;
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (quoted && value[i] == '\\') {
                ++i;
            } else if (value[i] == '"') {
                quoted = !quoted;
            } else if (text_end(value.substr(i, 1), 0) == 0) {
                return false;
            }
        }
        if (quoted) return false;
    }
    return true;
}

/// Offset of the CRLF that ends the header line at `start`. Line breaks of folds become blanks.
parsed<std::size_t> unfold_line(std::string& octets, std::size_t start) {
    bool has_controls = false;
    auto at = text_end(octets, start);
    for (; at < octets.size(); at = text_end(octets, at)) {
        const std::string_view next = std::string_view(octets).substr(at, 3);
        if (next.starts_with("\r\n")) {
            if (next.size() < 3 || !is_wsp(next[2])) break;
            octets[at] = octets[at + 1] = ' ';
            at += 2;
        } else if (next == "\r") {
            return refuse(malformed::truncated, at, "RFC 3261 7");
        } else {
            const bool escaped = at > start && octets[at - 1] == '\\';
            if (!escaped || next[0] == '\r' || next[0] == '\n')
                return refuse(malformed::bad_value, at, "RFC 3261 25.1");
            has_controls = true;
            ++at;
        }
    }
    if (at >= octets.size()) return refuse(malformed::truncated, octets.size(), "RFC 3261 7");
    if (has_controls && !controls_are_quoted(std::string_view(octets).substr(start, at - start))) {
        return refuse(malformed::bad_value, start, "RFC 3261 25.1");
    }
    return at;
}

/// SIP/ digits . digits, which need not be 2.0.
bool is_version(std::string_view s) {
    if (!istarts_with(s, "SIP/")) return false;
    s.remove_prefix(4);
    const auto major = split_first(s, '.');
    return to_u32(major) && to_u32(s);
}

parsed<void> check_version(std::string_view version, std::size_t at) {
    if (iequals(version, "SIP/2.0")) return {};
    return refuse(
        is_version(version) ? malformed::unsupported : malformed::bad_value, at, "RFC 3261 7.1");
}

} // namespace

parsed<message> message::parse(std::string bytes, const limits& most, std::string* refused) {
    message m;
    m.arena_ = std::move(bytes);
    if (const auto read = m.read(most); !read) {
        if (refused != nullptr) *refused = std::move(m.arena_);
        return std::unexpected(read.error());
    }
    m.as_received_ = true;
    return m;
}

parsed<void> message::read(const limits& most) {
    if (arena_.size() > std::min<std::size_t>(most.max_bytes, UINT32_MAX)) {
        return refuse(malformed::too_large, most.max_bytes, "RFC 3261 18.3");
    }
    LYCEUM_TRY(const auto fields_at, read_start_line(most));
    return read_fields(fields_at, most);
}

parsed<std::size_t> message::read_start_line(const limits& most) {
    const auto end = text_end(arena_, 0);
    if (end >= arena_.size() || end + 1 == arena_.size())
        return refuse(malformed::truncated, arena_.size(), "RFC 3261 7");
    if (!std::string_view(arena_).substr(end).starts_with("\r\n"))
        return refuse(malformed::bad_value, end, "RFC 3261 7.1");
    if (end + 2 > most.max_header_bytes)
        return refuse(malformed::too_large, most.max_header_bytes, "RFC 3261 7.3");
    start_line_ = {0, static_cast<std::uint32_t>(end + 2)};

    const auto line = std::string_view(arena_).substr(0, end);
    LYCEUM_CHECKED(istarts_with(line, "SIP/") ? read_status_line(line) : read_request_line(line));
    return end + 2;
}

parsed<void> message::read_status_line(std::string_view line) {
    constexpr auto rule = "RFC 3261 7.2";
    auto rest = line;
    const auto version = split_first(rest, ' ');
    LYCEUM_CHECKED(check_version(version, 0));
    // The blank before an empty reason is often forgotten.
    const auto code = rest.substr(0, std::min(rest.find(' '), rest.size()));
    const auto status = to_u32(code);
    if (code.size() != 3 || !status || *status < 100 || *status > 699) {
        return refuse(malformed::bad_value, version.size() + 1, rule);
    }
    status_ = static_cast<int>(*status);
    start_a_ = slice_of(code);
    start_b_ = slice_of(rest.substr(std::min(code.size() + 1, rest.size())));
    write_version(0);
    return {};
}

parsed<void> message::read_request_line(std::string_view line) {
    constexpr auto rule = "RFC 3261 7.1";
    auto rest = line;
    const auto at = [&] { return line.size() - rest.size(); };
    const auto method = split_first(rest, ' ');
    if (!is_token(method)) return refuse(malformed::bad_value, 0, rule);
    const auto uri = split_first(rest, ' ');
    if (uri.empty() || uri.contains('\t'))
        return refuse(malformed::bad_value, method.size() + 1, rule);
    LYCEUM_CHECKED(check_version(rest, at()));
    method_ = method_of(method);
    start_a_ = slice_of(method);
    start_b_ = slice_of(uri);
    write_version(at());
    return {};
}

void message::write_version(std::size_t at) {
    arena_.replace(at, 3, "SIP");
}

parsed<void> message::read_fields(std::size_t at, const limits& most) {
    constexpr std::size_t usual_fields = 24;
    fields_.reserve(usual_fields);
    content_length length;
    // A first line that starts with a blank would be a fold of the start line, which has
    // none: 7.1, 7.2. It has no name, so it is refused as any other such line.
    while (!std::string_view(arena_).substr(at).starts_with("\r\n")) {
        LYCEUM_TRY(const auto end, unfold_line(arena_, at));
        if (end + 2 > most.max_header_bytes)
            return refuse(malformed::too_large, most.max_header_bytes, "RFC 3261 7.3");
        if (fields_.size() == most.max_fields)
            return refuse(malformed::too_large, at, "RFC 3261 7.3");
        const auto parts = split_field(std::string_view(arena_).substr(at, end - at));
        if (!parts) return refuse(malformed::bad_value, at, "RFC 3261 7.3.1");
        const auto id = header_of(parts->name);
        if (id == header::content_length) {
            LYCEUM_CHECKED(length.add(parts->value, at));
        }
        seen_ |= bit(id);
        const auto value = slice_of(parts->value);
        fields_.push_back({.id = id,
                           .line_at = static_cast<std::uint32_t>(at),
                           .line_size = static_cast<std::uint32_t>(end + 2 - at),
                           .name_size = static_cast<std::uint32_t>(parts->name.size()),
                           .value_at = value.at,
                           .value_size = value.size});
        at = end + 2;
    }
    at += 2;
    const auto rest = static_cast<std::uint32_t>(arena_.size() - at);
    const auto size = length.value().value_or(rest);
    if (size > rest) return refuse(malformed::truncated, at, "RFC 3261 18.3");
    body_ = {static_cast<std::uint32_t>(at), size};
    return {};
}

} // namespace lyceum::sip
