#pragma once

#include "machines/user_agent/endpoint.h"
#include "net/deadlines.h"
#include "net/links.h"
#include "protocol/sip/framer.h"

#include <functional>
#include <unordered_map>

namespace lyceum::apps::client {

/// The endpoints of one shard, each on a connection of its own (over UDP all on one socket):
/// carries their octets, keeps their time. On the shard's thread only.
class agents final : public net::link_events {
public:
    using seat = std::size_t;

    /// What the endpoints tell their users; notice::transmit is carried out here and not told.
    class listener {
    public:
        virtual ~listener() = default;
        virtual void on_notice(seat, const user_agent::action&) = 0;
        virtual void on_connected(seat) = 0;
        virtual void on_closed(seat, net::closed_why) = 0;
        /// One read or written chunk; for --trace.
        virtual void on_octets(seat, bool /*out*/, std::string_view) {}
        virtual void on_alarm(std::uint64_t /*id*/) {}
    };

    agents(net::shard&, net::links&, listener&);

    /// A seat that is not connected yet.
    seat add(user_agent::account);
    /// TCP and TLS: starts connecting. UDP: stands at once, on the shard's socket.
    void connect(seat, const net::links::target&, const ip_endpoint& local_for_udp = {});
    void wish(seat, user_agent::event);
    /// Closes the connection when what is queued has gone out.
    void hang_up(seat);
    /// on_alarm(id) at that moment.
    void alarm_at(instant, std::uint64_t id);

    [[nodiscard]] user_agent::endpoint& at(seat s) { return seats_[s]->machine; }
    [[nodiscard]] std::size_t size() const { return seats_.size(); }
    [[nodiscard]] instant now() const { return shard_.clock().now(); }
    [[nodiscard]] bool is_connected(seat s) const { return seats_[s]->open; }

    // net::link_events
    void opened(net::flow_id, const net::flow_facts&) override;
    void received(net::flow_id, std::string_view) override;
    void received_datagram(net::flow_id, const ip_endpoint&, std::string_view) override;
    void closed(net::flow_id, net::closed_why) override;

private:
    struct occupied {
        occupied(user_agent::account a, random::source& r) : machine(std::move(a), r) {}
        user_agent::endpoint machine;
        sip::framer framer;
        net::links::target peer;
        net::flow_id flow;
        bool open = false;
        std::optional<instant> armed;
    };
    static constexpr std::uint32_t seat_timer = 1;
    static constexpr std::uint32_t alarm_timer = 2;

    void feed(seat, user_agent::event);
    void take(seat, std::string octets);
    void arm(seat);
    void on_wakeup(instant now);
    [[nodiscard]] std::optional<seat> seat_of(const sip::message&) const;

    net::shard& shard_;
    net::links& links_;
    listener& listener_;
    net::deadlines deadlines_;
    std::vector<std::unique_ptr<occupied>> seats_;
    std::unordered_map<net::flow_id, seat, net::flow_hash> by_flow_;
    std::unordered_map<sip::aor, seat, sip::aor_hash> by_aor_; ///< over UDP
};

} // namespace lyceum::apps::client
