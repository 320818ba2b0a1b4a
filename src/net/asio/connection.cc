#include "net/asio/connection.h"

#include "net/asio/asio_links.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <cerrno>

namespace lyceum::net::asio {
namespace {

/// SSL_get_error() tells the truth only while the thread's queue of errors is empty, and mostly it
/// is.
void forget_errors() {
    if (ERR_peek_error() != 0) ERR_clear_error();
}

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
    be_tls(true);
}

/// OpenSSL's end of put().
const BIO_METHOD* connection::way_out() {
    static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> method = [] {
        std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> m(
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "lyceum connection"),
            BIO_meth_free);
        BIO_meth_set_write_ex(
            m.get(), [](BIO* b, const char* octets, std::size_t size, std::size_t* written) {
                *written = size;
                return static_cast<connection*>(BIO_get_data(b))->put({octets, size}) ? 1 : -1;
            });
        BIO_meth_set_ctrl(m.get(), [](BIO*, int what, long, void*) -> long {
            return what == BIO_CTRL_FLUSH ? 1 : 0;
        });
        return m;
    }();
    return method.get();
}

void connection::be_tls(bool accepts) {
    BIO* in = BIO_new_socket(socket_.native_handle(), BIO_NOCLOSE);
    BIO* out = BIO_new(way_out());
    if (in == nullptr || out == nullptr) { // out of memory
        BIO_free(in);
        BIO_free(out);
        break_later();
        return;
    }
    BIO_set_data(out, this);
    BIO_set_init(out, 1);
    SSL_set_bio(tls_.get(), in, out); // owns them now
    if (accepts) {
        SSL_set_accept_state(tls_.get());
    } else {
        SSL_set_connect_state(tls_.get());
    }
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
            self->be_tls(false);
        }
    });
}

connection::io connection::tls_result(int result) {
    switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_NONE:
        return io::done;
    case SSL_ERROR_WANT_READ:
        return io::want_read;
    case SSL_ERROR_ZERO_RETURN:
        return io::ended;
    default:
        return io::failed;
    }
}

void connection::handshake() {
    forget_errors();
    const auto result = tls_result(SSL_do_handshake(tls_.get()));
    if (is_new_ && BIO_number_read(SSL_get_rbio(tls_.get())) != 0) owner_.spoke(id_);
    switch (result) {
    case io::done:
        facts_.peer_names = peer_names(tls_.get());
        become_open();
        break;
    case io::want_read:
        wait_readable();
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
    if (!early_.empty()) seal(std::exchange(early_, {}));
    auto& owner = owner_;
    const auto id = id_;
    owner.events().opened(id, facts_); // may close us
    if (connection* self = owner.find(id); self != nullptr && self->state_ == state::open) {
        self->read();
    }
}

std::pair<connection::io, std::size_t> connection::read_some(char* to, std::size_t size) {
    if (tls_) {
        forget_errors();
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

bool connection::put(std::string_view octets) {
    if (broken_) return false; // a later part without an earlier one would be nonsense
    while (out_.empty() && !octets.empty()) {
        const auto n = ::send(socket_.native_handle(), octets.data(), octets.size(), MSG_NOSIGNAL);
        if (n >= 0) {
            octets.remove_prefix(static_cast<std::size_t>(n));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            break;
        } else if (errno != EINTR) {
            broken_ = closed_why::failed;
            return false;
        }
    }
    if (octets.empty()) return true;
    if (out_.size() + octets.size() > owner_.max_queued()) { // what TLS itself answers counts, too
        broken_ = closed_why::too_slow;
        return false;
    }
    out_ += octets;
    wait_writable();
    return true;
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
        if (what != io::want_read) {
            owner.turn_taker().catch_up();
            self = owner.find(id);
            if (self == nullptr || self->state_ != state::open) return;
        }
        switch (what) {
        case io::done:
            taken += n;
            if (self->is_new_) owner.spoke(id);
            more = self->may_have_more(n, scratch.size());
            owner.events().received(id, {scratch.data(), n});
            break;
        case io::want_read:
            self->wait_readable();
            return;
        case io::ended:
            self->end(closed_why::by_peer);
            return;
        case io::failed:
            self->end(self->broken_.value_or(closed_why::failed));
            return;
        }
    }
}

void connection::send(std::string_view octets) {
    if (state_ == state::ended || closing_ || broken_) return;
    if (state_ == state::open) {
        seal(octets);
    } else if (early_.size() + octets.size() <= owner_.max_queued()) {
        early_ += octets;
    } else {
        broken_ = closed_why::too_slow;
        break_later();
    }
}

void connection::seal(std::string_view octets) {
    constexpr std::size_t most = 1U << 30U;
    bool ok = true;
    if (!tls_) {
        ok = put(octets);
    } else {
        forget_errors();
        while (ok && !octets.empty()) {
            const int n = SSL_write(
                tls_.get(), octets.data(), static_cast<int>(std::min(octets.size(), most)));
            ok = n > 0;
            if (ok) octets.remove_prefix(static_cast<std::size_t>(n));
        }
    }
    if (ok) return;
    if (!broken_) broken_ = closed_why::failed;
    break_later();
}

void connection::break_later() {
    owner_.later(id_, [](connection& c) { c.end(c.broken_.value_or(closed_why::failed)); });
}

void connection::flush() {
    std::size_t written = 0;
    while (written < out_.size()) {
        const auto n = ::send(
            socket_.native_handle(), out_.data() + written, out_.size() - written, MSG_NOSIGNAL);
        if (n >= 0) {
            written += static_cast<std::size_t>(n);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            break;
        } else if (errno != EINTR) {
            end(state_ == state::open ? closed_why::failed : closed_why::tls_failed);
            return;
        }
    }
    out_.erase(0, written);
    if (!out_.empty()) {
        wait_writable();
    } else {
        out_.shrink_to_fit();
        if (closing_ && state_ == state::open) end(closed_why::by_us);
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
                               if (self->state_ != state::ended) self->flush();
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
