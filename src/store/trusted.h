#pragma once

#include "store/stored.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lyceum::store {

/// A gateway or server that is not challenged. `lyceum trusted add`
struct trusted_peer {
    std::string host;      ///< IP address or FQDN (matched with the TLS certificate's names)
    std::string transport; ///< udp, tcp, tls; empty for any
    bool may_register = false;
    std::vector<std::string> domains;      ///< domains that its From may name; empty: any but ours
    std::vector<std::uint16_t> ports = {}; ///< at which clients may reach it, ascending; empty: the
                                           ///< usual one, or any for who may register

    friend bool operator==(const trusted_peer&, const trusted_peer&) = default;
};

class trusted {
public:
    virtual ~trusted() = default;
    [[nodiscard]] virtual stored<std::vector<trusted_peer>> all() = 0;
    /// Adds, or replaces the peer of the same host and transport.
    [[nodiscard]] virtual stored<bool> put(const trusted_peer&) = 0;
    /// False when there was none.
    [[nodiscard]] virtual stored<bool> remove(const std::string& host,
                                              const std::string& transport) = 0;
};

} // namespace lyceum::store
