// Who has to wait for newcomers, and who has not: real sockets, on the loopback.
#include "net/asio/engine.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <map>
#include <mutex>

namespace lyceum::net::asio {
namespace {

constexpr auto loopback = "127.0.0.1";

sockaddr_in at(std::uint16_t port) {
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_port = htons(port);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

struct peer {
    /// last: of its address, 127.0.0.x
    explicit peer(std::uint16_t port, std::uint8_t last = 1) {
        auto own = at(0);
        own.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + last);
        EXPECT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&own), sizeof own), 0);
        const auto a = at(port);
        EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&a), sizeof a), 0);
    }
    ~peer() { ::close(fd); }
    peer(const peer&) = delete;
    peer& operator=(const peer&) = delete;
    void say_something() const { (void)::send(fd, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT); }
    int fd = ::socket(AF_INET, SOCK_STREAM, 0);
};

/// A port that was free a moment ago.
std::uint16_t free_port() {
    const int s = ::socket(AF_INET, SOCK_STREAM, 0);
    auto a = at(0);
    EXPECT_EQ(::bind(s, reinterpret_cast<sockaddr*>(&a), sizeof a), 0);
    socklen_t size = sizeof a;
    EXPECT_EQ(::getsockname(s, reinterpret_cast<sockaddr*>(&a), &size), 0);
    ::close(s);
    return ntohs(a.sin_port);
}

struct doorkeeper final : link_events {
    void opened(flow_id, const flow_facts& f) override {
        const std::scoped_lock lock(mutex);
        ++(f.who == audience::clients ? clients : trusted);
        ++by_address[f.peer.address];
        changed.notify_all();
    }
    void received(flow_id, std::string_view) override {}
    void received_datagram(flow_id, const ip_endpoint&, std::string_view) override {}
    void closed(flow_id, closed_why) override {}
    template <class F>
    bool until(std::chrono::milliseconds patience, F f) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, patience, f);
    }
    std::mutex mutex;
    std::condition_variable changed;
    int clients = 0;
    int trusted = 0;
    std::map<ip_address, int> by_address;
};

// 64 have a place however late the shard is, 256 when it is not; all of these go on talking.
TEST(admission, trusted_peers_do_not_wait_for_newcomers) {
    doorkeeper d;
    auto made = engine::make(settings{}, system_environment());
    ASSERT_TRUE(made) << made.error();
    auto& e = **made;
    e.set_events(0, d);
    const auto for_clients = free_port();
    ASSERT_TRUE(
        e.listen({transport::tcp, audience::clients, {*ip_address::parse(loopback), for_clients}}));
    auto for_peers = free_port();
    while (for_peers == for_clients)
        for_peers = free_port();
    ASSERT_TRUE(
        e.listen({transport::tcp, audience::trusted, {*ip_address::parse(loopback), for_peers}}));
    e.run();
    std::vector<std::unique_ptr<peer>> crowd;
    const auto all_talk = [&] {
        for (const auto& one : crowd)
            one->say_something();
    };
    for (int i = 0; i < 300; ++i)
        crowd.push_back(std::make_unique<peer>(for_clients));
    all_talk();
    ASSERT_TRUE(d.until(10s, [&] { return d.clients >= 64; }));
    // Many peers, one after the other: each takes its turn at once, while the crowd keeps its
    // places.
    std::vector<std::unique_ptr<peer>> peers;
    int inside = 0;
    for (int i = 1; i <= 50; ++i) {
        peers.push_back(std::make_unique<peer>(for_peers));
        all_talk();
        inside += static_cast<int>(d.until(400ms, [&] { return d.trusted == i; }));
    }
    EXPECT_GE(inside, 45) << "a busy machine may be slow once or twice";
    e.stop();
}

// 900 of one address go on talking and would take turns at the places for seconds; others come
// behind them.
TEST(admission, one_address_does_not_keep_out_the_others) {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 4096);
    ::setrlimit(RLIMIT_NOFILE, &files);
    doorkeeper d;
    auto made = engine::make(settings{}, system_environment());
    ASSERT_TRUE(made) << made.error();
    auto& e = **made;
    e.set_events(0, d);
    const auto port = free_port();
    ASSERT_TRUE(
        e.listen({transport::tcp, audience::clients, {*ip_address::parse(loopback), port}}));
    e.run();
    std::vector<std::unique_ptr<peer>> crowd;
    const auto all_talk = [&] {
        for (const auto& one : crowd)
            one->say_something();
    };
    constexpr int many = 900;
    for (int i = 0; i < many; ++i)
        crowd.push_back(std::make_unique<peer>(port));
    all_talk();
    std::vector<std::unique_ptr<peer>> others;
    for (std::uint8_t i = 2; i < 12; ++i)
        others.push_back(std::make_unique<peer>(port, i));
    const auto all_others_are_in = [&] { return d.by_address.size() == 11; };
    bool in = false;
    int of_the_crowd = 0;
    for (int i = 0; i < 10 && !in; ++i) {
        in = d.until(200ms, [&] {
            of_the_crowd = d.by_address[*ip_address::parse(loopback)];
            return all_others_are_in();
        });
        all_talk();
    }
    EXPECT_TRUE(in);
    EXPECT_LT(of_the_crowd, many) << "there was nothing to wait for";
    // And nobody of the crowd is left outside.
    EXPECT_TRUE(d.until(20s, [&] { return d.clients == many + 10; })) << d.clients;
    e.stop();
}

} // namespace
} // namespace lyceum::net::asio
