#include "apps/lyceumd/metrics_server.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <thread>

namespace lyceum::apps::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using boost::system::error_code;

constexpr auto patience = std::chrono::seconds(10);

/// One scraper's connection.
class scrape : public std::enable_shared_from_this<scrape> {
public:
    scrape(tcp::socket s, const std::function<std::string()>& page)
        : stream_(std::move(s)), page_(page) {}

    void read() {
        stream_.expires_after(patience);
        request_ = {};
        http::async_read(
            stream_, buffer_, request_, [self = shared_from_this()](error_code error, std::size_t) {
                if (!error) self->answer();
            });
    }

private:
    void answer() {
        const bool is_head = request_.method() == http::verb::head;
        const bool found = (is_head || request_.method() == http::verb::get) &&
                           request_.target().substr(0, request_.target().find('?')) == "/metrics";
        response_ = {found ? http::status::ok : http::status::not_found, request_.version()};
        response_.set(http::field::content_type,
                      found ? "text/plain; version=0.0.4" : "text/plain");
        response_.keep_alive(request_.keep_alive());
        response_.body() = found ? page_() : "there is only /metrics\n";
        response_.prepare_payload();
        if (is_head) response_.body().clear(); // its length stays in the header.
        http::async_write(
            stream_, response_, [self = shared_from_this()](error_code error, std::size_t) {
                if (!error && self->response_.keep_alive()) self->read();
            });
    }

    beast::tcp_stream stream_;
    beast::flat_buffer buffer_{16384};
    http::request<http::empty_body> request_;
    http::response<http::string_body> response_;
    const std::function<std::string()>& page_;
};

class listening_server final : public metrics_server {
public:
    explicit listening_server(std::function<std::string()> page)
        : page_(std::move(page)), acceptor_(io_) {}
    ~listening_server() override {
        io_.stop();
        if (thread_.joinable()) thread_.join();
    }

    std::expected<void, std::string> start(const ip_endpoint& at) {
        error_code error;
        const tcp::endpoint endpoint(asio::ip::make_address(at.address.text(), error), at.port);
        acceptor_.open(endpoint.protocol(), error);
        acceptor_.set_option(asio::socket_base::reuse_address(true), error);
        acceptor_.bind(endpoint, error);
        if (!error) acceptor_.listen(16, error);
        if (error) {
            return std::unexpected("cannot listen on " + at.text() +
                                   " for metrics: " + error.message());
        }
        accept();
        thread_ = std::thread([this] { io_.run(); });
        return {};
    }

private:
    void accept() {
        acceptor_.async_accept([this](error_code error, tcp::socket socket) {
            if (error == asio::error::operation_aborted) return;
            if (!error) std::make_shared<scrape>(std::move(socket), page_)->read();
            accept();
        });
    }

    std::function<std::string()> page_;
    asio::io_context io_{1};
    tcp::acceptor acceptor_;
    std::thread thread_;
};

} // namespace

std::expected<std::unique_ptr<metrics_server>, std::string>
metrics_server::open(const ip_endpoint& at, std::function<std::string()> page) {
    auto made = std::make_unique<listening_server>(std::move(page));
    if (auto started = made->start(at); !started) return std::unexpected(started.error());
    return made;
}

} // namespace lyceum::apps::server
