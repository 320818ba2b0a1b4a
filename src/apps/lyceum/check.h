#pragma once

#include "apps/deployment/deployment.h"

#include <string>
#include <vector>

namespace lyceum::apps::console {

/// One thing that `lyceum check` looked at.
struct finding {
    enum class level { ok, note, warning, error };
    level how = level::ok;
    std::string area; ///< store, keys, certificate, ports, limits, dns
    std::string text;
};

/// Looks at everything that can keep a server from starting or clients from coming in.
[[nodiscard]] std::vector<finding> check(const deployment::deployment&, wall_instant now);

// Its parts.
[[nodiscard]] std::vector<finding> check_certificate(const deployment::deployment&,
                                                     wall_instant now);
[[nodiscard]] std::vector<finding> check_ports(const deployment::deployment&, bool server_runs);
enum class limit_of : std::uint8_t { server, shell };
/// Whether so many descriptors do for all the connections that the settings let in.
[[nodiscard]] finding
check_limits(const deployment::deployment&, std::uint64_t allowed, limit_of whose);
/// The records that a domain needs so that clients find the server; notes, nothing is asked of the
/// DNS.
[[nodiscard]] std::vector<finding> dns_records(const deployment::deployment&);

[[nodiscard]] std::string to_json(const std::vector<finding>&);
[[nodiscard]] std::string for_people(const std::vector<finding>&);

} // namespace lyceum::apps::console
