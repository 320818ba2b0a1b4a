#include "apps/deployment/deployment.h"

#include <algorithm>
#include <thread>

namespace lyceum::apps::deployment {
namespace {

/// For what is neither a connection nor a listener: the store, the log, name servers,
/// administrators and scrapers of metrics, the event loops.
constexpr std::uint64_t reserve = 256;

} // namespace

unsigned shard_count(const deployment& d) {
    return d.server.shards != 0 ? d.server.shards
                                : std::max(1U, std::thread::hardware_concurrency());
}

std::uint64_t descriptors_needed(const deployment& d) {
    return shard_count(d) * (d.sip.max_connections + sip_listeners(d).size()) + reserve;
}

} // namespace lyceum::apps::deployment
