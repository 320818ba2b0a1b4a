#include "protocol/sip/address.h"

#include "base/text.h"
#include "protocol/sip/characters.h"
#include "protocol/sip/field_line.h"

#include <algorithm>

namespace lyceum::sip {

namespace {

std::unexpected<parse_error> refuse(std::size_t at, const char* rule) {
    return std::unexpected(parse_error{malformed::bad_value, static_cast<std::uint32_t>(at), rule});
}

/// Offset of the quote that ends the quoted string which text starts with; npos when none does.
std::size_t closing_quote(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            return i;
        }
    }
    return std::string_view::npos;
}

bool quotes_are_closed(std::string_view text) {
    for (auto at = text.find('"'); at != std::string_view::npos; at = text.find('"')) {
        text.remove_prefix(at);
        const auto end = closing_quote(text);
        if (end == std::string_view::npos) return false;
        text.remove_prefix(end + 1);
    }
    return true;
}

/// Blanks and line ends, or the marks that fence a URI in. Of other controls the URI's reader
/// knows.
bool has_fence(std::string_view uri) {
    auto at = find_in(uri, characters::excluded);
    for (; at < uri.size(); at += 1 + find_in(uri.substr(at + 1), characters::excluded)) {
        const char c = uri[at];
        if (is_blank(c) || c == '<' || c == '>' || c == '"') return true;
    }
    return false;
}

/// What stands behind the URI: nothing, or ; and parameters.
parsed<params_view> parse_params(std::string_view rest, std::size_t at) {
    rest = trim(rest);
    if (rest.empty()) return params_view();
    if (rest.front() != ';' || !quotes_are_closed(rest)) return refuse(at, "RFC 3261 20.10");
    return params_view(rest.substr(1));
}

} // namespace

parsed<address_view> parse_address(std::string_view value) {
    constexpr auto rule = "RFC 3261 20.10";
    value = trim(value);
    address_view out;
    if (value == "*") {
        out.is_star = true;
        return out;
    }

    std::size_t at = 0; // of the bracket, or of the bare URI
    if (value.starts_with('"')) {
        const auto quote = closing_quote(value);
        if (quote == std::string_view::npos) return refuse(0, rule);
        out.display = value.substr(1, quote - 1);
        at = quote + 1;
        while (at < value.size() && is_wsp(value[at]))
            ++at;
        if (at == value.size() || value[at] != '<') return refuse(at, rule);
    } else if (const auto bracket = find_in(value, characters::name_addr);
               bracket < value.size() && value[bracket] == '<') {
        // Unquoted it ought to be tokens (RFC 3261 25.1); real names hold ( ) / and non-ASCII
        // letters too. A comma would start another value, an @ or : makes it look like an address
        // that it is not.
        out.display = trim(value.substr(0, bracket));
        const auto bad = find_in(out.display, characters::no_display);
        if (bad != out.display.size()) return refuse(bad, rule);
        at = bracket;
    }

    std::size_t end = 0;
    if (at < value.size() && value[at] == '<') {
        end = value.find('>', at);
        if (end == std::string_view::npos) return refuse(at, rule);
        out.in_brackets = true;
        out.uri = value.substr(at + 1, end - at - 1);
        ++end;
    } else {
        end = std::min(value.find(';'), value.size());
        out.uri = trim(value.substr(0, end));
        // A URI with one of these needs the brackets.
        if (const auto bad = out.uri.find_first_of(",?"); bad != std::string_view::npos)
            return refuse(bad, rule);
    }
    if (out.uri.empty() || has_fence(out.uri)) return refuse(at, rule);
    LYCEUM_TRY(out.params, parse_params(value.substr(end), end));
    return out;
}

bool has_cookie(std::string_view branch) {
    return istarts_with(branch, "z9hG4bK");
}
bool via_view::has_cookie() const {
    return sip::has_cookie(branch());
}

namespace {

/// Takes tokens and separators off the front of a Via value; blanks may stand between any two.
class via_reader {
public:
    explicit via_reader(std::string_view text) : rest_(trim(text)), whole_(rest_.size()) {}

    std::string_view token() {
        std::size_t n = 0;
        while (n < rest_.size() && is_token_char(rest_[n]))
            ++n;
        return take(n);
    }
    bool slash() {
        if (!rest_.starts_with('/')) return false;
        take(1);
        return true;
    }
    /// A host name, an IPv4 address, or an IPv6 address in brackets; empty when there is none.
    std::string_view host() {
        if (rest_.starts_with('[')) {
            const auto end = rest_.find_first_not_of("0123456789abcdefABCDEF:.", 1);
            return end > 1 && end < rest_.size() && rest_[end] == ']' ? take(end + 1)
                                                                      : std::string_view{};
        }
        return take(find_not_in(rest_, characters::host));
    }
    /// :port; 0 when there is no colon.
    std::optional<std::uint16_t> port() {
        if (!rest_.starts_with(':')) return std::uint16_t{0};
        take(1);
        std::size_t n = 0;
        while (n < rest_.size() && is_digit(rest_[n]))
            ++n;
        const auto number = to_u32(take(n));
        if (!number || *number == 0 || *number > 65535) return std::nullopt;
        return static_cast<std::uint16_t>(*number);
    }
    [[nodiscard]] std::size_t at() const { return whole_ - rest_.size(); }
    [[nodiscard]] std::string_view rest() const { return rest_; }

private:
    std::string_view take(std::size_t n) {
        const auto taken = rest_.substr(0, n);
        rest_.remove_prefix(n);
        while (!rest_.empty() && is_wsp(rest_.front()))
            rest_.remove_prefix(1);
        return taken;
    }

    std::string_view rest_;
    std::size_t whole_;
};

} // namespace

parsed<via_view> parse_via(std::string_view value) {
    constexpr auto rule = "RFC 3261 20.42";
    via_reader in(value);
    via_view out;
    if (!iequals(in.token(), "SIP") || !in.slash() || in.token() != "2.0" || !in.slash()) {
        return refuse(in.at(), rule);
    }
    out.transport = in.token();
    if (out.transport.empty()) return refuse(in.at(), rule);
    out.host = in.host();
    // 25.1, via-parm: a blank stands between the two.
    const bool glued = out.host.data() == out.transport.data() + out.transport.size();
    if (out.host.empty() || glued) return refuse(in.at(), rule);
    const auto port = in.port();
    if (!port) return refuse(in.at(), rule);
    out.port = *port;
    LYCEUM_TRY(out.params, parse_params(in.rest(), in.at()));
    return out;
}

} // namespace lyceum::sip
