// How an engine stops while clients write: real sockets, on the loopback.
#include "net/asio/engine.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace lyceum::net::asio {
namespace {

constexpr unsigned shards = 3;

/// Gives every other shard a job for whatever it hears.
struct talkative final : link_events {
    void opened(flow_id, const flow_facts&) override {}
    void received(flow_id id, std::string_view) override {
        ++heard;
        if (over) ++late;
        for (unsigned to = 0; to < shards; ++to) {
            if (!e->shard(id.shard()).post(to, [this] { late += static_cast<int>(over); }))
                ++refused;
        }
    }
    void received_datagram(flow_id, const ip_endpoint&, std::string_view) override {}
    void closed(flow_id, closed_why) override {}

    engine* e = nullptr;
    std::atomic<int> heard = 0;
    std::atomic<int> refused = 0;
    std::atomic<int> late = 0;
    std::atomic<bool> over = false;
};

struct writer {
    explicit writer(std::uint16_t port) {
        sockaddr_in a{};
        a.sin_family = AF_INET;
        a.sin_port = htons(port);
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&a), sizeof a), 0);
    }
    ~writer() { ::close(fd); }
    writer(const writer&) = delete;
    writer& operator=(const writer&) = delete;
    int fd = ::socket(AF_INET, SOCK_STREAM, 0);
};

// As long as a shard hears something, those are there whom it would tell.
TEST(stopping, no_event_comes_when_a_shard_has_ended) {
    for (int round = 0; round < 20; ++round) {
        settings s;
        s.shards = shards;
        auto made = engine::make(s, system_environment());
        ASSERT_TRUE(made) << made.error();
        auto& e = **made;
        talkative events;
        events.e = &e;
        for (unsigned i = 0; i < shards; ++i)
            e.set_events(i, events);
        const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in a{};
        a.sin_family = AF_INET;
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ASSERT_EQ(::bind(probe, reinterpret_cast<sockaddr*>(&a), sizeof a), 0);
        socklen_t size = sizeof a;
        ASSERT_EQ(::getsockname(probe, reinterpret_cast<sockaddr*>(&a), &size), 0);
        ::close(probe);
        const auto port = ntohs(a.sin_port);
        ASSERT_TRUE(
            e.listen({transport::tcp, audience::trusted, {*ip_address::parse("127.0.0.1"), port}}));
        e.run();
        std::atomic<bool> enough = false;
        std::thread client([&] {
            std::vector<std::unique_ptr<writer>> writers;
            for (int i = 0; i < 24; ++i)
                writers.push_back(std::make_unique<writer>(port));
            while (!enough) {
                for (const auto& w : writers)
                    (void)::send(w->fd, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
            }
        });
        while (events.heard < 1000)
            std::this_thread::yield();
        e.stop();
        events.over = true;
        enough = true;
        client.join();
        EXPECT_EQ(events.refused, 0);
        EXPECT_EQ(events.late, 0);
    }
}

} // namespace
} // namespace lyceum::net::asio
