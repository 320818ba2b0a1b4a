// Datagrams beside the jobs of other shards: real sockets, on the loopback.
#include "net/asio/engine.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>

namespace lyceum::net::asio {
namespace {

/// Hears "first", and before it has done with that a job is put and "second" sent.
class order final : public link_events {
public:
    explicit order(engine& e) : engine_(e) {
        sockaddr_in a{};
        a.sin_family = AF_INET;
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&a), sizeof a), 0);
        socklen_t size = sizeof a;
        EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&a), &size), 0);
        port_ = ntohs(a.sin_port);
        ::close(socket_);
        socket_ = ::socket(AF_INET, SOCK_DGRAM, 0);
    }
    ~order() override { ::close(socket_); }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    void send(std::string_view text) const {
        sockaddr_in a{};
        a.sin_family = AF_INET;
        a.sin_port = htons(port_);
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(
            ::sendto(
                socket_, text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&a), sizeof a),
            static_cast<ssize_t>(text.size()));
    }
    std::vector<std::string> heard() {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(
            changed_.wait_for(lock, std::chrono::seconds(20), [&] { return heard_.size() == 3; }));
        return heard_;
    }

    void received_datagram(flow_id, const ip_endpoint&, std::string_view text) override {
        if (text == "first") {
            EXPECT_TRUE(engine_.shard(0).post(0, [this] { note("job"); }));
            send("second"); // on the loopback it has arrived when this returns
        }
        note(text);
    }
    void opened(flow_id, const flow_facts&) override {}
    void received(flow_id, std::string_view) override {}
    void closed(flow_id, closed_why) override {}

private:
    void note(std::string_view what) {
        const std::scoped_lock lock(mutex_);
        heard_.emplace_back(what);
        changed_.notify_all();
    }

    engine& engine_;
    int socket_ = ::socket(AF_INET, SOCK_DGRAM, 0);
    std::uint16_t port_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> heard_;
};

TEST(datagrams, overtake_no_job_that_was_put_before_they_were_sent) {
    auto made = engine::make({}, system_environment());
    ASSERT_TRUE(made) << made.error();
    auto& e = **made;
    order o(e);
    e.set_events(0, o);
    ASSERT_TRUE(
        e.listen({transport::udp, audience::trusted, {*ip_address::parse("127.0.0.1"), o.port()}}));
    e.run();
    o.send("first");
    EXPECT_EQ(o.heard(), (std::vector<std::string>{"first", "job", "second"}));
    e.stop();
}

} // namespace
} // namespace lyceum::net::asio
