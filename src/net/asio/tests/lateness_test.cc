#include "net/asio/lateness.h"

#include <gtest/gtest.h>

namespace lyceum::net::asio {
namespace {

/// A shard that tries itself as often as it should.
struct shard_under_test {
    /// The next try comes, so late.
    void tries(instant::duration lag) {
        now = due + lag;
        l.came(now);
        due = now + lateness::pause;
        l.expect(due);
    }
    /// On time, for so long.
    void is_well(instant::duration length) {
        for (const auto end = now + length; now < end;)
            tries(0ms);
    }
    [[nodiscard]] double worst() const { return l.worst(now).count(); }

    lateness l;
    instant now{};
    instant due{};
};

TEST(lateness, nothing_is_late_before_the_first_try) {
    const lateness l;
    EXPECT_EQ(l.worst(instant{} + 1h).count(), 0);
}

TEST(lateness, the_worst_is_told_for_half_a_minute_at_least_and_a_whole_one_at_most) {
    shard_under_test s;
    s.l.expect(s.due);
    s.tries(0ms);
    EXPECT_EQ(s.worst(), 0);
    s.is_well(20s);
    s.tries(500ms);
    s.tries(200ms);
    EXPECT_EQ(s.worst(), 0.5);
    s.is_well(lateness::window);
    EXPECT_EQ(s.worst(), 0.5);
    s.is_well(lateness::window);
    EXPECT_EQ(s.worst(), 0);
}

TEST(lateness, a_shard_that_hangs_gets_later_and_later) {
    shard_under_test s;
    s.l.expect(s.due);
    s.tries(10ms);
    EXPECT_EQ(s.l.worst(s.due).count(), 0.01);
    EXPECT_EQ(s.l.worst(s.due + 1ms).count(), 0.01);
    EXPECT_EQ(s.l.worst(s.due + 90s).count(), 90);
    s.tries(90s);
    EXPECT_EQ(s.worst(), 90);
}

} // namespace
} // namespace lyceum::net::asio
