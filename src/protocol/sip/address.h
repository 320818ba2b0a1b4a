#pragma once

#include "base/result.h"
#include "protocol/sip/params.h"

#include <string_view>

namespace lyceum::sip {

/// A borrowed From, To, Contact, Route, Record-Route, P-Asserted-Identity... value:
/// name-addr or addr-spec, and the header's parameters behind it. RFC 3261 20, 25.1
struct address_view {
    std::string_view display; ///< without its quotes, escapes kept; empty if none
    std::string_view uri;     ///< between the angle brackets, or the bare addr-spec
    params_view params;       ///< header parameters: tag, epid, expires...
    bool in_brackets = false;
    bool is_star = false; ///< Contact: *
};

/// One value, not a list. In a bare addr-spec a ; starts header parameters (RFC 3261 20.10).
parsed<address_view> parse_address(std::string_view value);

/// One Via value, borrowed. RFC 3261 20.42, RFC 3581, [MS-SIPRE] (via parameters)
struct via_view {
    std::string_view transport; ///< UDP, TCP, TLS as written
    std::string_view host;      ///< of sent-by
    std::uint16_t port = 0;     ///< of sent-by; 0: not given
    params_view params;

    /// branch parameter, empty when absent (pidgin-sipe omits it inside dialogs).
    [[nodiscard]] std::string_view branch() const { return params.value_or("branch", {}); }
    [[nodiscard]] bool has_cookie() const;
};

/// Whether a branch starts with the magic cookie z9hG4bK. RFC 3261 8.1.1.7
[[nodiscard]] bool has_cookie(std::string_view branch);

parsed<via_view> parse_via(std::string_view value);

} // namespace lyceum::sip
