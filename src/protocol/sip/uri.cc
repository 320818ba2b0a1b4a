#include "protocol/sip/uri.h"

#include "base/text.h"
#include "protocol/sip/characters.h"
#include "protocol/sip/escape.h"

#include <algorithm>

namespace lyceum::sip {

namespace {

std::unexpected<parse_error> refuse(malformed why, std::size_t at, const char* rule) {
    return std::unexpected(parse_error{why, static_cast<std::uint32_t>(at), rule});
}

/// RFC 3261 25.1, unreserved
constexpr bool is_unreserved(char c) {
    return is_alpha(c) || is_digit(c) || std::string_view("-_.!~*'()").contains(c);
}

/// Takes the scheme and colon off; empty when there is none. RFC 3261 25.1, scheme
std::string_view take_scheme(std::string_view& text) {
    const auto colon = find_not_in(text, characters::scheme);
    const auto scheme = text.substr(0, colon);
    if (colon == text.size() || text[colon] != ':' || scheme.empty() || !is_alpha(scheme.front()))
        return {};
    text.remove_prefix(colon + 1);
    return scheme;
}

/// Length of the host that text starts with; 0 when it starts with none.
std::size_t host_size(std::string_view text) {
    if (text.starts_with('[')) {
        const auto end = text.find_first_not_of("0123456789abcdefABCDEF:.", 1);
        return end != std::string_view::npos && end > 1 && text[end] == ']' ? end + 1 : 0;
    }
    return find_not_in(text, characters::host);
}

/// [userinfo@]host[:port][;parameters][?headers]. `start` is the offset of text in the whole URI.
parsed<uri_view> parse_sip_uri(uri_view out, std::string_view text, std::size_t start) {
    constexpr auto rule = "RFC 3261 19.1.1";
    const auto whole = text.size() + start;
    const auto at = [&] { return whole - text.size(); };

    // No part behind the host may hold an unescaped @, nor may the user.
    if (const auto sign = text.find('@'); sign != std::string_view::npos) {
        auto userinfo = text.substr(0, sign);
        out.user = split_first(userinfo, ':');
        out.password = userinfo;
        if (out.user.empty()) return refuse(malformed::bad_value, at(), rule);
        text.remove_prefix(sign + 1);
        if (text.contains('@')) return refuse(malformed::bad_value, at(), rule);
    }
    out.host = text.substr(0, host_size(text));
    if (out.host.empty()) return refuse(malformed::bad_value, at(), rule);
    text.remove_prefix(out.host.size());
    if (text.starts_with(':')) {
        text.remove_prefix(1);
        const auto digits = text.substr(0, find_in(text, characters::after_port));
        const auto port = to_u32(digits);
        if (!port || *port == 0 || *port > 65535) return refuse(malformed::bad_value, at(), rule);
        out.port = static_cast<std::uint16_t>(*port);
        text.remove_prefix(digits.size());
    }
    if (text.starts_with(';')) {
        const auto params = text.substr(0, text.find('?'));
        out.params = params_view(params.substr(1));
        text.remove_prefix(params.size());
    }
    if (text.starts_with('?')) {
        out.headers = text.substr(1);
        text = {};
    }
    if (!text.empty()) return refuse(malformed::bad_value, at(), rule);
    return out;
}

/// Appends the user part in its one spelling, lower case: an escape that need not be is undone, and
/// a % that starts none is escaped, lest it make one with what follows.
void append_user(std::string& out, std::string_view user) {
    for (; !user.empty(); user.remove_prefix(1)) {
        char c = user.front();
        const auto octet = escaped_octet(user);
        if (octet && is_unreserved(*octet)) {
            c = *octet;
            user.remove_prefix(2);
        }
        out += lower(c);
        if (c == '%' && !octet) out += "25";
    }
}

} // namespace

bool uri_view::is_sip() const {
    return iequals(scheme, "sip") || is_sips();
}
bool uri_view::is_sips() const {
    return iequals(scheme, "sips");
}

parsed<uri_view> parse_uri(std::string_view text) {
    if (text.empty()) return refuse(malformed::truncated, 0, "RFC 3261 19.1.1");
    if (const auto bad = find_in(text, characters::excluded); bad != text.size())
        return refuse(malformed::bad_value, bad, "RFC 3261 19.1.2");
    uri_view out;
    auto rest = text;
    out.scheme = take_scheme(rest);
    const auto start = text.size() - rest.size();
    if (out.scheme.empty() || rest.empty())
        return refuse(malformed::bad_value, start, "RFC 3261 25.1");
    out.opaque = rest;
    if (out.is_sip()) return parse_sip_uri(out, rest, start);
    if (iequals(out.scheme, "tel")) {
        out.user = split_first(rest, ';');
        out.params = params_view(rest);
        if (out.user.empty()) return refuse(malformed::bad_value, start, "RFC 3966 3");
    }
    return out;
}

void make_request_uri(std::string& uri) {
    const auto parts = parse_uri(uri);
    if (!parts || !parts->is_sip()) return;
    // Where the headers are says the view: a question mark in the user part is the user's.
    if (const auto* at = parts->headers.data())
        uri.resize(static_cast<std::size_t>(at - uri.data()) - 1);
    if (!parts->params.has("method")) return;
    std::string kept;
    auto rest = parts->params;
    params_view::parameter p;
    while (rest.next(p)) {
        if (iequals(p.name, "method")) continue;
        kept.append(";").append(p.name);
        if (p.has_value) kept.append("=").append(p.raw_value);
    }
    uri.resize(uri.size() - parts->params.text().size());
    while (uri.ends_with(';'))
        uri.pop_back();
    uri += kept;
}

std::optional<aor> aor::from(std::string_view uri) {
    const auto view = parse_uri(uri);
    return view ? from(*view) : std::nullopt;
}

std::optional<aor> aor::from(const uri_view& uri) {
    if (!uri.is_sip() || uri.user.empty() || uri.host.empty()) return std::nullopt;
    aor out;
    out.text_.reserve(5 + uri.user.size() + uri.host.size());
    out.text_ = "sip:";
    append_user(out.text_, uri.user);
    out.text_ += '@';
    for (const char c : uri.host)
        out.text_ += lower(c);
    return out;
}

std::string_view aor::without_scheme() const {
    return text_.empty() ? std::string_view{} : std::string_view(text_).substr(4);
}

std::string_view aor::user() const {
    auto rest = without_scheme();
    return split_first(rest, '@');
}

std::string_view aor::host() const {
    auto rest = without_scheme();
    (void)split_first(rest, '@');
    return rest;
}

} // namespace lyceum::sip
