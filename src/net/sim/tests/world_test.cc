#include "net/sim/world.h"

#include <gtest/gtest.h>

namespace lyceum::net::sim {
namespace {

/// Writes down what happens to it.
class diary final : public link_events {
public:
    void opened(flow_id f, const flow_facts&) override {
        last = f;
        text += "opened ";
    }
    void received(flow_id f, std::string_view octets) override {
        last = f;
        text += std::string(octets) + " ";
    }
    void received_datagram(flow_id, const ip_endpoint&, std::string_view octets) override {
        text += "[" + std::string(octets) + "] ";
    }
    void closed(flow_id, closed_why why) override { text += std::string(name(why)) + " "; }
    flow_id last;
    std::string text;
};

const auto here = *ip_address::parse("10.0.0.1");
const auto there = *ip_address::parse("10.0.0.2");

struct pair_of_hosts {
    explicit pair_of_hosts(std::uint64_t seed, weather how = {})
        : w(seed, how), a(w.make_host(here)), b(w.make_host(there)) {
        a.set_events(0, at_a);
        b.set_events(0, at_b);
        b.listen(transport::tls, audience::clients, 5061);
        b.listen(transport::udp, audience::trusted, 5060);
        a.listen(transport::udp, audience::trusted, 5070);
    }
    world w;
    host& a;
    host& b;
    diary at_a, at_b;
};

TEST(World, StreamsKeepTheirOrder) {
    for (std::uint64_t seed = 1; seed < 20; ++seed) {
        pair_of_hosts p(seed, {1ms, 50ms, 0});
        const auto f = p.a.links(0).connect({transport::tls, {there, 5061}, {}});
        for (const char* word : {"one", "two", "three"})
            EXPECT_TRUE(p.a.links(0).send(f, word));
        p.w.run_for(1s);
        EXPECT_EQ(p.at_a.text, "opened ");
        EXPECT_EQ(p.at_b.text, "opened onetwothree ");
        EXPECT_TRUE(p.b.links(0).send(p.at_b.last, "back"));
        p.b.links(0).close(p.at_b.last, true);
        p.w.run_for(1s);
        EXPECT_EQ(p.at_a.text, "opened back by_peer ");
        EXPECT_EQ(p.at_b.text, "opened onetwothree by_us ");
    }
}

TEST(World, NobodyListens) {
    pair_of_hosts p(1);
    (void)p.a.links(0).connect({transport::tls, {there, 9}, {}});
    p.w.run_for(1s);
    EXPECT_EQ(p.at_a.text, "refused ");
}

TEST(World, DatagramsGetLost) {
    pair_of_hosts p(7, {1ms, 1ms, 50});
    for (int i = 0; i < 200; ++i)
        p.a.links(0).send_datagram(p.a.links(0).udp_socket(), {there, 5060}, "x");
    p.w.run_for(1s);
    EXPECT_GT(p.at_b.text.size(), 200U);
    EXPECT_LT(p.at_b.text.size(), 600U);
}

TEST(World, DeathIsSudden) {
    pair_of_hosts p(1);
    (void)p.a.links(0).connect({transport::tls, {there, 5061}, {}});
    p.w.run_for(1s);
    EXPECT_TRUE(p.b.links(0).send(p.at_b.last, "never"));
    bool ran = false;
    p.b.shard(0).post(0, [&] { ran = true; });
    p.b.kill();
    p.w.run_for(1s);
    EXPECT_FALSE(ran);
    EXPECT_TRUE(p.at_a.text.ends_with("failed ")) << p.at_a.text;
}

/// a connected to b, and both have said a word.
struct conversation : pair_of_hosts {
    explicit conversation(weather how = {}) : pair_of_hosts(3, how) {
        at = a.links(0).connect({transport::tls, {there, 5061}, {}});
        w.run_for(1s);
        (void)a.links(0).send(at, "hello");
        (void)b.links(0).send(at_b.last, "welcome");
        w.run_for(1s);
        at_a.text.clear();
        at_b.text.clear();
    }
    flow_id at;
};

TEST(World, StreamsBreakInPieces) {
    conversation c({1ms, 9ms, 0, 100});
    (void)c.a.links(0).send(c.at, "abcdefghij");
    c.w.run_for(1s);
    EXPECT_EQ(std::ranges::count(c.at_b.text, ' '), 2);
    std::erase(c.at_b.text, ' ');
    EXPECT_EQ(c.at_b.text, "abcdefghij");
}

TEST(World, BothSidesHearOfAReset) {
    conversation c;
    c.a.reset_connections();
    c.w.run_for(1s);
    EXPECT_EQ(c.at_a.text, "failed ");
    EXPECT_EQ(c.at_b.text, "failed ");
}

TEST(World, NobodyHearsOfACutUntilHeSpeaks) {
    conversation c;
    c.a.cut_connections();
    EXPECT_TRUE(c.b.links(0).send(c.at_b.last, "anybody?"));
    c.w.run_for(59s);
    EXPECT_EQ(c.at_a.text + c.at_b.text, "");
    c.w.run_for(2s);
    EXPECT_EQ(c.at_a.text, "");
    EXPECT_EQ(c.at_b.text, "failed ");
}

TEST(World, WhoHasFinishedStillReads) {
    conversation c({5ms, 5ms});
    EXPECT_TRUE(c.b.links(0).send(c.at_b.last, "more"));
    c.a.finish_sending();
    EXPECT_FALSE(c.a.links(0).send(c.at, "no"));
    c.w.run_for(1s);
    EXPECT_EQ(c.at_b.text, "by_peer ");
    EXPECT_EQ(c.at_a.text, "more by_peer ");
}

TEST(World, WhoDoesNotReadIsCutOffOrReadsLater) {
    conversation c({.max_queued = 10});
    c.a.stop_reading();
    EXPECT_TRUE(c.b.links(0).send(c.at_b.last, "12345678"));
    c.w.run_for(1s);
    EXPECT_EQ(c.at_a.text, "");
    c.a.read_again();
    c.w.run_for(1s);
    EXPECT_EQ(c.at_a.text, "12345678 ");
    c.a.stop_reading();
    EXPECT_TRUE(c.b.links(0).send(c.at_b.last, "12345678"));
    EXPECT_TRUE(c.b.links(0).send(c.at_b.last, "9ab"));
    c.w.run_for(1s);
    EXPECT_EQ(c.at_b.text, "too_slow ");
}

TEST(World, WhoDiedMayBeginAnew) {
    conversation c;
    c.b.kill();
    c.w.run_for(1s);
    EXPECT_EQ(c.at_a.text, "failed ");
    (void)c.a.links(0).connect({transport::tls, {there, 5061}, {}});
    c.w.run_for(1s);
    EXPECT_EQ(c.at_a.text, "failed refused ");
    c.b.set_events(0, c.at_b);
    c.b.listen(transport::tls, audience::clients, 5061);
    (void)c.a.links(0).connect({transport::tls, {there, 5061}, {}});
    c.w.run_for(1s);
    EXPECT_EQ(c.at_a.text, "failed refused opened ");
}

TEST(World, OnlyTheWallClockJumps) {
    conversation c;
    const auto now = c.w.now();
    const auto wall = c.w.wall_now();
    c.w.jump_wall(-3600s);
    EXPECT_EQ(c.w.now(), now);
    EXPECT_EQ(c.w.wall_now(), wall - 3600s);
}

TEST(World, EqualRunsHaveEqualFingerprints) {
    const auto run = [](const char* word) {
        conversation c({1ms, 50ms, 0, 30});
        (void)c.a.links(0).send(c.at, word);
        c.w.run_for(1s);
        return c.w.fingerprint();
    };
    EXPECT_EQ(run("same"), run("same"));
    EXPECT_NE(run("same"), run("sane"));
}

TEST(World, WakesOnTime) {
    pair_of_hosts p(1);
    std::vector<instant> woken;
    auto& s = p.a.shard(0);
    s.on_wakeup([&](instant now) { woken.push_back(now); });
    const auto start = p.w.now();
    s.wake_at(start + 10s);
    s.wake_at(start + 5s);
    p.w.run_for(20s);
    EXPECT_EQ(woken, std::vector{start + 5s});
}

} // namespace
} // namespace lyceum::net::sim
