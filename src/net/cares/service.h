#pragma once

#include "net/cares/channel.h"
#include "net/shard.h"

namespace lyceum::net::cares {

/// Looks up names for all shards, on a thread of its own.
class service {
public:
    /// Starts the thread. The shards outlive the service. The error is one clear line.
    [[nodiscard]] static std::expected<std::unique_ptr<service>, std::string>
    start(const settings&, const std::vector<net::shard*>&);
    /// Ends the thread; what was asked is not answered any more. After the shards have stopped.
    virtual ~service() = default;

    /// The resolver of the shard with that index, for its thread only. Lives as long as the
    /// service.
    [[nodiscard]] virtual resolver& of(unsigned shard) = 0;
};

} // namespace lyceum::net::cares
