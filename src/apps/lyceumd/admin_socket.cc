#include "apps/lyceumd/admin_socket.h"

#include "base/log/log.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <deque>
#include <istream>
#include <thread>

namespace lyceum::apps::server {
namespace {

namespace asio = boost::asio;
using local = asio::local::stream_protocol;
using boost::system::error_code;

/// Lines that a trace may have waiting for a slow reader before it is cut off.
constexpr std::size_t max_waiting = 10000;

/// One `lyceum` at the other end.
class conversation final : public std::enable_shared_from_this<conversation>,
                           public admin::line_sink {
public:
    conversation(local::socket s, admin::service& service, asio::io_context& io)
        : socket_(std::move(s)), service_(service), io_(io), in_(admin::service::max_line) {}

    void read() {
        asio::async_read_until(
            socket_, in_, '\n', [self = shared_from_this()](error_code error, std::size_t) {
                if (error) {
                    self->gone_ = true;
                    return;
                }
                std::istream lines(&self->in_);
                std::string line;
                std::getline(lines, line);
                self->write(self->service_.handle_line(line, self));
                self->read();
            });
    }

    /// Any thread.
    bool write(std::string line) override {
        if (gone_) return false;
        asio::post(io_, [self = shared_from_this(), line = std::move(line)]() mutable {
            if (self->out_.size() >= max_waiting) {
                self->gone_ = true;
                error_code ignored;
                self->socket_.close(ignored);
                return;
            }
            line += '\n';
            self->out_.push_back(std::move(line));
            if (self->out_.size() == 1) self->send();
        });
        return true;
    }

private:
    void send() {
        asio::async_write(socket_,
                          asio::buffer(out_.front()),
                          [self = shared_from_this()](error_code error, std::size_t) {
                              if (error) {
                                  self->gone_ = true;
                                  return;
                              }
                              self->out_.pop_front();
                              if (!self->out_.empty()) self->send();
                          });
    }

    local::socket socket_;
    admin::service& service_;
    asio::io_context& io_;
    asio::streambuf in_;
    std::deque<std::string> out_;
    std::atomic<bool> gone_ = false;
};

class listening_socket final : public admin_socket {
public:
    listening_socket(admin::service& s, std::string path)
        : service_(s), path_(std::move(path)), acceptor_(io_) {}

    ~listening_socket() override {
        // Twice round the loop: whoever asked for the stop has the answer before.
        asio::post(io_, [this] { asio::post(io_, [this] { io_.stop(); }); });
        if (thread_.joinable()) thread_.join();
        ::unlink(path_.c_str());
    }

    std::expected<void, std::string> start() {
        ::unlink(path_.c_str()); // the data lock says that nobody else has it
        error_code error;
        acceptor_.open(local(), error);
        const auto before = ::umask(0177); // 0600 from the first moment on
        acceptor_.bind(local::endpoint(path_), error);
        ::umask(before);
        if (error) return std::unexpected("cannot bind " + path_ + ": " + error.message());
        acceptor_.listen(16, error);
        if (error) return std::unexpected("cannot listen on " + path_ + ": " + error.message());
        accept();
        thread_ = std::thread([this] { io_.run(); });
        return {};
    }

private:
    void accept() {
        acceptor_.async_accept([this](error_code error, local::socket socket) {
            if (error) return;
            ucred peer{};
            socklen_t size = sizeof peer;
            if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
                (peer.uid == 0 || peer.uid == ::geteuid())) {
                std::make_shared<conversation>(std::move(socket), service_, io_)->read();
            } else {
                log::write(log::level::warn, "lyceumd", "admin_refused", {{"uid", peer.uid}});
            }
            accept();
        });
    }

    admin::service& service_;
    std::string path_;
    asio::io_context io_{1};
    local::acceptor acceptor_;
    std::thread thread_;
};

} // namespace

std::expected<std::unique_ptr<admin_socket>, std::string>
admin_socket::open(const std::string& path, admin::service& s) {
    auto made = std::make_unique<listening_socket>(s, path);
    if (auto started = made->start(); !started) return std::unexpected(started.error());
    return made;
}

} // namespace lyceum::apps::server
