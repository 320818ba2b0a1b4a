// The driver itself: a broken rule, and a gap that closed, are both seen.
#include "tests/conformance/rows.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

namespace lyceum::conformance {
namespace {

void keeps() {
    EXPECT_EQ(1, 1);
}
void breaks() {
    EXPECT_EQ(1, 2) << "one is not two";
}

std::string said_of(const row& r) {
    testing::TestPartResultArray results;
    {
        const testing::ScopedFakeTestPartResultReporter caught(
            testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
        play(std::span(&r, 1));
    }
    std::string out;
    for (int i = 0; i < results.size(); ++i)
        out += results.GetTestPartResult(i).message();
    return out;
}

TEST(rows, are_judged) {
    const expected_to_fail gap{"not built", "docs/status.md"};
    EXPECT_EQ(said_of({"Some rule", "it holds", keeps}), "");
    EXPECT_EQ(said_of({"Some rule", "it does not", breaks, gap}), "");
    const auto broken = said_of({"Some rule", "it does not", breaks});
    EXPECT_NE(broken.find("Some rule: it does not"), std::string::npos) << broken;
    EXPECT_NE(broken.find("one is not two"), std::string::npos) << broken;
    const auto closed = said_of({"Some rule", "it holds", keeps, gap});
    EXPECT_NE(closed.find("is kept now"), std::string::npos) << closed;
}

} // namespace
} // namespace lyceum::conformance
