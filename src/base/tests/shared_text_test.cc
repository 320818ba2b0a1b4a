#include "base/shared_text.h"

#include <gtest/gtest.h>

namespace lyceum {
namespace {

TEST(SharedText, CopiesAreTheSame) {
    const shared_text a(std::string("a text that is too long for a short string"));
    const auto b = a; // NOLINT(performance-unnecessary-copy-initialization): what is tested
    EXPECT_TRUE(a.is_same(b));
    EXPECT_EQ(a.view().data(), b.view().data());
}

TEST(SharedText, EqualTextsNeedNotBeTheSame) {
    const shared_text a(std::string("text"));
    const shared_text b(std::string("text"));
    EXPECT_FALSE(a.is_same(b));
    EXPECT_EQ(a, b);
    EXPECT_EQ(a, "text");
    EXPECT_FALSE(a == shared_text(std::string("other")));
}

TEST(SharedText, EmptyHoldsNothing) {
    const shared_text none;
    EXPECT_TRUE(none.empty());
    EXPECT_TRUE(none.is_same(shared_text(std::string())));
    EXPECT_EQ(none, "");
}

TEST(SharedText, KeepsNoRoomToSpare) {
    std::string grown(10, 'x');
    grown.reserve(10000);
    const auto* const before = grown.data();
    const shared_text t(std::move(grown));
    EXPECT_EQ(t, "xxxxxxxxxx");
    EXPECT_NE(t.view().data(), before);
}

} // namespace
} // namespace lyceum
