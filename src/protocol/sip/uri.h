#pragma once

#include "base/result.h"
#include "protocol/sip/params.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::sip {

/// A borrowed sip:, sips: or tel: URI taken apart. Other schemes: only scheme and opaque are set.
/// RFC 3261 19.1, RFC 3966
struct uri_view {
    std::string_view scheme;   ///< as written
    std::string_view user;     ///< as written, escapes and user parameters included; empty if none
    std::string_view password; ///< empty if none
    std::string_view host;     ///< IPv6 in brackets
    std::uint16_t port = 0;    ///< 0: not given
    params_view params;
    std::string_view headers; ///< what follows '?'
    std::string_view opaque;  ///< all after the colon

    [[nodiscard]] bool is_sip() const; ///< sip or sips
    [[nodiscard]] bool is_sips() const;
};

/// Refuses empty hosts, bad ports, blanks and control octets.
parsed<uri_view> parse_uri(std::string_view text);

/// Equal by RFC 3261 19.1.4 (user case-sensitive, host and parameters not, escapes decoded).
[[nodiscard]] bool equivalent(const uri_view& a, const uri_view& b);

/// Takes off what may not stand in a Request-URI: headers and the method parameter. Leaves alone
/// what is no SIP URI. RFC 3261 19.1.1 table 1, 16.6 step 2
void make_request_uri(std::string& uri);

/// What a user is known by: sip:user@host, lower case, no port, no parameters.
/// The whole of it is compared without regard to case, as the products do. (assumed: RFC 3261 has
/// the user part case-sensitive; Active Directory's msRTCSIP-PrimaryUserAddress is not.)
class aor {
public:
    aor() = default;
    /// From a sip or sips URI or its view; nothing when it has no user or no host.
    [[nodiscard]] static std::optional<aor> from(std::string_view uri);
    [[nodiscard]] static std::optional<aor> from(const uri_view&);

    [[nodiscard]] const std::string& text() const { return text_; } ///< sip:user@host
    [[nodiscard]] std::string_view user() const;
    [[nodiscard]] std::string_view host() const;
    [[nodiscard]] std::string_view without_scheme() const; ///< user@host
    [[nodiscard]] bool empty() const { return text_.empty(); }

    friend auto operator<=>(const aor&, const aor&) = default;
    friend bool operator==(const aor&, const aor&) = default;

private:
    std::string text_;
};

struct aor_hash {
    [[nodiscard]] std::size_t operator()(const aor& a) const {
        return std::hash<std::string>{}(a.text());
    }
};

} // namespace lyceum::sip
