#include "net/asio/newcomers.h"

#include <gtest/gtest.h>

namespace lyceum::net::asio {
namespace {

constexpr instant t0 = instant{} + 1h;
constexpr newcomers::limits few{3, 1, 10ms, 1000ms, 100ms, 1000ms, 4000ms, 8000ms, 9000ms};

const ip_address home = *ip_address::parse("10.0.0.1");
const ip_address office = *ip_address::parse("10.0.0.2");
const ip_address cafe = *ip_address::parse("10.0.0.3");

flow_id id(std::uint64_t n) {
    return {n};
}

TEST(newcomers, are_bounded) {
    newcomers n(few);
    for (std::uint64_t i = 1; i <= 3; ++i) {
        EXPECT_FALSE(n.is_full(t0)) << i;
        n.came(id(i), home, t0);
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
        n.came(id(i), home, t0);
    EXPECT_EQ(n.deadline(), t0 + 100ms);
    EXPECT_TRUE(n.is_full(t0 + 99ms));
    EXPECT_FALSE(n.is_full(t0 + 100ms));
    EXPECT_EQ(n.size(), 0u);
}

TEST(newcomers, who_are_at_it_keep_their_place_for_a_while) {
    newcomers n(few);
    for (std::uint64_t i = 1; i <= 3; ++i)
        n.came(id(i), home, t0);
    n.spoke(id(1), t0 + 50ms);
    EXPECT_FALSE(n.is_full(t0 + 100ms));
    EXPECT_EQ(n.size(), 1u);
    n.spoke(id(2), t0 + 100ms); // it has lost its place, and gets none by talking
    EXPECT_EQ(n.size(), 1u);
    EXPECT_EQ(n.deadline(), t0 + 1050ms);
    n.spoke(id(1), t0 + 1s);
    EXPECT_EQ(n.deadline(), t0 + 2s);
    n.note_lag(11ms, t0 + 1s);
    EXPECT_EQ(n.deadline(), t0 + 5s) << "longer when we are late";
    n.settled(id(1));
    EXPECT_FALSE(n.deadline());
}

TEST(newcomers, who_say_little_keep_nobody_out_for_long) {
    newcomers n(few);
    for (std::uint64_t i = 1; i <= 3; ++i)
        n.came(id(i), home, t0);
    for (auto at = t0 + 50ms; at < t0 + 8s; at += 500ms) {
        for (std::uint64_t i = 1; i <= 3; ++i)
            n.spoke(id(i), at);
        EXPECT_TRUE(n.is_full(at));
    }
    EXPECT_EQ(n.deadline(), t0 + 8s);
    EXPECT_TRUE(n.is_full(t0 + 7999ms));
    n.note_lag(11ms, t0 + 7s);
    EXPECT_EQ(n.deadline(), t0 + 9s) << "longer when we are late";
    n.note_lag(1ms, t0 + 8s);
    EXPECT_FALSE(n.is_full(t0 + 8s));
    EXPECT_EQ(n.size(), 0u);
}

TEST(newcomers, are_fewer_when_we_are_late) {
    newcomers n(few);
    n.came(id(1), home, t0);
    n.note_lag(10ms, t0);
    EXPECT_FALSE(n.is_full(t0));
    n.note_lag(11ms, t0);
    EXPECT_TRUE(n.is_full(t0));
}

// In a storm long turns and short ones follow one another.
TEST(newcomers, are_fewer_until_we_were_not_late_for_a_while) {
    newcomers n(few);
    n.came(id(1), home, t0 + 950ms);
    n.note_lag(11ms, t0);
    n.note_lag(1ms, t0 + 1ms);
    EXPECT_TRUE(n.is_full(t0 + 999ms));
    n.note_lag(1ms, t0 + 999ms);
    EXPECT_TRUE(n.is_full(t0 + 999ms));
    n.note_lag(1ms, t0 + 1000ms);
    EXPECT_FALSE(n.is_full(t0 + 1000ms));
    n.note_lag(11ms, t0 + 1010ms);
    EXPECT_TRUE(n.is_full(t0 + 1010ms));
}

TEST(newcomers, of_one_address_make_way) {
    newcomers n({16, 8, 10ms, 1000ms, 100ms, 1000ms, 4000ms, 8000ms, 9000ms});
    EXPECT_FALSE(n.make_way());
    for (std::uint64_t i = 1; i <= 16; ++i)
        n.came(id(i), i <= 13 ? office : home, t0);
    EXPECT_TRUE(n.is_full(t0));
    EXPECT_EQ(n.share(), 4U);
    EXPECT_EQ(n.held_by(office), 13U);
    EXPECT_TRUE(n.is_uneven());
    for (std::uint64_t i = 1; i <= 12; ++i)
        n.spoke(id(i), t0 + i * 1ms);
    for (std::uint8_t i = 0; i < 9; ++i) {
        EXPECT_TRUE(n.make_way());
        EXPECT_EQ(n.held_by(office), 12U - i);
        n.came(id(100U + i), *ip_address::parse("10.0.1." + std::to_string(i)), t0 + 20ms);
    }
    EXPECT_FALSE(n.is_uneven());
    EXPECT_FALSE(n.make_way());
    n.note_lag(11ms, t0 + 20ms);
    EXPECT_EQ(n.share(), 2U);
    EXPECT_TRUE(n.make_way());
    EXPECT_EQ(n.size(), 15U);
    // Those who would have lost it first: 13, who said nothing, then in the order of their words.
    EXPECT_EQ(n.held_by(office), 3U);
    n.settled(id(13));
    n.settled(id(9));
    EXPECT_EQ(n.held_by(office), 3U);
    for (std::uint64_t i = 10; i <= 12; ++i)
        n.settled(id(i));
    EXPECT_EQ(n.held_by(office), 0U);
}

TEST(newcomers, who_wait_come_in_by_turns) {
    newcomers n({16, 8, 10ms, 1000ms, 100ms, 1000ms, 4000ms, 8000ms, 9000ms});
    waiting_line<int> line;
    EXPECT_EQ(line.next(n), nullptr);
    for (int i = 0; i < 6; ++i)
        line.add(office, +i);
    line.add(cafe, 10);
    line.add(cafe, 11);
    n.came(id(50), cafe, t0);
    std::vector<int> order;
    std::uint64_t next_id = 1;
    while (const auto* const from = line.next(n)) {
        const auto whose = *from;
        order.push_back(line.take(whose));
        n.came(id(next_id++), whose, t0);
    }
    EXPECT_EQ(order, (std::vector{0, 1, 10, 2, 11, 3, 4, 5}));
    // Of those with as many places, who has waited longest.
    newcomers nobody;
    line.add(cafe, 20);
    line.add(office, 21);
    line.add(cafe, 22);
    EXPECT_EQ(*line.next(nobody), cafe);
    EXPECT_EQ(line.take(cafe), 20);
    EXPECT_EQ(*line.next(nobody), office);
    EXPECT_EQ(line.take(office), 21);
    EXPECT_EQ(line.take(cafe), 22);
    EXPECT_EQ(line.size(), 0U);
    EXPECT_FALSE(line.has(office));
}

} // namespace
} // namespace lyceum::net::asio
