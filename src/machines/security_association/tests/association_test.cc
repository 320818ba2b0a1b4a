#include "base/text.h"
#include "machines/security_association/association.h"
#include "machines/security_association/endpoint.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lyceum::security_association {
namespace {

TEST(replay_window, rows) {
    const struct {
        const char* what;
        std::vector<std::uint32_t> taken;
        std::uint32_t number;
        bool fresh;
    } rows[] = {
        {"zero is no number", {}, 0, false},
        {"the first", {}, 1, true},
        {"the first window", {}, 256, true},
        {"past the first window", {}, 257, false},
        {"again", {1}, 1, false},
        {"before", {5}, 4, true},
        {"before, again", {5, 4}, 4, false},
        {"at the lower edge", {256, 257}, 2, true},
        {"below the lower edge", {256, 257}, 1, false},
        {"at the upper edge", {10}, 266, true},
        {"above the upper edge", {10}, 267, false},
        {"after a leap", {1, 200, 400}, 200, false},
        {"after a leap, not seen", {1, 200, 400}, 201, true},
        {"after a leap, out", {1, 256, 512}, 256, false},
        {"the last number", {256}, 0xFFFFFFFF, false},
    };
    for (const auto& row : rows) {
        replay_window w;
        for (const auto n : row.taken) {
            ASSERT_TRUE(w.fresh(n)) << row.what;
            w.take(n);
        }
        EXPECT_EQ(w.fresh(row.number), row.fresh) << row.what;
    }
}

/// Gives the octets that the capture's server drew.
class fixed_random final : public random::source {
public:
    explicit fixed_random(std::string_view hex) : octets_(*from_hex(hex)) {}
    void fill(std::span<std::uint8_t> out) override {
        std::ranges::copy_n(octets_.begin(), std::ssize(out), out.begin());
    }

private:
    byte_vector octets_;
};

// digest MS-SIPAE 9.1: the server's view of the last two messages of the capture.
TEST(association, of_the_capture) {
    ntlm::session session{.key = {}, .flags = 0x62988255};
    std::ranges::copy(*from_hex("6742fbe37bb1946b49d86a525bd29a9b"), session.key.begin());
    association server(ntlm::side::server,
                       session,
                       {"SIP Communications Service", "cosmo-ocs-r2.cosmo.local", "2BDBAC9D", 4});
    const std::string common = "Call-ID: 4037df9284354df39065195bd57a4b14\r\nCSeq: 3 REGISTER\r\n"
                               "From: <sip:user@cosmo.local>;tag=3e49177a52;epid=c8ca638a15\r\n";
    const auto request = *sip::message::parse(
        "REGISTER sip:cosmo.local SIP/2.0\r\n" + common +
        "To: <sip:user@cosmo.local>\r\n"
        "Authorization: NTLM qop=\"auth\", opaque=\"2BDBAC9D\", "
        "realm=\"SIP Communications Service\", "
        "targetname=\"cosmo-ocs-r2.cosmo.local\", crand=\"13317733\", cnum=\"1\", "
        "response=\"0100000029618e9651b65a7764000000\"\r\n\r\n");
    const auto f = find_fields(request,
                               sip::header::authorization,
                               sip::header::proxy_authorization,
                               "SIP Communications Service",
                               "cosmo-ocs-r2.cosmo.local");
    ASSERT_TRUE(f);
    std::string scratch;
    EXPECT_EQ(server.verify(request, *f, scratch), association::verdict::good);
    EXPECT_EQ(server.verify(request, *f, scratch), association::verdict::replayed);

    const auto response = *sip::message::parse(
        "SIP/2.0 200 OK\r\n" + common +
        "To: <sip:user@cosmo.local>;tag=5E61CCD925D17E043D9A74835A88F664\r\nExpires: 7200\r\n\r\n");
    fixed_random random("9616454f");
    const auto s = server.sign(response, random, scratch);
    EXPECT_EQ(s.rand_text(), "9616454F");
    EXPECT_EQ(s.num, "1");
    EXPECT_EQ(s.value_text(), "01000000E615438A917661BE64000000");
    EXPECT_EQ(server.sign(response, random, scratch).num, "2");
}

TEST(endpoint, of_requests) {
    // digest MS-SIPAE 9.5: 8248ca9ebb is the first instance; the epid of digest MS-SIPRE 8 the one
    // of the GRUU.
    constexpr std::string_view instance = "4233fd41-093b-5fd6-b5d2-651ed55969e6";
    const auto id = sip::instance_id::parse("urn:uuid:4233fd41-093b-5fd6-b5d2-651ed55969e6");
    ASSERT_TRUE(id);
    const auto gruu = sip::make_gruu(*sip::aor::from("sip:a@x.test"), *id);
    const struct {
        const char* what;
        std::string from, contact;
        std::optional<endpoint_fault> fault;
    } rows[] = {
        {"epid", "<sip:a@x.test>;epid=8248ca9ebb", "", std::nullopt},
        {"instance",
         "<sip:a@x.test>",
         R"(<sip:1.2.3.4>;+sip.instance="<urn:uuid:4233FD41-093B-5FD6-B5D2-651ED55969E6>")",
         std::nullopt},
        {"both",
         "<sip:a@x.test>;epid=8248ca9ebb",
         R"(<sip:1.2.3.4>;proxy=replace;+sip.instance="<urn:uuid:4233FD41-093B-5FD6-B5D2-651ED55969E6>")",
         std::nullopt},
        // seen: pidgin-sipe 1.25, its REGISTER
        {"with commas",
         "<sip:a@x.test>;tag=1;epid=8248ca9ebb",
         R"(<sip:192.0.2.1:4320;transport=tls;ms-opaque=d3470f2e1d>;methods="INVITE, MESSAGE, INFO, NOTIFY";)"
         R"(proxy=replace;+sip.instance="<urn:uuid:4233FD41-093B-5FD6-B5D2-651ED55969E6>")",
         std::nullopt},
        {"GRUU", "<sip:a@x.test>", "<" + gruu + ">", std::nullopt},
        {"all three",
         "<sip:A@X.test>;epid=8248ca9ebb",
         "<" + gruu + R"(>;+sip.instance="<urn:uuid:4233FD41-093B-5FD6-B5D2-651ED55969E6>")",
         std::nullopt},
        {"GRUU of another user",
         "<sip:b@x.test>;epid=8248ca9ebb",
         "<" + gruu + ">",
         endpoint_fault::mismatched},
        {"epid and another instance",
         "<sip:a@x.test>;epid=2ebb6f264f",
         R"(<sip:1.2.3.4>;+sip.instance="<urn:uuid:4233FD41-093B-5FD6-B5D2-651ED55969E6>")",
         endpoint_fault::mismatched},
        {"all contacts", "<sip:a@x.test>;epid=8248ca9ebb", "*", std::nullopt},
        {"nothing", "<sip:a@x.test>", "<sip:1.2.3.4>", endpoint_fault::missing},
        {"no From", "", "", endpoint_fault::bad_from},
        {"a long epid",
         "<sip:a@x.test>;epid=" + std::string(65, '1'),
         "",
         endpoint_fault::too_long},
    };
    for (const auto& row : rows) {
        auto m = sip::message::request("REGISTER", "sip:x.test");
        if (!row.from.empty()) m.append(sip::header::from, row.from);
        if (!row.contact.empty()) m.append(sip::header::contact, row.contact);
        const auto e = endpoint_of(m);
        if (row.fault) {
            ASSERT_FALSE(e) << row.what;
            EXPECT_EQ(e.error(), *row.fault) << row.what;
        } else {
            ASSERT_TRUE(e) << row.what;
            EXPECT_EQ(e->instance.text(), instance) << row.what;
        }
    }
}

} // namespace
} // namespace lyceum::security_association
