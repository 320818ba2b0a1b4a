#pragma once

#include "base/ip_endpoint.h"

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lyceum::net {

enum class transport : std::uint8_t { udp, tcp, tls };

[[nodiscard]] constexpr const char* name(transport t) {
    switch (t) {
    case transport::udp:
        return "udp";
    case transport::tcp:
        return "tcp";
    case transport::tls:
        return "tls";
    }
    return "?";
}
/// Whether the transport itself delivers or tells that it could not. RFC 3261 17
[[nodiscard]] constexpr bool is_reliable(transport t) {
    return t != transport::udp;
}

/// Names one connection, or one UDP socket, of one shard of this process. Never used twice.
struct flow_id {
    std::uint64_t value = 0; ///< shard in the upper 16 bits; 0 is no flow

    [[nodiscard]] constexpr unsigned shard() const { return static_cast<unsigned>(value >> 48U); }
    [[nodiscard]] constexpr explicit operator bool() const { return value != 0; }
    friend constexpr auto operator<=>(const flow_id&, const flow_id&) = default;
};

/// Who may come in at a listener. The rights differ, so the listeners do.
enum class audience : std::uint8_t {
    clients, ///< users: challenged by [MS-SIPAE]
    trusted, ///< gateways and servers of the trusted list: never challenged, nobody else gets in
};

/// What is known of a connection when it is ready for octets.
struct flow_facts {
    transport kind = transport::tcp;
    audience who = audience::clients;
    bool outbound = false; ///< we connected
    ip_endpoint local;
    ip_endpoint peer;
    std::vector<std::string>
        peer_names; ///< DNS names and addresses of the peer's verified certificate
};

struct flow_hash {
    [[nodiscard]] std::size_t operator()(flow_id f) const {
        return std::hash<std::uint64_t>{}(f.value);
    }
};

} // namespace lyceum::net
