#include "base/crypto/seal.h"
#include "base/text.h"

#include <gtest/gtest.h>

namespace lyceum::crypto {
namespace {

template <std::size_t N>
std::array<std::uint8_t, N> octets(std::string_view hex) {
    const auto bytes = from_hex(hex);
    std::array<std::uint8_t, N> out{};
    if (bytes && bytes->size() == N) std::ranges::copy(*bytes, out.begin());
    return out;
}

// The GCM specification (McGrew, Viega), appendix B: test cases 13, 14 and 16.
const struct {
    std::string_view key, nonce, bound, plain, sealed;
} rows[] = {
    {"0000000000000000000000000000000000000000000000000000000000000000",
     "000000000000000000000000",
     "",
     "",
     "530f8afbc74536b9a963b4f1c4cb738b"},
    {"0000000000000000000000000000000000000000000000000000000000000000",
     "000000000000000000000000",
     "",
     "00000000000000000000000000000000",
     "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
     "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b"
     "525b16aedf5aa0de657ba"
     "637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828"
     "838c5f61e6393ba7a0abc"
     "c9f66276fc6ece0f4e1768cddf8853bb2d551b"},
};

TEST(seal, published_vectors) {
    for (const auto& row : rows) {
        const auto key = octets<32>(row.key);
        const auto nonce = octets<12>(row.nonce);
        const auto bound = *from_hex(row.bound);
        const auto plain = *from_hex(row.plain);
        const auto sealed = seal(key, nonce, bound, plain);
        EXPECT_EQ(to_hex(sealed), row.sealed);
        EXPECT_EQ(open(key, nonce, bound, sealed), plain);
    }
}

TEST(seal, any_changed_bit_is_noticed) {
    random::seeded random(1);
    seal_key key{};
    random.fill(key);
    const auto bound = as_bytes("sip:alice@contoso.test");
    const auto plain = as_bytes("sixteen octets!!");
    const auto sealed = seal(key, random, bound, plain);
    ASSERT_EQ(sealed.size(), plain.size() + 28);
    EXPECT_EQ(open(key, bound, sealed), byte_vector(plain.begin(), plain.end()));
    for (std::size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
        auto changed = sealed;
        changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        EXPECT_EQ(open(key, bound, changed), std::nullopt);
    }
    EXPECT_EQ(open(key, as_bytes("sip:bob@contoso.test"), sealed), std::nullopt);
    seal_key other = key;
    other[31] ^= 1U;
    EXPECT_EQ(open(other, bound, sealed), std::nullopt);
    for (std::size_t n = 0; n < sealed.size(); ++n)
        EXPECT_EQ(open(key, bound, byte_view(sealed).first(n)), std::nullopt);
    EXPECT_NE(seal(key, random, bound, plain), sealed); // a fresh nonce each time
}

} // namespace
} // namespace lyceum::crypto
