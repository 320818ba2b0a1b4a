#include "net/asio/newcomers.h"

#include <gtest/gtest.h>

namespace lyceum::net::asio {
namespace {

constexpr instant t0 = instant{} + 1h;
constexpr newcomers::limits few{3, 1, 10ms, 100ms, 1000ms, 4000ms, 8000ms, 9000ms};

flow_id id(std::uint64_t n) {
    return {n};
}

TEST(newcomers, are_bounded) {
    newcomers n(few);
    for (std::uint64_t i = 1; i <= 3; ++i) {
        EXPECT_FALSE(n.is_full(t0)) << i;
        n.came(id(i), t0);
    }
    EXPECT_TRUE(n.is_full(t0));
    n.settled(id(2));
    EXPECT_FALSE(n.is_full(t0));
    n.settled(id(2)); // signed in first, then gone
    EXPECT_EQ(n.size(), 2u);
}

TEST(newcomers, who_say_nothing_keep_nobody_out) {
    newcomers n(few);
    for (std::uint64_t i = 1; i <= 3; ++i)
        n.came(id(i), t0);
    EXPECT_EQ(n.deadline(), t0 + 100ms);
    EXPECT_TRUE(n.is_full(t0 + 99ms));
    EXPECT_FALSE(n.is_full(t0 + 100ms));
    EXPECT_EQ(n.size(), 0u);
}

TEST(newcomers, who_are_at_it_keep_their_place_for_a_while) {
    newcomers n(few);
    for (std::uint64_t i = 1; i <= 3; ++i)
        n.came(id(i), t0);
    n.spoke(id(1), t0 + 50ms);
    EXPECT_FALSE(n.is_full(t0 + 100ms));
    EXPECT_EQ(n.size(), 1u);
    n.spoke(id(2), t0 + 100ms); // it has lost its place, and gets none by talking
    EXPECT_EQ(n.size(), 1u);
    EXPECT_EQ(n.deadline(), t0 + 1050ms);
    n.spoke(id(1), t0 + 1s);
    EXPECT_EQ(n.deadline(), t0 + 2s);
    n.note_lag(11ms);
    EXPECT_EQ(n.deadline(), t0 + 5s) << "longer when we are late";
    n.settled(id(1));
    EXPECT_FALSE(n.deadline());
}

TEST(newcomers, who_say_little_keep_nobody_out_for_long) {
    newcomers n(few);
    for (std::uint64_t i = 1; i <= 3; ++i)
        n.came(id(i), t0);
    for (auto at = t0 + 50ms; at < t0 + 8s; at += 500ms) {
        for (std::uint64_t i = 1; i <= 3; ++i)
            n.spoke(id(i), at);
        EXPECT_TRUE(n.is_full(at));
    }
    EXPECT_EQ(n.deadline(), t0 + 8s);
    EXPECT_TRUE(n.is_full(t0 + 7999ms));
    n.note_lag(11ms);
    EXPECT_EQ(n.deadline(), t0 + 9s) << "longer when we are late";
    n.note_lag(1ms);
    EXPECT_FALSE(n.is_full(t0 + 8s));
    EXPECT_EQ(n.size(), 0u);
}

TEST(newcomers, are_fewer_when_we_are_late) {
    newcomers n(few);
    n.came(id(1), t0);
    n.note_lag(10ms);
    EXPECT_FALSE(n.is_full(t0));
    n.note_lag(11ms);
    EXPECT_TRUE(n.is_full(t0));
    n.note_lag(1ms);
    EXPECT_FALSE(n.is_full(t0));
}

} // namespace
} // namespace lyceum::net::asio
