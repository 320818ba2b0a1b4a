#pragma once

#include "base/metrics/registry.h"
#include "net/deadlines.h"
#include "net/links.h"
#include "net/shard.h"
#include "protocol/sip/framer.h"
#include "protocol/sip/message.h"
#include "sipstack/transport/path.h"
#include "sipstack/transport/tap.h"

#include <unordered_map>

namespace lyceum::sipstack {

struct transport_settings {
    sip::limits limits;
    std::size_t max_before_sign_in = 32768; ///< octets of an incomplete message that are kept for a
                                            ///< client who has proven nothing
    std::chrono::seconds sign_in_patience{
        60}; ///< a client that has not authenticated by then is closed. [MS-CONMGMT] 3.5.6
    std::chrono::seconds keep_alive{300}; ///< told to clients: send something at least this often
    std::chrono::seconds idle_patience{
        390}; ///< silence after which a client flow is closed; > keep_alive
    std::chrono::seconds message_patience{
        30}; ///< the time from a message's first octet to its last
    std::chrono::seconds trusted_idle{
        3600}; ///< silence after which a gateway's or our own flow is closed
};

/// What the transport tells the stack.
class transport_events {
public:
    virtual ~transport_events() = default;
    /// One whole message that parsed. For UDP path.peer is its sender.
    virtual void on_message(const path&, sip::message&&) = 0;
    /// Octets that are no SIP message; the transport closes a stream after this returns. Empty when
    /// nobody knows where the message ends.
    virtual void on_malformed(const path&, const parse_error&, std::string_view octets) = 0;
    /// A connection that the stack may use: accepted or connected.
    virtual void on_opened(net::flow_id, const net::flow_facts&) = 0;
    virtual void on_closed(net::flow_id, net::closed_why) = 0;
};

/// Framing, keep-alive, idle and sign-in timers, and connection reuse over the links of one shard.
/// RFC 3261 18, [MS-CONMGMT]
class transport final : public net::link_events {
public:
    transport(net::shard&, net::links&, const transport_settings&, transport_events&);

    /// Sends one message. False when the flow is gone or is not of this shard.
    bool send(const path&, std::string_view octets);
    /// An existing connection to that peer that is not being closed, or a new one; for UDP the
    /// shard's socket. No flow when UDP is off. The connection remembers on whose account it is
    /// used.
    [[nodiscard]] path
    reach(net::transport, const ip_endpoint&, const std::string& tls_name, const account&);
    void close(net::flow_id, bool flush);
    [[nodiscard]] net::flow_id udp_socket() const { return links_.udp_socket(); }
    [[nodiscard]] net::flow_id udp_socket_to(const ip_address& peer) const {
        return links_.udp_socket_to(peer);
    }

    /// The peer has proven who it is: the sign-in timer ends. An empty user means that it proved it
    /// no longer.
    void authenticated(net::flow_id, std::string_view user);
    [[nodiscard]] const net::flow_facts* facts(net::flow_id) const; ///< nullptr when gone
    /// Connected, not being closed, and its end not told yet.
    [[nodiscard]] bool is_open(net::flow_id) const;
    [[nodiscard]] std::string_view user(net::flow_id) const; ///< empty when none
    [[nodiscard]] std::size_t flows() const { return flows_.size(); }
    /// Those with trusted peers, and those of our own making with the accounts that they were made
    /// on.
    [[nodiscard]] std::vector<std::pair<net::flow_id, std::vector<account>>> trusted_flows() const;

    /// Timers that are due; the next one is armed in the deadlines handed in.
    void on_deadline(std::uint64_t id, instant now);
    static constexpr std::uint32_t timer_kind = 1;
    void set_deadlines(net::deadlines& d) { deadlines_ = &d; }
    void set_tap(tap* t) { tap_ = t; }

    // link_events
    void opened(net::flow_id, const net::flow_facts&) override;
    void received(net::flow_id, std::string_view) override;
    void received_datagram(net::flow_id, const ip_endpoint&, std::string_view) override;
    void closed(net::flow_id, net::closed_why) override;

private:
    struct flow {
        net::flow_facts facts;
        sip::framer framer;
        std::string user;
        std::vector<account> accounts; ///< of one of our making; each once
        instant opened;
        instant heard;                        ///< last octets
        std::optional<instant> message_began; ///< an incomplete message waits since then
        std::optional<instant> armed;         ///< the earliest timer that will come
        bool is_open = false;
        bool is_closing = false;
        bool has_authenticated = false;

        explicit flow(const sip::limits& l) : framer(l) {}
    };
    [[nodiscard]] instant deadline_of(const flow&) const;
    void arm(net::flow_id, flow&);
    void forget_way(net::flow_id, const flow&);
    void take_message(net::flow_id, std::string octets);

    net::shard& shard_;
    net::links& links_;
    const transport_settings& settings_;
    transport_events& events_;
    net::deadlines* deadlines_ = nullptr;
    tap* tap_ = nullptr;
    std::string refused_; ///< reused
    std::unordered_map<net::flow_id, flow, net::flow_hash> flows_;
    std::map<std::tuple<net::transport, ip_endpoint, std::string>, net::flow_id> by_peer_;
    metrics::counter& received_;
    metrics::counter& sent_;
    metrics::counter& malformed_;
    metrics::counter& expired_sign_in_;
    metrics::counter& expired_idle_;
    metrics::counter& expired_message_;
};

} // namespace lyceum::sipstack
