// How connections end when the peer does not read: real sockets, on the loopback.
#include "net/asio/engine.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace lyceum::net::asio {
namespace {

/// A port that was free a moment ago.
std::uint16_t free_port() {
    const int s = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(s, reinterpret_cast<sockaddr*>(&a), sizeof a), 0);
    socklen_t size = sizeof a;
    EXPECT_EQ(::getsockname(s, reinterpret_cast<sockaddr*>(&a), &size), 0);
    ::close(s);
    return ntohs(a.sin_port);
}

/// A server of one shard that sends what nobody reads, and then closes.
class server final : public link_events {
public:
    explicit server(std::chrono::seconds patience) {
        settings s;
        s.handshake_patience = patience;
        s.max_queued = 64 * 1024 * 1024;
        auto made = engine::make(s, system_environment());
        EXPECT_TRUE(made) << made.error();
        engine_ = std::move(*made);
        engine_->set_events(0, *this);
        port_ = free_port();
        EXPECT_TRUE(engine_->listen(
            {transport::tcp, audience::trusted, {*ip_address::parse("127.0.0.1"), port_}}));
        engine_->run();
    }
    ~server() override { engine_->stop(); }

    /// A client that never reads; the server sends 16 MiB and closes. When it was closed.
    std::pair<closed_why, std::chrono::milliseconds> close_a_deaf_one(bool flush) {
        flush_ = flush;
        const int s = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in a{};
        a.sin_family = AF_INET;
        a.sin_port = htons(port_);
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(s, reinterpret_cast<sockaddr*>(&a), sizeof a), 0);
        const auto began = system_environment().now();
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(
            changed_.wait_for(lock, std::chrono::seconds(20), [&] { return why_.has_value(); }));
        ::close(s);
        const auto why = why_.value_or(closed_why::failed);
        why_.reset();
        return {why,
                std::chrono::duration_cast<std::chrono::milliseconds>(system_environment().now() -
                                                                      began)};
    }

    void opened(flow_id id, const flow_facts&) override {
        engine_->links(0).send(id, std::string(16 * 1024 * 1024, 'x'));
        engine_->links(0).close(id, flush_);
        engine_->links(0).close(id, flush_); // twice is once
    }
    void received(flow_id, std::string_view) override {}
    void received_datagram(flow_id, const ip_endpoint&, std::string_view) override {}
    void closed(flow_id, closed_why why) override {
        const std::scoped_lock lock(mutex_);
        EXPECT_FALSE(why_);
        why_ = why;
        changed_.notify_all();
    }

private:
    std::unique_ptr<engine> engine_;
    std::uint16_t port_ = 0;
    std::atomic<bool> flush_ = false;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<closed_why> why_;
};

TEST(closing, at_once_is_at_once) {
    server s(std::chrono::seconds(15));
    const auto [why, after] = s.close_a_deaf_one(false);
    EXPECT_EQ(why, closed_why::by_us);
    EXPECT_LT(after, std::chrono::seconds(2));
}

TEST(closing, who_does_not_read_is_not_waited_for_for_ever) {
    server s(std::chrono::seconds(1));
    for (int i = 0; i < 2; ++i) {
        const auto [why, after] = s.close_a_deaf_one(true);
        EXPECT_EQ(why, closed_why::timed_out);
        EXPECT_GE(after, std::chrono::milliseconds(900));
        EXPECT_LT(after, std::chrono::seconds(5));
    }
}

} // namespace
} // namespace lyceum::net::asio
