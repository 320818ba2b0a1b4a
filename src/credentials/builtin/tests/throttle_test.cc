#include "credentials/builtin/throttle.h"

#include <gtest/gtest.h>

namespace lyceum::credentials::builtin {
namespace {

constexpr instant t0 = instant() + 1h;
constexpr throttle::limits five{
    .failures = 5, .first = 1s, .longest = 60s, .forget = 15min, .max_keys = 3};

TEST(throttle, pauses_double) {
    throttle t(five);
    instant now = t0;
    for (int i = 0; i < 4; ++i) {
        t.failed("a", now);
        EXPECT_FALSE(t.refuses("a", now)) << i;
    }
    for (const auto pause : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
        t.failed("a", now);
        EXPECT_TRUE(t.refuses("a", now + pause - 1ns)) << pause.count();
        EXPECT_FALSE(t.refuses("a", now + pause)) << pause.count();
        EXPECT_FALSE(t.refuses("b", now));
        now += pause;
    }
    for (int i = 0; i < 100; ++i)
        t.failed("a", now); // no overflow
    EXPECT_FALSE(t.refuses("a", now + 60s));
}

TEST(throttle, forgets) {
    throttle t(five);
    for (int i = 0; i < 8; ++i)
        t.failed("a", t0);
    EXPECT_TRUE(t.refuses("a", t0));
    t.failed("a", t0 + 15min);
    EXPECT_FALSE(t.refuses("a", t0 + 15min));
    for (int i = 0; i < 8; ++i)
        t.failed("a", t0 + 15min);
    t.succeeded("a");
    EXPECT_FALSE(t.refuses("a", t0 + 15min));
    EXPECT_EQ(t.size(), 0u);
    t.succeeded("never seen");
}

TEST(throttle, is_bounded) {
    throttle t(five);
    for (int i = 0; i < 8; ++i)
        t.failed("a", t0);
    t.failed("b", t0);
    t.failed("c", t0);
    t.failed("a", t0); // used again: b is now the oldest
    t.failed("d", t0);
    EXPECT_EQ(t.size(), 3u);
    EXPECT_TRUE(t.refuses("a", t0));
    for (int i = 0; i < 10000; ++i)
        t.failed(std::to_string(i), t0);
    EXPECT_EQ(t.size(), 3u);
    EXPECT_FALSE(t.refuses("a", t0));
}

} // namespace
} // namespace lyceum::credentials::builtin
