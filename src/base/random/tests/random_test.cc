#include "base/random/random.h"
#include "base/text.h"

#include <gtest/gtest.h>

#include <set>

namespace lyceum::random {
namespace {

TEST(seeded, the_same_seed_gives_the_same_sequence_on_every_machine) {
    // splitmix64 from state 0 gives E220A8397B1DCDAF, 6E789E6AA1B965F4, …; octets are taken low
    // first.
    seeded a(0);
    std::array<std::uint8_t, 16> octets{};
    a.fill(octets);
    EXPECT_EQ(to_hex(octets), "afcd1d7b39a820e2f465b9a16a9e786e");
    EXPECT_EQ(seeded(7).hex(20), seeded(7).hex(20));
    EXPECT_NE(seeded(7).hex(20), seeded(8).hex(20));
}

TEST(source, below_stays_below_and_reaches_every_value) {
    seeded r(1);
    for (const std::uint64_t bound : {1U, 2U, 3U, 10U, 256U}) {
        std::set<std::uint64_t> seen;
        for (int i = 0; i < 5000; ++i)
            seen.insert(r.below(bound));
        EXPECT_EQ(seen.size(), bound);
        EXPECT_EQ(*seen.rbegin(), bound - 1);
    }
    const auto large = (std::uint64_t{1} << 63U) + 1;
    for (int i = 0; i < 100; ++i)
        EXPECT_LT(r.below(large), large);
}

/// Hands out what it was given, then fails the test.
class scripted final : public source {
public:
    explicit scripted(byte_vector octets) : octets_(std::move(octets)) {}
    void fill(std::span<std::uint8_t> out) override {
        for (auto& o : out) {
            ASSERT_LT(at_, octets_.size());
            o = octets_[at_++];
        }
    }
    [[nodiscard]] std::size_t used() const { return at_; }

private:
    byte_vector octets_;
    std::size_t at_ = 0;
};

TEST(source, below_refuses_the_values_that_would_favour_small_results) {
    // 2^64-1 is the one value past the last whole multiple of 5 that a drawing below 5 must not
    // use.
    byte_vector octets(16, 0xFF);
    octets[8] = 0;
    scripted r(octets);
    EXPECT_LT(r.below(5), 5U);
    EXPECT_EQ(r.used(), 16U);
}

TEST(source, hex_has_two_digits_an_octet_in_the_case_asked_for) {
    scripted r({0xAB, 0x01, 0xCD, 0x0F});
    EXPECT_EQ(r.hex(2), "ab01");
    EXPECT_EQ(r.upper_hex(2), "CD0F");
    EXPECT_EQ(r.hex(0), "");
}

TEST(system, does_not_repeat_across_its_buffer) {
    system r;
    std::set<std::string> seen;
    for (int i = 0; i < 200; ++i)
        seen.insert(r.hex(16)); // 3200 octets: six refills of its buffer
    EXPECT_EQ(seen.size(), 200U);
}

} // namespace
} // namespace lyceum::random
