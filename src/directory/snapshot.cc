#include "directory/snapshot.h"

#include "base/text.h"

#include <algorithm>

namespace lyceum::directory {
namespace {

bool is_meant(const store::trusted_peer& peer, std::string_view host, std::string_view transport) {
    return iequals(peer.host, host) &&
           (peer.transport.empty() || iequals(peer.transport, transport));
}

} // namespace

const store::trusted_peer* snapshot::trusted(std::string_view host,
                                             std::string_view transport) const {
    for (const auto& peer : trusted_) {
        if (is_meant(peer, host, transport)) return &peer;
    }
    return nullptr;
}

bool snapshot::open_to_clients(std::string_view host,
                               std::string_view transport,
                               std::uint16_t port) const {
    return std::ranges::any_of(trusted_, [&](const store::trusted_peer& peer) {
        if (!is_meant(peer, host, transport)) return false;
        if (port == 0) return true;
        if (!peer.ports.empty()) return std::ranges::find(peer.ports, port) != peer.ports.end();
        // Phones register where they like; anything else speaks SIP where SIP is spoken.
        return peer.may_register || port == (iequals(transport, "tls") ? 5061 : 5060);
    });
}

} // namespace lyceum::directory
