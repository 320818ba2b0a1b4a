#pragma once

#include "sipstack/transport/path.h"

#include <string_view>

namespace lyceum::sipstack {

/// Sees every message of a shard, for `lyceum trace` and tests. Called on the shard's thread.
class tap {
public:
    virtual ~tap() = default;
    enum class direction : std::uint8_t { in, out };
    /// user: the AOR that the flow has authenticated, empty if none. octets: one whole message,
    /// borrowed.
    virtual void saw(direction,
                     const path&,
                     const ip_endpoint& local,
                     std::string_view user,
                     std::string_view octets) = 0;
};

} // namespace lyceum::sipstack
