#pragma once

#include "base/metrics/registry.h"
#include "net/asio/connection.h"
#include "net/asio/engine.h"
#include "net/asio/newcomers.h"
#include "net/asio/turns.h"
#include "net/links.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <map>

namespace lyceum::net::asio {

[[nodiscard]] boost::asio::ip::tcp::endpoint to_tcp(const ip_endpoint&);
[[nodiscard]] boost::asio::ip::udp::endpoint to_udp(const ip_endpoint&);
template <class Endpoint>
[[nodiscard]] ip_endpoint from_asio(const Endpoint& e) {
    std::array<std::uint8_t, 16> octets{};
    if (e.address().is_v4()) {
        octets[10] = octets[11] = 0xFF;
        std::ranges::copy(e.address().to_v4().to_bytes(), octets.begin() + 12);
    } else {
        std::ranges::copy(e.address().to_v6().to_bytes(), octets.begin());
    }
    return {ip_address(octets), e.port()};
}

/// TLS contexts of all shards, replaced as a whole when the files change.
struct tls_contexts {
    tls_context server;
    tls_context mutual;
    tls_context client;
};

/// The sockets of one shard.
class asio_links final : public links {
public:
    asio_links(boost::asio::io_context&,
               turns&,
               unsigned shard,
               const settings&,
               const environment&,
               metrics::registry&);
    ~asio_links() override;

    // links
    flow_id connect(const target&) override;
    bool send(flow_id, std::string_view) override;
    void send_datagram(flow_id, const ip_endpoint&, std::string_view) override;
    void acknowledge_now(flow_id) override;
    void close(flow_id, bool flush) override;
    void settled(flow_id) override;
    void exempt(const std::vector<ip_address>& addresses) override { exempt_ = addresses; }
    void stop_listening() override;
    [[nodiscard]] flow_id udp_socket() const override;
    [[nodiscard]] flow_id udp_socket_to(const ip_address& peer) const override;

    void set_events(link_events& e) { events_ = &e; }
    void set_tls(std::shared_ptr<const tls_contexts> t) { tls_ = std::move(t); }
    [[nodiscard]] std::expected<void, std::string> listen(const listener&);
    /// Whether nobody else has the listener's port: shards share theirs (SO_REUSEPORT), and would
    /// share it with another server of this machine without a word. Before listen().
    [[nodiscard]] static std::expected<void, std::string> is_free(const listener&);
    /// Starts accepting and reading; on the shard's thread.
    void start();
    /// Closes everything without a word to the user; nothing is opened after it.
    void shut();

    // For connections.
    [[nodiscard]] connection* find(flow_id);
    /// What Asio's handlers do, they do in a turn.
    [[nodiscard]] turns& turn_taker() { return turns_; }
    [[nodiscard]] link_events& events() { return *events_; }
    [[nodiscard]] std::span<char> scratch() { return scratch_; }
    [[nodiscard]] std::size_t max_queued() const { return settings_.max_queued; }
    void connect(boost::asio::ip::tcp::socket&,
                 const ip_endpoint&,
                 std::move_only_function<void(bool)> then);
    /// Calls f in a later turn if the connection still stands.
    void later(flow_id, void (*f)(connection&));
    void remove(flow_id, closed_why, bool was_open);
    void count_opened() { open_.add(1); }
    /// A new connection said something.
    void spoke(flow_id id) { newcomers_.spoke(id, environment_.now()); }

private:
    struct acceptor {
        boost::asio::ip::tcp::acceptor socket;
        listener facts;
        bool is_waiting = false; ///< for room among the newcomers
    };
    struct datagram_socket {
        boost::asio::ip::udp::socket socket;
        listener facts;
    };
    struct slot {
        std::unique_ptr<connection> link;
        std::uint32_t generation = 1;
    };

    /// Who has been accepted.
    struct arrival {
        const acceptor* at;
        boost::asio::ip::tcp::socket socket;
        ip_endpoint local;
        ip_endpoint peer;
    };

    // asio_admission.cc
    /// Accepts when there is room for a newcomer: now, or once there is.
    void accept_next(acceptor&);
    void accept_now(acceptor&);
    /// Lets those accept and come in who wait for room, if there is any.
    void make_room();
    void admit_later();
    void accepted(acceptor&, boost::asio::ip::tcp::socket);
    [[nodiscard]] bool has_to_wait(const ip_address& from);
    /// Makes a connection of it.
    void welcome(arrival);
    /// Whether the kernel's queue holds another client.
    [[nodiscard]] bool somebody_knocks();
    /// One connection less, of that address.
    void let_go(const ip_address&);
    void read_datagrams(std::size_t index);
    [[nodiscard]] flow_id make_id(std::size_t slot) const;
    [[nodiscard]] std::size_t free_slot();
    /// From now on the peer has handshake_patience: to connect and shake hands, or to read what is
    /// queued for it and be closed.
    void hurry(flow_id, bool closing);
    void check_hurried();

    boost::asio::io_context& io_;
    turns& turns_;
    unsigned shard_;
    const settings& settings_;
    const environment& environment_;
    link_events* events_ = nullptr;
    std::shared_ptr<const tls_contexts> tls_;
    std::vector<slot> slots_;
    std::vector<std::uint32_t> free_;
    std::size_t connections_ = 0;
    std::map<ip_address, std::size_t> per_address_;
    std::vector<ip_address> exempt_; ///< from the limit of those
    std::deque<acceptor> acceptors_;
    std::deque<datagram_socket> datagrams_;
    struct hurried {
        instant until;
        flow_id id;
        bool closing = false;
    };
    std::deque<hurried> hurried_; ///< the first to end first
    boost::asio::steady_timer patience_timer_;
    newcomers newcomers_;
    waiting_line<arrival> waiting_; ///< counted as connections already
    boost::asio::steady_timer room_timer_;
    bool is_room_timed_ = false;
    bool is_admitting_ = false; ///< somebody who waits is looked at in a moment
    bool watching_ = false;
    bool is_shut_ = false;
    std::vector<char> scratch_;
    metrics::counter& accepted_;
    metrics::counter& refused_;
    metrics::gauge& open_;
    std::array<metrics::counter*, 7> closed_{};
};

} // namespace lyceum::net::asio
