#include "base/crypto/checksum.h"
#include "base/crypto/digest.h"
#include "base/crypto/hmac.h"
#include "base/crypto/rc4.h"
#include "base/text.h"

#include <gtest/gtest.h>

namespace lyceum::crypto {
namespace {

TEST(digest, published_vectors) {
    const struct {
        std::string_view data;
        std::string_view md4, md5, sha1, sha256;
    } rows[] = {
        // RFC 1320 A.5, RFC 1321 A.5, FIPS 180 examples
        {"",
         "31d6cfe0d16ae931b73c59d7e0c089c0",
         "d41d8cd98f00b204e9800998ecf8427e",
         "da39a3ee5e6b4b0d3255bfef95601890afd80709",
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc",
         "a448017aaf21d8525fc10ae87aa6729d",
         "900150983cd24fb0d6963f7d28e17f72",
         "a9993e364706816aba3e25717850c26c9cd0d89d",
         "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "e33b4ddc9c38f2199c3e7b164fcc0536",
         "57edf4a22be3c955ac49da2e2107b67a",
         "50abf5706a150990a08b2c5ea40fa0e585554732",
         "f371bc4a311f2b009eef952dd83ca80e2b60026c8e935592d0f9c308453c813e"},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.data);
        const auto data = as_bytes(row.data);
        EXPECT_EQ(to_hex(md4(data)), row.md4);
        EXPECT_EQ(to_hex(md5(data)), row.md5);
        EXPECT_EQ(to_hex(sha1(data)), row.sha1);
        EXPECT_EQ(to_hex(sha256(data)), row.sha256);
        const auto cut = data.size() / 3;
        EXPECT_EQ(md5({data.first(cut), data.subspan(cut)}), md5(data));
        EXPECT_EQ(sha1({data.first(cut), data.subspan(cut)}), sha1(data));
        EXPECT_EQ(sha256({data.first(cut), data.subspan(cut)}), sha256(data));
    }
}

TEST(hmac, published_vectors) {
    const std::string key20(20, '\x0b');
    const std::string key16(16, '\x0b');
    const std::string long80(80, '\xaa');
    const std::string long131(131, '\xaa');
    const auto hex_md5 = [](std::string_view k, std::string_view d) {
        return to_hex(hmac_md5(as_bytes(k), as_bytes(d)));
    };
    const auto hex_sha1 = [](std::string_view k, std::string_view d) {
        return to_hex(hmac_sha1(as_bytes(k), as_bytes(d)));
    };
    const auto hex_sha256 = [](std::string_view k, std::string_view d) {
        return to_hex(hmac_sha256(as_bytes(k), as_bytes(d)));
    };
    constexpr std::string_view question = "what do ya want for nothing?";
    constexpr std::string_view larger = "Test Using Larger Than Block-Size Key - Hash Key First";
    // RFC 2202 2: cases 1, 2, 6
    EXPECT_EQ(hex_md5(key16, "Hi There"), "9294727a3638bb1c13f48ef8158bfc9d");
    EXPECT_EQ(hex_md5("Jefe", question), "750c783e6ab0b503eaa86e310a5db738");
    EXPECT_EQ(hex_md5(long80, larger), "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
    // RFC 2202 3: cases 1, 2, 6
    EXPECT_EQ(hex_sha1(key20, "Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00");
    EXPECT_EQ(hex_sha1("Jefe", question), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    EXPECT_EQ(hex_sha1(long80, larger), "aa4ae5e15272d00e95705637ce8a3b55ed402112");
    // RFC 4231 4: cases 1, 2, 6
    EXPECT_EQ(hex_sha256(key20, "Hi There"),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(hex_sha256("Jefe", question),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(hex_sha256(long131, larger),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    // Parts are one run.
    // A key that is kept, of less than a block, a block, and more; over parts that cross blocks.
    for (const std::size_t size : {0U, 4U, 64U, 65U, 200U}) {
        const byte_vector key(size, 0xA5);
        const hmac_md5_key kept(key);
        for (const std::size_t length : {0U, 1U, 55U, 56U, 63U, 64U, 65U, 500U}) {
            const byte_vector data(length, 0x3C);
            const auto whole = byte_view(data);
            const auto want = hmac_md5(key, whole);
            EXPECT_EQ(kept.digest({whole}), want) << size << " " << length;
            EXPECT_EQ(kept.digest({whole.first(length / 3), whole.subspan(length / 3)}), want)
                << size << " " << length;
        }
    }
    EXPECT_EQ(hmac_md5(as_bytes("Jefe"), {as_bytes("what do ya "), as_bytes("want for nothing?")}),
              hmac_md5(as_bytes("Jefe"), as_bytes(question)));
}

TEST(rc4, published_vectors) {
    const struct {
        std::string key_hex, plain_hex, cipher_hex;
    } rows[] = {
        // RFC 6229 2: the first 16 octets of the key stream of the 40-bit and the 128-bit key
        {"0102030405", "00000000000000000000000000000000", "b2396305f03dc027ccc3524a0a1118a8"},
        {"0102030405060708090a0b0c0d0e0f10",
         "00000000000000000000000000000000",
         "9ac7cc9a609d1ef7b2932899cde41b97"},
    };
    for (const auto& row : rows) {
        auto data = *from_hex(row.plain_hex);
        rc4(*from_hex(row.key_hex)).apply(data);
        EXPECT_EQ(to_hex(data), row.cipher_hex);

        rc4 stream(*from_hex(row.key_hex)); // in pieces it is the same stream
        auto again = *from_hex(row.plain_hex);
        stream.apply(std::span(again).first(5));
        stream.apply(std::span(again).subspan(5));
        EXPECT_EQ(to_hex(again), row.cipher_hex);
    }
}

TEST(checksum, crc32) {
    EXPECT_EQ(crc32(as_bytes("123456789")),
              0xCBF43926U); // the check value of the catalogue of CRCs
    EXPECT_EQ(crc32({}), 0U);
}

TEST(checksum, constant_time_equal) {
    EXPECT_TRUE(constant_time_equal(as_bytes("abcd"), as_bytes("abcd")));
    EXPECT_TRUE(constant_time_equal({}, {}));
    EXPECT_FALSE(constant_time_equal(as_bytes("abcd"), as_bytes("abce")));
    EXPECT_FALSE(constant_time_equal(as_bytes("abcd"), as_bytes("abc")));
}

} // namespace
} // namespace lyceum::crypto
