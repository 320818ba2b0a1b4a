#pragma once

#include "net/flow.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::net {

/// Why a connection ended.
enum class closed_why : std::uint8_t {
    by_us,
    by_peer,
    refused,    ///< connect failed
    tls_failed, ///< handshake or certificate
    timed_out,  ///< handshake or connect took too long
    too_slow,   ///< the peer did not read what was queued for it
    failed,     ///< the network said so
};
[[nodiscard]] const char* name(closed_why);

/// What a shard's links tell their user, on the shard's thread. An event may call any function of
/// links.
class link_events {
public:
    virtual ~link_events() = default;
    /// Accepted or connected, TLS included. Octets may follow.
    virtual void opened(flow_id, const flow_facts&) = 0;
    /// Octets, borrowed for the call.
    virtual void received(flow_id, std::string_view) = 0;
    /// One datagram that came in at a UDP socket, borrowed for the call.
    virtual void received_datagram(flow_id socket, const ip_endpoint& peer, std::string_view) = 0;
    /// The flow is gone: also for a connect() that failed. Said once.
    virtual void closed(flow_id, closed_why) = 0;
};

/// Connections and sockets of one shard. Called on the shard's thread only.
class links {
public:
    virtual ~links() = default;

    struct target {
        transport kind = transport::tcp;
        ip_endpoint peer;
        std::string tls_name; ///< whom the peer's certificate must name; tls only
    };
    /// Starts connecting; opened() or closed() follows. Octets sent before opened() are queued.
    [[nodiscard]] virtual flow_id connect(const target&) = 0;
    /// Queues octets. False when the flow is gone; a peer that reads too slowly is closed
    /// (too_slow).
    virtual bool send(flow_id, std::string_view octets) = 0;
    virtual void
    send_datagram(flow_id socket, const ip_endpoint& peer, std::string_view octets) = 0;
    /// Lets the peer's TCP know at once what has arrived: the rest of what it is sending may wait
    /// for that. (Nagle's algorithm there and delayed acknowledgements here cost 40 ms a message
    /// otherwise. seen: pidgin-sipe 1.25, which writes a message in several TLS records.)
    virtual void acknowledge_now(flow_id) = 0;
    /// Closes after what is queued has gone out, or at once. closed(by_us) follows, later;
    /// timed_out when the peer does not take what is queued.
    virtual void close(flow_id, bool flush) = 0;
    /// Its client is known now: an accepted connection is new no longer, and makes room for
    /// another.
    virtual void settled(flow_id) {}
    /// Whose connections are not counted against the limit for one address.
    virtual void exempt(const std::vector<ip_address>& /*addresses*/) {}
    /// Stops accepting; open connections stay.
    virtual void stop_listening() = 0;
    /// The UDP socket to send from when nobody wrote to us first; no flow when UDP is off.
    [[nodiscard]] virtual flow_id udp_socket() const = 0;
    /// The one that reaches that address: no flow when there is none of its family.
    [[nodiscard]] virtual flow_id udp_socket_to(const ip_address& peer) const = 0;
};

} // namespace lyceum::net
