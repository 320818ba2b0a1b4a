#include "base/log/sparing.h"

#include <gtest/gtest.h>

namespace lyceum::log {
namespace {

TEST(sparing, so_many_in_a_stretch_and_no_line_is_forgotten) {
    sparing s(2, 10s);
    const instant t0{100s};
    const struct {
        instant when;
        std::optional<std::uint64_t> want;
    } rows[] = {
        {t0, 0},
        {t0 + 1s, 0},
        {t0 + 2s, std::nullopt},
        {t0 + 10s - 1ns, std::nullopt},
        {t0 + 10s, 2}, // a new stretch: the two that were left out
        {t0 + 11s, 0},
        {t0 + 12s, std::nullopt},
        {t0 + 60s, 1},
    };
    for (const auto& row : rows)
        EXPECT_EQ(s.next(row.when), row.want) << (row.when - t0).count();
}

} // namespace
} // namespace lyceum::log
