#include "sipstack/way_back.h"

#include "protocol/sip/address.h"

namespace lyceum::sipstack {

path way_back(const path& came_from,
              const sip::message& m,
              const std::function<bool(const path&)>& may) {
    if (came_from.kind != net::transport::udp) return came_from;
    const auto via = m.via();
    if (!via) return came_from;
    constexpr std::uint16_t default_port = 5060; // RFC 3261 18.1.1
    const std::uint16_t sent_by = via->port != 0 ? via->port : default_port;
    // RFC 3261 18.2.2: maddr counts first. Numeric only: nobody looks up names for a response.
    if (const auto maddr = ip_address::parse(via->params.value_or("maddr", {}))) {
        const path there{came_from.kind, came_from.flow, {*maddr, sent_by}};
        if (may(there)) return there;
    }
    if (via->params.has("rport")) return came_from;
    path out = came_from;
    out.peer.port = sent_by;
    return out;
}

} // namespace lyceum::sipstack
