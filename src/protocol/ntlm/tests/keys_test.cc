#include "base/crypto/hmac.h"
#include "base/crypto/rc4.h"
#include "protocol/ntlm/client.h"
#include "protocol/ntlm/keys.h"
#include "protocol/ntlm/signer.h"
#include "protocol/ntlm/tests/capture.h"
#include "protocol/ntlm/upper_case.h"

#include <gtest/gtest.h>

namespace lyceum::ntlm {
namespace {

using capture::fixed, capture::written;

// Every row of digest MS-SIPAE 9.1, server's view.
TEST(capture, keys) {
    const auto m = *parse_authenticate(capture::octets(capture::authenticate));
    const auto asked = *parse_challenge(capture::octets(capture::challenge));
    const auto hash = *nt_hash("Pa$$word");
    EXPECT_EQ(to_hex(hash), "1a4b1757588cab6298e29e91c06df58d");
    const auto ntowf = ntowf_v2(hash, m.user, m.domain);
    EXPECT_EQ(to_hex(ntowf), "164b086e00d2f393529fa3a98209f99e");
    const auto response = *parse_ntlmv2_response(m.nt_response);
    const auto proof = nt_proof(ntowf, asked.server_challenge, response.proven);
    EXPECT_EQ(to_hex(proof), "8dc0c800ae76eca606d2b9fbebd04731");
    EXPECT_EQ(to_hex(session_base_key(ntowf, proof)), "02959b1d938e14ccc8412639311cdd49");
    EXPECT_EQ(lmv2_response(ntowf, asked.server_challenge, response.client.challenge),
              m.lm_response);

    const auto agreed = check(m, asked.server_challenge, hash);
    ASSERT_TRUE(agreed);
    EXPECT_EQ(to_hex(agreed->key), capture::session_key);
    EXPECT_EQ(agreed->flags, capture::client_flags);
    EXPECT_TRUE(integrity_holds(
        agreed->key, capture::octets(capture::challenge), capture::octets(capture::authenticate)));
}

TEST(capture, signing_keys) {
    const auto key = fixed<16>(capture::session_key);
    const struct {
        side who;
        std::string_view sign, seal, message_seal;
    } rows[] = {
        {side::client,
         "ea5e87c195ae65338f7c023e7600690d",
         "83013a189002d3abad49c4c8f605ecc8",
         "9c4f4700459447d91cd5f161601e400c"},
        {side::server,
         "0151fe94dba8c83f3c6a6e5444ae54b4",
         "2a2e34e8d420c039e8f31cb9e8e0cd88",
         "98a7586f30f71015b079ec4f86de9c34"},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(to_hex(sign_key(key, row.who)), row.sign);
        const auto seal = seal_key(key, capture::client_flags, row.who);
        EXPECT_EQ(to_hex(seal), row.seal);
        EXPECT_EQ(to_hex(message_seal_key(seal, sip_sequence)), row.message_seal);
    }
}

// digest MS-SIPAE 9.1 (extended session security) and 9.2 (without).
TEST(signer, of_captures) {
    const struct {
        side who;
        std::string_view key;
        std::uint32_t flags;
        std::string_view buffer, signature;
    } rows[] = {
        {side::client,
         capture::session_key,
         capture::client_flags,
         "<NTLM><13317733><1><SIP Communications "
         "Service><cosmo-ocs-r2.cosmo.local><4037df9284354df39065195bd57a4b14><3>"
         "<REGISTER><sip:user@cosmo.local><3e49177a52><sip:user@cosmo.local><><><><>",
         "0100000029618e9651b65a7764000000"},
        {side::server,
         capture::session_key,
         capture::client_flags,
         "<NTLM><9616454F><1><SIP Communications "
         "Service><cosmo-ocs-r2.cosmo.local><4037df9284354df39065195bd57a4b14><3>"
         "<REGISTER><sip:user@cosmo.local><3e49177a52><sip:user@cosmo.local><"
         "5E61CCD925D17E043D9A74835A88F664><><><7200>"
         "<200>",
         "01000000e615438a917661be64000000"},
        {side::server,
         "5f029153bc025058969548615e7099ba",
         0,
         "<NTLM><0878F41B><1><SIP Communications Service><ocs1.ocs.provo.novell.com>"
         "<8592g5DCBa1694i5887m0D0Bt2247b3F38xAE9Fx><3><REGISTER><sip:gabriel@ocs.provo.novell.com>"
         "<2947328781>"
         "<B816D65C2300A32CFA6D371F2AF537FD><900><200>",
         "0100000000000000bf2e52667ddf6ded"},
    };
    for (const auto& row : rows) {
        const signer s(fixed<16>(row.key), row.flags, row.who);
        auto signature = s.sign(as_bytes(row.buffer));
        EXPECT_EQ(to_hex(signature), row.signature);
        EXPECT_TRUE(s.verify(as_bytes(row.buffer), signature));
        EXPECT_FALSE(s.verify(as_bytes(row.buffer.substr(1)), signature));
        for (std::size_t i = 0; i < 16; ++i) {
            signature[i] ^= 1U;
            EXPECT_FALSE(s.verify(as_bytes(row.buffer), signature));
            signature[i] ^= 1U;
        }
        EXPECT_FALSE(s.verify(as_bytes(row.buffer), byte_view(signature).first(15)));
    }
}

// [MS-NLMP] 4.2.4 and its parts; the figures of 9.4 of our digest.
const identity document{
    .user = "User", .domain = "Domain", .workstation = "COMPUTER", .nt_hash = *nt_hash("Password")};
const challenge_message document_challenge{
    .target_name = "Server",
    .flags = 0xE28A8233,
    .server_challenge = fixed<8>("0123456789abcdef"),
    .target_info = {av_pair::name(av_id::netbios_domain, "Domain"),
                    av_pair::name(av_id::netbios_computer, "Server")},
    .version = os_version{},
};

TEST(document, keys) {
    EXPECT_EQ(to_hex(document.nt_hash), "a4f49c406510bdcab6824ee7c30fd852");
    const auto ntowf = ntowf_v2(document.nt_hash, document.user, document.domain);
    EXPECT_EQ(to_hex(ntowf), "0c868a403bfd7a93a3001ef22ef02e3f");
    const auto ours = fixed<8>("aaaaaaaaaaaaaaaa");
    const auto proven = written(client_challenge{
        .time = 0, .challenge = ours, .target_info = document_challenge.target_info});
    const auto proof = nt_proof(ntowf, document_challenge.server_challenge, proven);
    EXPECT_EQ(to_hex(proof), "68cd0ab851e51c96aabc927bebef6a1c");
    EXPECT_EQ(to_hex(lmv2_response(ntowf, document_challenge.server_challenge, ours)),
              "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa");
    const auto base = session_base_key(ntowf, proof);
    EXPECT_EQ(to_hex(base), "8de40ccadbc14a82f15cb0ad0de95ca3");
    EXPECT_EQ(to_hex(exchange_key(base, fixed<16>("55555555555555555555555555555555"))),
              "c5dad2544fc9799094ce1ce90bc9d03e");
}

// [MS-NLMP] 4.2.4.4: the connection-oriented form, where one cipher seals the message and then its
// checksum.
TEST(document, wrap) {
    const auto session = fixed<16>("55555555555555555555555555555555");
    const auto sign = sign_key(session, side::client);
    const auto seal = seal_key(session, document_challenge.flags, side::client);
    EXPECT_EQ(to_hex(sign), "4788dc861b4782f35d43fd98fe1a2d39");
    EXPECT_EQ(to_hex(seal), "59f600973cc4960a25480a7c196e4c58");
    auto data = *utf16le("Plaintext");
    const auto checksum = crypto::hmac_md5(sign, {*from_hex("00000000"), data});
    EXPECT_EQ(to_hex(byte_view(checksum).first(8)), "70352851f2564309");
    crypto::rc4 cipher(seal);
    cipher.apply(data);
    EXPECT_EQ(to_hex(data), "54e50165bf1936dc996020c1811b0f06fb5f");
    byte_vector veiled(checksum.begin(), checksum.begin() + 8);
    cipher.apply(veiled);
    EXPECT_EQ(to_hex(veiled), "7fb38ec5c55d4976");
}

TEST(seal_key, of_the_strengths) {
    const auto key = fixed<16>("55555555555555555555555555555555");
    const auto ess = std::uint32_t{negotiate_extended_session_security};
    const auto strong = seal_key(key, ess | negotiate_128 | negotiate_56, side::client);
    const auto weak = seal_key(key, ess | negotiate_56, side::client);
    const auto weakest = seal_key(key, ess, side::client);
    EXPECT_NE(strong, weak);
    EXPECT_NE(weak, weakest);
    constexpr std::string_view magic("session key to client-to-server sealing key magic constant\0",
                                     59);
    EXPECT_EQ(weak, crypto::md5({byte_view(key).first(7), as_bytes(magic)}));
    EXPECT_EQ(weakest, crypto::md5({byte_view(key).first(5), as_bytes(magic)}));
}

// The client of the capture, byte for byte.
TEST(client, answers_as_the_capture) {
    const auto asked = *parse_challenge(capture::octets(capture::challenge));
    const identity who{.user = "User",
                       .domain = "COSMO",
                       .workstation = "COSMO-OCS-R2",
                       .nt_hash = *nt_hash("Pa$$word")};
    const freshness fresh{.client_challenge = fixed<8>("d6ae875cb0fdaa41"),
                          .session_key = fixed<16>(capture::session_key),
                          .time = 0x01CAB927179A5159U};
    const auto a = answer_challenge(asked, who, fresh);
    ASSERT_TRUE(a);
    EXPECT_EQ(to_base64(written(a->message)), capture::authenticate);
    EXPECT_EQ(a->agreed, (session{fresh.session_key, capture::client_flags}));
}

TEST(client, takes_the_servers_timestamp_and_refuses_weak_offers) {
    auto asked = *parse_challenge(capture::octets(capture::challenge));
    asked.target_info.push_back({av_id::timestamp, {1, 0, 0, 0, 0, 0, 0, 0}});
    const auto a = answer_challenge(asked, document, {.time = 77});
    ASSERT_TRUE(a);
    EXPECT_EQ(parse_ntlmv2_response(a->message.nt_response)->client.time, 1U);
    for (const std::uint32_t flag : {std::uint32_t{negotiate_ntlm},
                                     std::uint32_t{negotiate_datagram},
                                     std::uint32_t{negotiate_key_exch},
                                     std::uint32_t{negotiate_sign},
                                     std::uint32_t{negotiate_extended_session_security}}) {
        auto weak = asked;
        weak.flags &= ~flag;
        EXPECT_FALSE(answer_challenge(weak, document, {}));
    }
    asked.flags = sip_challenge_flags;
    EXPECT_TRUE(answer_challenge(asked, document, {}));
}

TEST(server, names_as_typed) {
    const challenge_message asked{.server_challenge = fixed<8>("0123456789abcdef"),
                                  .version = os_version{}};
    const auto hash = *nt_hash("geheim");
    const struct {
        std::string user, domain;
    } rows[] = {
        {"alice", ""},
        {"alice", "CONTOSO"},
        {"Alice", "contoso.test"},
        {"alice@contoso.test", ""},
        {"jürgen", "FÜRTH"},
    };
    for (const auto& row : rows) {
        const auto a = answer_challenge(asked,
                                        {row.user, row.domain, "", hash},
                                        {.session_key = fixed<16>(capture::session_key)});
        ASSERT_TRUE(a);
        const auto agreed =
            check(*parse_authenticate(written(a->message)), asked.server_challenge, hash);
        ASSERT_TRUE(agreed) << row.user;
        EXPECT_EQ(agreed->key, a->agreed.key);
    }
}

TEST(server, refuses) {
    const auto good = *parse_authenticate(capture::octets(capture::authenticate));
    const auto asked = *parse_challenge(capture::octets(capture::challenge));
    const auto hash = *nt_hash("Pa$$word");
    const struct {
        const char* what;
        void (*change)(authenticate_message&);
        refusal why;
    } rows[] = {
        {"no response", [](authenticate_message& m) { m.nt_response.clear(); }, refusal::anonymous},
        {"NTLMv1", [](authenticate_message& m) { m.nt_response.resize(24); }, refusal::ntlmv1},
        {"cut", [](authenticate_message& m) { m.nt_response.resize(40); }, refusal::bad_response},
        {"another proof",
         [](authenticate_message& m) { m.nt_response[0] ^= 1U; },
         refusal::wrong_password},
        {"another time",
         [](authenticate_message& m) { m.nt_response[24] ^= 1U; },
         refusal::wrong_password},
        {"trailing zeros cut",
         [](authenticate_message& m) { m.nt_response.pop_back(); },
         refusal::wrong_password},
        {"another domain",
         [](authenticate_message& m) { m.domain = "cosmo"; },
         refusal::wrong_password},
        {"another user",
         [](authenticate_message& m) { m.user = "Usher"; },
         refusal::wrong_password},
        {"no session key",
         [](authenticate_message& m) { m.encrypted_session_key.clear(); },
         refusal::bad_key},
        {"long session key",
         [](authenticate_message& m) { m.encrypted_session_key.push_back(0); },
         refusal::bad_key},
    };
    for (const auto& row : rows) {
        auto m = good;
        row.change(m);
        const auto agreed = check(m, asked.server_challenge, hash);
        ASSERT_FALSE(agreed) << row.what;
        EXPECT_EQ(agreed.error(), row.why) << row.what;
        EXPECT_STRNE(name(agreed.error()), "?");
    }
    EXPECT_EQ(check(good, asked.server_challenge, *nt_hash("pa$$word")).error(),
              refusal::wrong_password);
    EXPECT_EQ(check(good, fixed<8>("dd1baaf4e7e218d2"), hash).error(), refusal::wrong_password);
    auto lower = good;
    lower.user = "uSER"; // the case of the user does not matter
    EXPECT_TRUE(check(lower, asked.server_challenge, hash));
    auto plain = good;
    plain.flags &= ~std::uint32_t{negotiate_key_exch};
    plain.encrypted_session_key.clear();
    EXPECT_EQ(to_hex(check(plain, asked.server_challenge, hash)->key),
              "02959b1d938e14ccc8412639311cdd49");
}

TEST(server, mic) {
    challenge_message asked{.server_challenge = fixed<8>("0123456789abcdef"),
                            .version = os_version{}};
    asked.target_info.push_back(
        {av_id::flags, {2, 0, 0, 0}}); // the answer repeats it: "there is a MIC"
    const auto challenge = written(asked);
    const freshness fresh{.session_key = fixed<16>(capture::session_key)};
    auto m = answer_challenge(asked, document, fresh)->message;
    EXPECT_FALSE(
        integrity_holds(fresh.session_key, challenge, written(m))); // announced, but absent
    m.mic.emplace();
    m.mic = message_integrity_code(fresh.session_key, {}, challenge, written(m));
    EXPECT_TRUE(integrity_holds(fresh.session_key, challenge, written(m)));
    auto other = challenge;
    other[20] ^= 0x20U;
    EXPECT_FALSE(integrity_holds(fresh.session_key, other, written(m)));
    (*m.mic)[0] ^= 1U;
    EXPECT_FALSE(integrity_holds(fresh.session_key, challenge, written(m)));
}

TEST(upper_case, letters) {
    const struct {
        std::string_view in, out;
    } rows[] = {
        {"alice-1_Z", "ALICE-1_Z"},
        {"jürgen åß÷ÿ", "JÜRGEN Åß÷Ÿ"},
        {"žluťoučký ī", "ŽLUŤOUČKÝ Ī"},
        {"ελληνικά ς", "ΕΛΛΗΝΙΚΆ ς"},
        {"алиса ёђ", "АЛИСА ЁЂ"},
        {"漢字", "漢字"},
    };
    for (const auto& row : rows) {
        auto text = *utf16le(row.in);
        upper_case(text);
        EXPECT_EQ(from_utf16le(text), row.out);
    }
}

} // namespace
} // namespace lyceum::ntlm
