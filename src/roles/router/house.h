#pragma once

#include "protocol/sip/uri.h"

#include <string>
#include <vector>

namespace lyceum::roles::router {

/// What this house answers to.
struct house {
    std::vector<std::string> domains; ///< SIP domains whose users live here, lower case
    std::string fqdn;                 ///< this server, lower case
    std::vector<std::string>
        names; ///< further names and addresses of this server, as they may stand in Route
    std::vector<std::uint16_t> ports; ///< at which it listens for SIP

    [[nodiscard]] bool has_domain(std::string_view host) const;
    /// Whether a Route or Request-URI means this server: one of its names and, where a port is
    /// given or the host is an address, one of its ports. Other programs may live at the same
    /// address.
    [[nodiscard]] bool is_me(const sip::uri_view&) const;
};

} // namespace lyceum::roles::router
