#include "apps/lyceum_load/pace.h"
#include "apps/lyceum_load/returns.h"

#include <gtest/gtest.h>

namespace lyceum::apps::load {
namespace {

constexpr instant t0 = instant{} + 1h;
constexpr habits steady{10s, 10s, 60s};

/// Two who are in, both cut off at t0.
struct storm {
    explicit storm(habits h = steady) : all(h, random) {
        for (const std::size_t s : {0u, 1u}) {
            all.signed_in(s, t0 - 5s);
            all.lost(s, t0);
        }
    }
    random::seeded random{7};
    returns all;
};

using seats = std::vector<returns::seat>;

TEST(returns, everybody_tries_after_a_pause_and_is_back) {
    storm s;
    EXPECT_TRUE(s.all.due(t0 + 9s).empty());
    EXPECT_EQ(s.all.due(t0 + 10s), (seats{0, 1}));
    EXPECT_TRUE(s.all.due(t0 + 1h).empty()) << "named twice";
    s.all.signed_in(0, t0 + 11s);
    EXPECT_TRUE(s.all.is_in(0));
    EXPECT_FALSE(s.all.is_over());
    s.all.signed_in(1, t0 + 12s);
    EXPECT_TRUE(s.all.is_over());
    const auto t = s.all.result(t0 + 99s);
    EXPECT_EQ(t.done, 2u);
    EXPECT_EQ(t.span, 12s);
    EXPECT_TRUE(t.errors.empty());
    EXPECT_GE(t.latency.quantile(1), 12s);
}

TEST(returns, pauses_double_up_to_the_longest) {
    storm s;
    auto now = t0 + 10s;
    for (const auto pause : {20s, 40s, 60s, 60s}) {
        EXPECT_EQ(s.all.due(now), (seats{0, 1}));
        s.all.failed(0, "408", now);
        s.all.unreachable(1, now);
        EXPECT_TRUE(s.all.due(now + pause - 1s).empty());
        now += pause;
    }
    const auto t = s.all.result(now);
    EXPECT_EQ(t.errors, (std::map<std::string, std::uint64_t>{{"408", 4}, {"not back", 2}}));
    EXPECT_EQ(t.put_off, (std::map<std::string, std::uint64_t>{{"unreachable", 4}}));
}

TEST(returns, first_pauses_differ) {
    storm s({8s, 60s, 600s});
    EXPECT_TRUE(s.all.due(t0 + 8s - 1ms).empty());
    std::set<instant> when;
    for (auto now = t0; now <= t0 + 60s; now += 1ms) {
        if (!s.all.due(now).empty()) when.insert(now);
    }
    EXPECT_EQ(when.size(), 2u);
}

TEST(returns, retry_after_is_kept) {
    storm s;
    EXPECT_EQ(s.all.due(t0 + 10s).size(), 2u);
    s.all.told_to_wait(0, 503, 20s, t0 + 10s);
    s.all.signed_in(1, t0 + 10s);
    EXPECT_TRUE(s.all.due(t0 + 30s - 1ms).empty()) << "sooner than it was told";
    EXPECT_EQ(s.all.due(t0 + 40s), (seats{0})) << "half as long again at most";
    s.all.signed_in(0, t0 + 41s);
    const auto t = s.all.result(t0 + 41s);
    EXPECT_TRUE(t.errors.empty());
    EXPECT_EQ(t.put_off.at("503"), 1u);
}

TEST(returns, what_is_no_news_changes_nothing) {
    storm s;
    s.all.lost(0, t0 + 1s);        // it was lost already
    s.all.failed(1, "x", t0 + 1s); // it does not try
    s.all.unreachable(7, t0 + 1s); // nobody
    s.all.signed_in(5, t0 + 1s);   // was never lost
    EXPECT_EQ(s.all.due(t0 + 10s).size(), 2u);
    EXPECT_EQ(s.all.result(t0 + 10s).errors.at("not back"), 2u);
    EXPECT_EQ(s.all.result(t0 + 10s).done, 0u);
}

TEST(pace, who_comes_later_works_too_and_who_went_does_not) {
    pace p;
    std::vector<pace::seat> started;
    p.begin(t0, 10, 100s, [&](pace::seat s, instant) { started.push_back(s); });
    p.start_due(t0 + 2s); // nobody is there: nothing is due either
    p.enrol(3);
    p.start_due(t0 + 2s + 100ms);
    EXPECT_EQ(started, (std::vector<pace::seat>{3}));
    p.start_due(t0 + 3s);
    EXPECT_EQ(started.size(), 1u) << "it is busy";
    p.abandon(3);
    EXPECT_FALSE(p.is_busy(3));
    p.enrol(3);
    p.enrol(3);
    p.start_due(t0 + 3s);
    EXPECT_EQ(started.size(), 2u);
    p.finish(3, t0 + 3s);
    p.retire(3);
    p.start_due(t0 + 9s);
    EXPECT_EQ(started.size(), 2u);
    const auto t = p.result(t0 + 9s);
    EXPECT_EQ(t.done, 1u);
    EXPECT_TRUE(t.errors.empty());
}

} // namespace
} // namespace lyceum::apps::load
