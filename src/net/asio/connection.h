#pragma once

#include "net/asio/tls_context.h"
#include "net/links.h"

#include <boost/asio/ip/tcp.hpp>

namespace lyceum::net::asio {

class asio_links;

/// One TCP or TLS connection: a socket, perhaps an SSL*, and what waits to be written. Asio tells
/// when the socket is ready; reading and writing go through the shard's scratch buffer, so that an
/// idle connection owns neither a read nor a write buffer.
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
    [[nodiscard]] const flow_facts& facts() const { return facts_; }
    [[nodiscard]] bool is_open() const { return state_ == state::open; }
    [[nodiscard]] bool is_closing() const { return closing_; }
    [[nodiscard]] std::size_t queued() const { return out_.size(); }

private:
    enum class state : std::uint8_t { connecting, handshaking, open, ended };
    enum class io : std::uint8_t { done, want_read, want_write, ended, failed };

    void handshake();
    void become_open();
    void read();
    void write();
    void wait_readable();
    void wait_writable();
    void end(closed_why);
    [[nodiscard]] std::pair<io, std::size_t> read_some(char* to, std::size_t size);
    /// Whether there may be more to read, after n of size octets came.
    [[nodiscard]] bool may_have_more(std::size_t n, std::size_t size) const;
    [[nodiscard]] std::pair<io, std::size_t> write_some(std::string_view octets);
    [[nodiscard]] io tls_result(int result);

    asio_links& owner_;
    flow_id id_;
    boost::asio::ip::tcp::socket socket_;
    tls_session tls_;
    flow_facts facts_;
    std::string out_; ///< empty and without capacity when nothing waits
    state state_ = state::connecting;
    bool writing_ = false; ///< a wait for writability is under way
    bool closing_ = false; ///< close once out_ is empty
};

} // namespace lyceum::net::asio
