#include "protocol/sip/remains.h"

#include "base/text.h"
#include "protocol/sip/field_line.h"

#include <algorithm>
#include <array>

namespace lyceum::sip {

namespace {

/// What every response repeats, in the order in which it is written.
constexpr std::array repeated{header::via, header::from, header::to, header::call_id, header::cseq};

/// Takes the next line off, without what ends it.
std::string_view take_line(std::string_view& rest) {
    auto line = split_first(rest, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// Without the blanks that may begin and end a folded line. Not without a bare CR, which stands
/// inside of the line once the fold is undone.
std::string_view trim_fold(std::string_view line) {
    while (!line.empty() && is_wsp(line.front()))
        line.remove_prefix(1);
    while (!line.empty() && is_wsp(line.back()))
        line.remove_suffix(1);
    return line;
}

/// The first line's method and Request-URI. Nothing when it is a response's, an ACK's, or neither.
std::optional<message> read_start_line(std::string_view line) {
    line = trim(line);
    const auto method = line.substr(
        0, static_cast<std::size_t>(std::ranges::find_if_not(line, is_token_char) - line.begin()));
    if (istarts_with(line, "SIP/") || method.empty() || method_of(method) == method::ack)
        return std::nullopt;
    line.remove_prefix(method.size());
    if (line.empty() || !is_wsp(line.front())) return std::nullopt;
    // The last word is the version, also when it is another one.
    const auto version = line.find_last_of(" \t");
    const auto uri = trim(line.substr(0, version));
    const bool readable = !uri.empty() && text_end(uri, 0) == uri.size();
    return message::request(method, readable ? uri : "sip:invalid");
}

} // namespace

std::optional<message> remains_of_request(std::string_view octets, const limits& most) {
    auto rest = octets.substr(0, most.max_header_bytes);
    auto out = read_start_line(take_line(rest));
    if (!out) return std::nullopt;
    std::string line;
    for (std::size_t n = 0; !rest.empty() && n < most.max_fields; ++n) {
        line = take_line(rest);
        if (line.empty()) break; // the body begins
        while (!rest.empty() && is_wsp(rest.front()))
            line.append(" ").append(trim_fold(take_line(rest)));
        const auto field = split_field(line);
        if (!field) continue;
        const auto id = header_of(field->name);
        if (std::ranges::find(repeated, id) == repeated.end()) continue;
        // Not even a quoted one: what is sent back shall be a message, whatever came in.
        if (field->value.empty() || text_end(field->value, 0) != field->value.size())
            return std::nullopt;
        if (id == header::via || !out->has(id)) out->append(id, field->value);
    }
    const bool whole = std::ranges::all_of(repeated, [&](header h) { return out->has(h); });
    return whole ? std::move(out) : std::nullopt;
}

refusal refusal_of(const parse_error& e) {
    switch (e.why) {
    case malformed::unsupported:
        return {505, {}};
    case malformed::too_large:
        return {513, {}};
    case malformed::bad_length:
        return {400, "Malformed Content-Length Header"};
    case malformed::truncated:
        return {400, "Message Is Shorter Than It Says"};
    default:
        return {400, "Malformed Message"};
    }
}

} // namespace lyceum::sip
