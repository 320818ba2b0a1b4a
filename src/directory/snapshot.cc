#include "directory/snapshot.h"

#include "base/text.h"

namespace lyceum::directory {

const store::trusted_peer* snapshot::trusted(std::string_view host,
                                             std::string_view transport) const {
    for (const auto& peer : trusted_) {
        if (iequals(peer.host, host) &&
            (peer.transport.empty() || iequals(peer.transport, transport)))
            return &peer;
    }
    return nullptr;
}

} // namespace lyceum::directory
