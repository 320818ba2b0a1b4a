#include "sipstack/branch.h"

#include <gtest/gtest.h>

namespace lyceum::sipstack {
namespace {

TEST(Branch, ThereAndBack) {
    const branch rows[] = {
        {0, 0, 0, 0}, {1, 2, 3, 4}, {0xFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFF}};
    for (const auto& b : rows) {
        EXPECT_EQ(branch::parse(b.text()), b);
        EXPECT_TRUE(b.text().starts_with("z9hG4bK")); // RFC 3261 8.1.1.7
    }
}

TEST(Branch, NotOurs) {
    const std::string_view rows[] = {
        "",
        "z9hG4bK",
        "z9hG4bK776asdhds",
        "z9hG4bK000000000000000000000000000000000000000",
        "z9hG4bK00000000000000000000000000000000000000000",
        "z9hG4bK000000000000000000000000000000000000000g",
        "Z9hG4bK0000000000000000000000000000000000000000",
        "z9hG4bK-00000000000000000000000000000000000000f",
    };
    for (const auto row : rows)
        EXPECT_FALSE(branch::parse(row)) << row;
}

} // namespace
} // namespace lyceum::sipstack
