#pragma once

#include "protocol/sip/uri.h"

#include <string>
#include <vector>

namespace lyceum::roles::router {

/// What this house answers to.
struct house {
    std::vector<std::string> domains; ///< SIP domains whose users live here, lower case
    std::string fqdn;                 ///< this server, lower case
    std::vector<std::string> names;   ///< further names and addresses of this server, as they may stand in Route

    [[nodiscard]] bool has_domain(std::string_view host) const;
    /// Whether a Route or Request-URI host means this server.
    [[nodiscard]] bool is_me(std::string_view host) const;
};

} // namespace lyceum::roles::router
