#include "net/asio/asio_links.h"

#include "base/log/log.h"

#include <boost/asio/post.hpp>
#include <sys/socket.h>

namespace lyceum::net::asio {

namespace ip = boost::asio::ip;
using boost::system::error_code;

namespace {

using reuse_port = boost::asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
/// UDP flow ids use slots from here on, so that they never meet those of connections.
constexpr std::size_t first_udp_slot = 0xFFFF00;

ip::address to_asio(const ip_address& a) {
    const auto& o = a.octets();
    if (a.is_v4()) return ip::address_v4({o[12], o[13], o[14], o[15]});
    ip::address_v6::bytes_type bytes;
    std::ranges::copy(o, bytes.begin());
    return ip::address_v6(bytes);
}

std::string refusal(const listener& l, const char* what, const error_code& error) {
    return std::string("cannot ") + what + " " + name(l.kind) + " " + l.at.text() + ": " +
           error.message();
}

} // namespace

ip::tcp::endpoint to_tcp(const ip_endpoint& e) {
    return {to_asio(e.address), e.port};
}
ip::udp::endpoint to_udp(const ip_endpoint& e) {
    return {to_asio(e.address), e.port};
}

asio_links::asio_links(boost::asio::io_context& io,
                       turns& t,
                       unsigned shard,
                       const settings& s,
                       const environment& e,
                       metrics::registry& m)
    : io_(io), turns_(t), shard_(shard), settings_(s), environment_(e), patience_timer_(io),
      room_timer_(io), scratch_(64 * 1024),
      accepted_(m.make_counter("lyceum_net_accepted_total", "Connections accepted")),
      refused_(
          m.make_counter("lyceum_net_refused_total", "Connections closed at once: limit reached")),
      open_(m.make_gauge("lyceum_net_connections", "Open connections, TLS handshake done")) {
    for (std::size_t i = 0; i < closed_.size(); ++i) {
        closed_[i] = &m.make_counter("lyceum_net_closed_total",
                                     "Connections that ended, and why",
                                     {{"why", net::name(static_cast<closed_why>(i))}});
    }
}

asio_links::~asio_links() = default;

flow_id asio_links::make_id(std::size_t at) const {
    const std::uint64_t generation = at >= first_udp_slot ? 1 : slots_[at].generation;
    return {(std::uint64_t{shard_} << 48U) | (generation << 24U) | at};
}

connection* asio_links::find(flow_id id) {
    const auto at = static_cast<std::size_t>(id.value & 0xFFFFFFU);
    if (id.shard() != shard_ || at >= slots_.size() || !slots_[at].link) return nullptr;
    return slots_[at].generation == ((id.value >> 24U) & 0xFFFFFFU) ? slots_[at].link.get()
                                                                    : nullptr;
}

std::size_t asio_links::free_slot() {
    if (!free_.empty()) {
        const auto at = free_.back();
        free_.pop_back();
        return at;
    }
    slots_.emplace_back();
    return slots_.size() - 1;
}

std::expected<void, std::string> asio_links::is_free(const listener& l) {
    boost::asio::io_context none;
    error_code error;
    const auto probe = [&](auto socket, const auto& endpoint) -> std::expected<void, std::string> {
        socket.open(endpoint.protocol(), error);
        if (error) return std::unexpected(refusal(l, "open", error));
        // Past connections in TIME_WAIT are no obstacle; another listener is.
        if (l.kind != transport::udp)
            socket.set_option(boost::asio::socket_base::reuse_address(true), error);
        if (endpoint.address().is_v6()) socket.set_option(ip::v6_only(true), error);
        socket.bind(endpoint, error);
        if (error) return std::unexpected(refusal(l, "listen on", error));
        return {};
    };
    if (l.kind == transport::udp) return probe(ip::udp::socket(none), to_udp(l.at));
    return probe(ip::tcp::acceptor(none), to_tcp(l.at));
}

std::expected<void, std::string> asio_links::listen(const listener& l) {
    error_code error;
    const auto open = [&](auto& socket, const auto& endpoint) -> std::expected<void, std::string> {
        socket.open(endpoint.protocol(), error);
        if (error) return std::unexpected(refusal(l, "open", error));
        socket.set_option(boost::asio::socket_base::reuse_address(true), error);
        socket.set_option(reuse_port(true), error);
        if (endpoint.address().is_v6()) socket.set_option(ip::v6_only(true), error);
        socket.bind(endpoint, error);
        if (error) return std::unexpected(refusal(l, "bind", error));
        socket.non_blocking(true, error);
        return {};
    };
    if (l.kind == transport::udp) {
        auto& d = datagrams_.emplace_back(ip::udp::socket(io_), l);
        return open(d.socket, to_udp(l.at));
    }
    auto& a = acceptors_.emplace_back(ip::tcp::acceptor(io_), l);
    if (auto done = open(a.socket, to_tcp(l.at)); !done) return done;
    a.socket.listen(4096, error);
    if (error) return std::unexpected(refusal(l, "listen on", error));
    return {};
}

void asio_links::start() {
    for (auto& a : acceptors_)
        accept_next(a);
    for (std::size_t i = 0; i < datagrams_.size(); ++i)
        read_datagrams(i);
}

flow_id asio_links::connect(const target& t) {
    if (is_shut_) return {};
    ip::tcp::socket socket(io_);
    tls_session tls;
    if (t.kind == transport::tls) {
        tls.reset(SSL_new(tls_->client.get()));
        if (tls) expect_peer(tls.get(), t.tls_name);
    }
    const bool cannot = t.kind == transport::tls && !tls; // no memory: nothing rather than in clear
    const auto at = free_slot();
    const auto id = make_id(at);
    ++connections_;
    ++per_address_[t.peer.address];
    flow_facts facts{t.kind, audience::trusted, true, {}, t.peer, {}};
    slots_[at].link = std::make_unique<connection>(
        *this, id, std::move(socket), std::move(facts), std::move(tls));
    hurry(id, false);
    if (cannot) {
        later(id, [](connection& c) { c.fail(); });
    } else {
        slots_[at].link->connect(t.peer);
    }
    return id;
}

void asio_links::connect(ip::tcp::socket& socket,
                         const ip_endpoint& peer,
                         std::move_only_function<void(bool)> then) {
    const auto endpoint = to_tcp(peer);
    error_code error;
    socket.open(endpoint.protocol(), error);
    socket.non_blocking(true, error);
    socket.set_option(ip::tcp::no_delay(true), error);
    socket.async_connect(endpoint, [this, then = std::move(then)](error_code e) mutable {
        turns_.turn([&] { then(!e); });
    });
}

void asio_links::hurry(flow_id id, bool closing) {
    hurried_.push_back({environment_.now() + settings_.handshake_patience, id, closing});
    if (!watching_) check_hurried();
}

void asio_links::check_hurried() {
    const auto now = environment_.now();
    while (!hurried_.empty()) {
        const auto [until, id, closing] = hurried_.front();
        connection* c = find(id);
        const bool waits = c != nullptr && (closing || !c->is_open());
        if (waits && until > now) break;
        hurried_.pop_front();
        if (waits) remove(id, closed_why::timed_out, c->is_open());
    }
    watching_ = !hurried_.empty();
    if (!watching_) return;
    patience_timer_.expires_after(hurried_.front().until - now);
    patience_timer_.async_wait([this](error_code e) {
        if (!e) turns_.turn([this] { check_hurried(); });
    });
}

bool asio_links::send(flow_id id, std::string_view octets) {
    connection* c = find(id);
    if (c == nullptr) return false;
    c->send(octets);
    return true;
}

void asio_links::acknowledge_now(flow_id id) {
    if (connection* c = find(id)) c->acknowledge_now();
}

void asio_links::close(flow_id id, bool flush) {
    connection* c = find(id);
    if (c == nullptr) return;
    if (!flush) {
        later(id, [](connection& self) { self.close_now(); });
    } else if (!c->is_closing()) {
        c->close_after_flush();
        hurry(id, true); // who does not read what is queued keeps no connection by that
    }
}

void asio_links::later(flow_id id, void (*f)(connection&)) {
    boost::asio::post(io_, [this, id, f] {
        turns_.turn([&] {
            if (connection* c = find(id)) f(*c);
        });
    });
}

void asio_links::remove(flow_id id, closed_why why, bool was_open) {
    const auto at = static_cast<std::size_t>(id.value & 0xFFFFFFU);
    const bool outbound = slots_[at].link->facts().outbound;
    const auto address = slots_[at].link->facts().peer.address;
    slots_[at].link.reset();
    slots_[at].generation = (slots_[at].generation + 1) & 0xFFFFFFU;
    if (slots_[at].generation == 0) slots_[at].generation = 1;
    free_.push_back(static_cast<std::uint32_t>(at));
    let_go(address);
    newcomers_.settled(id);
    make_room();
    closed_[static_cast<std::size_t>(why)]->add();
    if (was_open) open_.add(-1);
    if (was_open || outbound)
        events_->closed(id, why); // nobody heard of an accepted one that never opened
}

flow_id asio_links::udp_socket() const {
    return datagrams_.empty() ? flow_id{} : make_id(first_udp_slot);
}

flow_id asio_links::udp_socket_to(const ip_address& peer) const {
    for (std::size_t i = 0; i < datagrams_.size(); ++i) {
        if (datagrams_[i].facts.at.address.is_v4() == peer.is_v4())
            return make_id(first_udp_slot + i);
    }
    return {};
}

void asio_links::send_datagram(flow_id id, const ip_endpoint& peer, std::string_view octets) {
    const auto at = static_cast<std::size_t>(id.value & 0xFFFFFFU);
    if (at < first_udp_slot || at - first_udp_slot >= datagrams_.size()) return;
    error_code error; // a full buffer or a dead peer loses the datagram, as networks do
    datagrams_[at - first_udp_slot].socket.send_to(
        boost::asio::buffer(octets.data(), octets.size()), to_udp(peer), 0, error);
}

void asio_links::read_datagrams(std::size_t index) {
    auto& d = datagrams_[index];
    d.socket.async_wait(ip::udp::socket::wait_read, [this, index, &d](error_code waited) {
        if (waited) return;
        turns_.turn([&] {
            for (int n = 0; n < 64 && d.socket.is_open(); ++n) {
                ip::udp::endpoint from;
                error_code error;
                const auto size =
                    d.socket.receive_from(boost::asio::buffer(scratch_), from, 0, error);
                if (error) break;
                turns_.catch_up();
                events_->received_datagram(
                    make_id(first_udp_slot + index), from_asio(from), {scratch_.data(), size});
            }
            if (d.socket.is_open()) read_datagrams(index);
        });
    });
}

void asio_links::stop_listening() {
    error_code error;
    for (auto& a : acceptors_)
        a.socket.close(error);
    while (const auto* const from = waiting_.next(newcomers_))
        let_go(waiting_.take(ip_address(*from)).peer.address);
}

void asio_links::shut() {
    is_shut_ = true;
    stop_listening();
    error_code error;
    for (auto& d : datagrams_)
        d.socket.close(error);
    patience_timer_.cancel();
    room_timer_.cancel();
    for (auto& s : slots_)
        s.link.reset();
}

} // namespace lyceum::net::asio
