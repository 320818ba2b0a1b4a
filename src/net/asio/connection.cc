#include "net/asio/connection.h"

#include "net/asio/asio_links.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <cerrno>

namespace lyceum::net::asio {
namespace {

/// Octets read in one turn before others get theirs.
constexpr std::size_t turn_budget = 64 * 1024;

} // namespace

connection::connection(asio_links& owner,
                       flow_id id,
                       boost::asio::ip::tcp::socket socket,
                       flow_facts facts,
                       tls_session tls)
    : owner_(owner), id_(id), socket_(std::move(socket)), tls_(std::move(tls)),
      facts_(std::move(facts)) {}

void connection::accept() {
    if (!tls_) {
        become_open();
        return;
    }
    SSL_set_fd(tls_.get(), socket_.native_handle());
    SSL_set_accept_state(tls_.get());
    state_ = state::handshaking;
    handshake();
}

void connection::connect(const ip_endpoint& peer) {
    owner_.connect(socket_, peer, [&owner = owner_, id = id_](bool ok) {
        connection* self = owner.find(id);
        if (self == nullptr) return;
        boost::system::error_code error; // then the connection has broken again; reading will tell
        if (const auto local = self->socket_.local_endpoint(error); !error)
            self->facts_.local = from_asio(local);
        if (!ok) {
            self->end(closed_why::refused);
        } else if (!self->tls_) {
            self->become_open();
        } else {
            SSL_set_fd(self->tls_.get(), self->socket_.native_handle());
            SSL_set_connect_state(self->tls_.get());
            self->state_ = state::handshaking;
            self->handshake();
        }
    });
}

connection::io connection::tls_result(int result) {
    switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_NONE:
        return io::done;
    case SSL_ERROR_WANT_READ:
        return io::want_read;
    case SSL_ERROR_WANT_WRITE:
        return io::want_write;
    case SSL_ERROR_ZERO_RETURN:
        return io::ended;
    default:
        return io::failed;
    }
}

void connection::handshake() {
    ERR_clear_error();
    switch (tls_result(SSL_do_handshake(tls_.get()))) {
    case io::done:
        facts_.peer_names = peer_names(tls_.get());
        become_open();
        break;
    case io::want_read:
        wait_readable();
        break;
    case io::want_write:
        wait_writable();
        break;
    case io::ended:
    case io::failed:
        end(closed_why::tls_failed);
        break;
    }
}

void connection::become_open() {
    state_ = state::open;
    owner_.count_opened();
    auto& owner = owner_;
    const auto id = id_;
    owner.events().opened(id, facts_); // may close us
    if (connection* self = owner.find(id); self != nullptr && self->state_ == state::open) {
        if (!self->out_.empty()) self->write();
        self = owner.find(id);
        if (self != nullptr && self->state_ == state::open) self->read();
    }
}

std::pair<connection::io, std::size_t> connection::read_some(char* to, std::size_t size) {
    if (tls_) {
        ERR_clear_error();
        const int n = SSL_read(tls_.get(), to, static_cast<int>(size));
        return n > 0 ? std::pair{io::done, static_cast<std::size_t>(n)}
                     : std::pair{tls_result(n), std::size_t{0}};
    }
    const auto n = ::recv(socket_.native_handle(), to, size, 0);
    if (n > 0) return {io::done, static_cast<std::size_t>(n)};
    if (n == 0) return {io::ended, 0};
    if (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK) return {io::want_read, 0};
    return {io::failed, 0};
}

std::pair<connection::io, std::size_t> connection::write_some(std::string_view octets) {
    if (tls_) {
        ERR_clear_error();
        const int n = SSL_write(tls_.get(),
                                octets.data(),
                                static_cast<int>(std::min<std::size_t>(octets.size(), 1U << 30U)));
        return n > 0 ? std::pair{io::done, static_cast<std::size_t>(n)}
                     : std::pair{tls_result(n), std::size_t{0}};
    }
    const auto n = ::send(socket_.native_handle(), octets.data(), octets.size(), MSG_NOSIGNAL);
    if (n >= 0) return {io::done, static_cast<std::size_t>(n)};
    if (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK) return {io::want_write, 0};
    return {io::failed, 0};
}

bool connection::may_have_more(std::size_t n, std::size_t size) const {
    return tls_ ? SSL_has_pending(tls_.get()) == 1 : n == size;
}

void connection::read() {
    auto& owner = owner_;
    const auto id = id_;
    const auto scratch = owner.scratch();
    std::size_t taken = 0;
    bool more = true;
    // The user of an event may close this very connection: look it up again after each.
    for (connection* self = this; self != nullptr && self->state_ == state::open;
         self = owner.find(id)) {
        // The wait that follows tells of octets, too, that came before it began.
        if (!more) {
            self->wait_readable();
            return;
        }
        if (taken >= turn_budget) {
            owner.later(id, [](connection& c) { c.read(); });
            return;
        }
        const auto [what, n] = self->read_some(scratch.data(), scratch.size());
        if (what != io::want_read && what != io::want_write) {
            owner.turn_taker().catch_up();
            self = owner.find(id);
            if (self == nullptr || self->state_ != state::open) return;
        }
        switch (what) {
        case io::done:
            taken += n;
            more = self->may_have_more(n, scratch.size());
            owner.events().received(id, {scratch.data(), n});
            break;
        case io::want_read:
            self->wait_readable();
            return;
        case io::want_write:
            self->wait_writable();
            return;
        case io::ended:
            self->end(closed_why::by_peer);
            return;
        case io::failed:
            self->end(closed_why::failed);
            return;
        }
    }
}

void connection::send(std::string_view octets) {
    if (state_ == state::ended || closing_) return;
    if (state_ == state::open && out_.empty()) {
        while (!octets.empty()) {
            const auto [what, n] = write_some(octets);
            if (what == io::done) {
                octets.remove_prefix(n);
            } else if (what == io::want_read || what == io::want_write) {
                break;
            } else {
                // Told later, not now: the caller is in the middle of its own work.
                owner_.later(id_, [](connection& c) { c.end(closed_why::failed); });
                return;
            }
        }
        if (octets.empty()) return;
    }
    if (out_.size() + octets.size() > owner_.max_queued()) {
        owner_.later(id_, [](connection& c) { c.end(closed_why::too_slow); });
        return;
    }
    out_ += octets;
    if (state_ == state::open) wait_writable();
}

void connection::write() {
    std::size_t written = 0;
    while (written < out_.size()) {
        const auto [what, n] = write_some(std::string_view(out_).substr(written));
        if (what == io::done) {
            written += n;
            continue;
        }
        if (what == io::ended || what == io::failed) {
            end(closed_why::failed);
            return;
        }
        break;
    }
    out_.erase(0, written);
    if (!out_.empty()) {
        wait_writable();
    } else {
        out_.shrink_to_fit();
        if (closing_) end(closed_why::by_us);
    }
}

void connection::acknowledge_now() {
    const int on = 1; // one-shot: the kernel goes back to its own ways by itself
    (void)::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

void connection::close_after_flush() {
    closing_ = true;
    if (out_.empty() || state_ != state::open)
        owner_.later(id_, [](connection& c) { c.end(closed_why::by_us); });
}

void connection::wait_readable() {
    socket_.async_wait(boost::asio::ip::tcp::socket::wait_read,
                       [&owner = owner_, id = id_](auto error) {
                           if (error) return;
                           owner.turn_taker().turn([&] {
                               connection* self = owner.find(id);
                               if (self == nullptr) return;
                               if (self->state_ == state::handshaking) {
                                   self->handshake();
                               } else if (self->state_ == state::open) {
                                   self->read();
                               }
                           });
                       });
}

void connection::wait_writable() {
    if (writing_) return;
    writing_ = true;
    socket_.async_wait(boost::asio::ip::tcp::socket::wait_write,
                       [&owner = owner_, id = id_](auto error) {
                           if (error) return;
                           owner.turn_taker().turn([&] {
                               connection* self = owner.find(id);
                               if (self == nullptr) return;
                               self->writing_ = false;
                               if (self->state_ == state::handshaking) {
                                   self->handshake();
                               } else if (self->state_ == state::open) {
                                   self->write();
                               }
                           });
                       });
}

void connection::end(closed_why why) {
    if (state_ == state::ended) return;
    const bool was_open = state_ == state::open;
    state_ = state::ended;
    if (tls_ && was_open && why == closed_why::by_us)
        SSL_shutdown(tls_.get());      // says close_notify, does not wait
    owner_.remove(id_, why, was_open); // destroys this
}

} // namespace lyceum::net::asio
