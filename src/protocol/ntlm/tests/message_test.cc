#include "protocol/ntlm/authenticate.h"
#include "protocol/ntlm/challenge.h"
#include "protocol/ntlm/keys.h"
#include "protocol/ntlm/tests/capture.h"

#include <gtest/gtest.h>

namespace lyceum::ntlm {
namespace {

using capture::written;

void put16(byte_vector& b, std::size_t at, unsigned v) {
    b[at] = static_cast<std::uint8_t>(v & 0xFFU);
    b[at + 1] = static_cast<std::uint8_t>((v >> 8U) & 0xFFU);
}

TEST(challenge, of_the_capture) {
    const auto bytes = capture::octets(capture::challenge);
    const auto m = parse_challenge(bytes);
    ASSERT_TRUE(m);
    EXPECT_EQ(m->target_name, "");
    EXPECT_EQ(m->flags, 0xE29882F3U);
    EXPECT_EQ(to_hex(m->server_challenge), "dd1baaf4e7e218d1");
    const std::vector<av_pair> info{
        av_pair::name(av_id::netbios_domain, "COSMO"),
        av_pair::name(av_id::netbios_computer, "COSMO-OCS-R2"),
        av_pair::name(av_id::dns_domain, "cosmo.local"),
        av_pair::name(av_id::dns_computer, "cosmo-ocs-r2.cosmo.local"),
        av_pair::name(av_id::dns_tree, "cosmo.local"),
    };
    EXPECT_EQ(m->target_info, info);
    EXPECT_EQ(m->version, os_version{});
    EXPECT_EQ(to_base64(written(*m)), capture::challenge);
}

TEST(authenticate, of_the_capture) {
    const auto bytes = capture::octets(capture::authenticate);
    const auto m = parse_authenticate(bytes);
    ASSERT_TRUE(m);
    EXPECT_EQ(m->user, "User");
    EXPECT_EQ(m->domain, "COSMO");
    EXPECT_EQ(m->workstation, "COSMO-OCS-R2");
    EXPECT_EQ(m->flags, capture::client_flags);
    EXPECT_EQ(to_hex(m->lm_response), "a1e92efe4e078bf7c5c0049acc6166c2d6ae875cb0fdaa41");
    EXPECT_EQ(to_hex(m->encrypted_session_key), "31cb739e1ca80a498591e8ae797115e4");
    EXPECT_EQ(m->version, os_version{});
    EXPECT_EQ(m->mic, std::nullopt);
    EXPECT_EQ(to_base64(written(*m)), capture::authenticate);

    const auto response = parse_ntlmv2_response(m->nt_response);
    ASSERT_TRUE(response);
    EXPECT_EQ(to_hex(response->proof), "8dc0c800ae76eca606d2b9fbebd04731");
    EXPECT_EQ(to_hex(response->client.challenge), "d6ae875cb0fdaa41");
    EXPECT_EQ(response->client.time, 0x01CAB927179A5159U);
    EXPECT_EQ(written(response->client), response->proven);
}

// [MS-NLMP] 4.2.4: the challenge's names and flags; laid out as 2.2.1.2 says.
TEST(challenge, with_a_target_name) {
    challenge_message m{.target_name = "Server",
                        .flags = 0xE28A8233,
                        .server_challenge = capture::fixed<8>("0123456789abcdef"),
                        .target_info = {av_pair::name(av_id::netbios_domain, "Domain"),
                                        av_pair::name(av_id::netbios_computer, "Server")},
                        .version = os_version{.major = 6, .minor = 0, .build = 6000}};
    EXPECT_EQ(to_hex(written(m)),
              "4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef0000000000000000"
              "24002400440000000600701700"
              "00000f530065007200760065007200"
              "02000c0044006f006d00610069006e0001000c005300650072007600650072000000"
              "0000");
    EXPECT_EQ(parse_challenge(written(m)), m);
    m.version.reset();
    EXPECT_EQ(parse_challenge(written(m)), m);
}

TEST(authenticate, every_optional_part) {
    authenticate_message m{.user = "алиса@contoso.test", .flags = negotiate_unicode};
    EXPECT_EQ(parse_authenticate(written(m)), m);
    m.version = os_version{};
    EXPECT_EQ(parse_authenticate(written(m)), m);
    m.mic = capture::fixed<16>("000102030405060708090a0b0c0d0e0f");
    EXPECT_EQ(parse_authenticate(written(m)), m);
    m.user.clear(); // nothing but the fixed part
    EXPECT_EQ(written(m).size(), 88u);
    EXPECT_EQ(parse_authenticate(written(m)), m);
    m.domain = "CONTOSO";
    m.nt_response = {1, 2, 3};
    m.lm_response = {4};
    m.encrypted_session_key = {5};
    EXPECT_EQ(parse_authenticate(written(m)), m);
}

TEST(authenticate, cut_anywhere) {
    const auto bytes = capture::octets(capture::authenticate);
    for (std::size_t n = 0; n < bytes.size(); ++n) {
        EXPECT_FALSE(parse_authenticate(byte_view(bytes).first(n))) << n;
    }
}

TEST(challenge, cut_anywhere) {
    const auto bytes = capture::octets(capture::challenge);
    for (std::size_t n = 0; n < bytes.size(); ++n) {
        EXPECT_FALSE(parse_challenge(byte_view(bytes).first(n))) << n;
    }
}

TEST(authenticate, refuses) {
    const auto good = capture::octets(capture::authenticate);
    const struct {
        const char* what;
        void (*change)(byte_vector&);
        malformed why;
    } rows[] = {
        {"signature", [](byte_vector& b) { b[0] = 'n'; }, malformed::bad_value},
        {"type", [](byte_vector& b) { b[8] = 2; }, malformed::bad_value},
        {"no unicode", [](byte_vector& b) { b[60] = 0x54; }, malformed::unsupported},
        {"user into the fixed part",
         [](byte_vector& b) { put16(b, 40, 0); },
         malformed::bad_length},
        {"user just before the payload",
         [](byte_vector& b) { put16(b, 40, 63); },
         malformed::bad_length},
        {"user one past the end",
         [](byte_vector& b) { put16(b, 40, static_cast<unsigned>(b.size()) - 7); },
         malformed::bad_length},
        {"user past the end", [](byte_vector& b) { put16(b, 40, 60000); }, malformed::bad_length},
        {"offset of 32 bits", [](byte_vector& b) { b[43] = 0xFF; }, malformed::bad_length},
        {"length of 16 bits", [](byte_vector& b) { put16(b, 36, 0xFFFF); }, malformed::bad_length},
        {"odd name", [](byte_vector& b) { put16(b, 36, 7); }, malformed::bad_value},
        {"lone surrogate", [](byte_vector& b) { put16(b, 0x52, 0xD800); }, malformed::bad_value},
        {"huge", [](byte_vector& b) { b.resize(max_message + 1); }, malformed::too_large},
    };
    for (const auto& row : rows) {
        auto bytes = good;
        row.change(bytes);
        const auto m = parse_authenticate(bytes);
        ASSERT_FALSE(m) << row.what;
        EXPECT_EQ(m.error().why, row.why) << row.what;
    }
}

TEST(av_pairs, refuses) {
    const struct {
        const char* what;
        std::string_view hex;
        malformed why;
    } rows[] = {
        {"empty", "", malformed::truncated},
        {"no end",
         "01000200"
         "4100",
         malformed::truncated},
        {"value cut", "0100040041000000", malformed::truncated},
        {"end with a length",
         "00000100"
         "00",
         malformed::bad_length},
    };
    for (const auto& row : rows) {
        const auto pairs = parse_av_pairs(*from_hex(row.hex));
        ASSERT_FALSE(pairs) << row.what;
        EXPECT_EQ(pairs.error().why, row.why) << row.what;
    }
    byte_vector many;
    for (int i = 0; i < 33; ++i)
        many.insert(many.end(), {0x63, 0, 0, 0});
    many.insert(many.end(), {0, 0, 0, 0});
    EXPECT_EQ(parse_av_pairs(many).error().why, malformed::too_large);
}

TEST(av_pairs, unknown_ones_and_what_follows_the_end) {
    const auto pairs = parse_av_pairs(*from_hex("2a0002000102"
                                                "0600040002000000"
                                                "0700080000010203040506"
                                                "07"
                                                "00000000"
                                                "ffff"));
    ASSERT_TRUE(pairs);
    EXPECT_EQ(pairs->size(), 3u);
    EXPECT_EQ(static_cast<int>(pairs->front().id), 42);
    EXPECT_EQ(av_flags(*pairs), 2U);
    EXPECT_EQ(av_timestamp(*pairs), 0x0706050403020100U);
    EXPECT_EQ(av_timestamp({}), std::nullopt);
    EXPECT_EQ(parse_av_pairs(written(*pairs)), *pairs);
}

TEST(ntlmv2_response, refuses) {
    const auto good = parse_authenticate(capture::octets(capture::authenticate))->nt_response;
    for (std::size_t n = 0; n < good.size() - 4; ++n) { // the last four are zeros behind the list
        EXPECT_FALSE(parse_ntlmv2_response(byte_view(good).first(n))) << n;
    }
    auto version2 = good;
    version2[17] = 2;
    EXPECT_EQ(parse_ntlmv2_response(version2).error().why, malformed::bad_value);
}

} // namespace
} // namespace lyceum::ntlm
