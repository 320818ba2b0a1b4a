#pragma once

#include "net/asio/tls_context.h"
#include "net/links.h"

#include <boost/asio/ip/tcp.hpp>

namespace lyceum::net::asio {

class asio_links;

/// One TCP or TLS connection: a socket, perhaps an SSL*, and what waits to be written. Asio tells
/// when the socket is ready; reading goes through the shard's scratch buffer, so that an idle
/// connection owns neither a read nor a write buffer.
///
/// OpenSSL never waits to write: what the socket does not take is queued here, sealed already. So
/// no record is ever half written when OpenSSL has to answer what it reads (a KeyUpdate, an alert).
class connection {
public:
    connection(asio_links& owner,
               flow_id id,
               boost::asio::ip::tcp::socket socket,
               flow_facts facts,
               tls_session tls);

    void accept();                         ///< TLS handshake if any, then opened()
    void connect(const ip_endpoint& peer); ///< TCP connect, handshake, then opened()
    void send(std::string_view octets);
    void acknowledge_now();
    void close_after_flush();
    void close_now() { end(closed_why::by_us); }
    void fail() { end(closed_why::failed); }
    [[nodiscard]] const flow_facts& facts() const { return facts_; }
    [[nodiscard]] bool is_open() const { return state_ == state::open; }
    [[nodiscard]] bool is_closing() const { return closing_; }
    void set_new(bool is) { is_new_ = is; }

private:
    enum class state : std::uint8_t { connecting, handshaking, open, ended };
    enum class io : std::uint8_t { done, want_read, ended, failed };

    void handshake();
    void become_open();
    void read();
    void seal(std::string_view octets); ///< to put(), by way of TLS if any
    void break_later();                 ///< told later: who sends is in the middle of its own work
    void flush();
    /// Writes octets as they are, queues what the socket does not take. False when that is too
    /// much, or the socket is broken.
    bool put(std::string_view octets);
    void be_tls(bool accepts);
    static const BIO_METHOD* way_out();
    void wait_readable();
    void wait_writable();
    void end(closed_why);
    [[nodiscard]] std::pair<io, std::size_t> read_some(char* to, std::size_t size);
    /// Whether there may be more to read, after n of size octets came.
    [[nodiscard]] bool may_have_more(std::size_t n, std::size_t size) const;
    [[nodiscard]] io tls_result(int result);

    asio_links& owner_;
    flow_id id_;
    boost::asio::ip::tcp::socket socket_;
    tls_session tls_;
    flow_facts facts_;
    std::string early_; ///< what was sent before it was open, in clear; empty and without capacity
    std::string out_;   ///< empty and without capacity when nothing waits
    std::optional<closed_why> broken_; ///< no more is written; ends soon, for that reason
    state state_ = state::connecting;
    bool writing_ = false; ///< a wait for writability is under way
    bool closing_ = false; ///< close once out_ is empty
    bool is_new_ = false;  ///< accepted, and its client is not known yet
};

} // namespace lyceum::net::asio
