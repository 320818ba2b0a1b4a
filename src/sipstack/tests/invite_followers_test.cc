#include "base/text.h"
#include "sipstack/invite_followers.h"

#include <gtest/gtest.h>

namespace lyceum::sipstack {
namespace {

using sip::header;

sip::message invite() {
    return *sip::message::parse("INVITE sip:bob@contoso.test SIP/2.0\r\n"
                                "Via: SIP/2.0/TLS fe.contoso.test:5061;branch=z9hG4bKours\r\n"
                                "Via: SIP/2.0/TLS 10.0.1.1;branch=z9hG4bKtheirs\r\n"
                                "Route: <sip:a.test;lr>, <sip:b.test;lr>\r\n"
                                "Max-Forwards: 69\r\n"
                                "f: <sip:alice@contoso.test>;tag=1\r\n"
                                "t: <sip:bob@contoso.test>\r\n"
                                "i: 4711\r\n"
                                "CSeq: 3 INVITE\r\n"
                                "Subject: lunch\r\n"
                                "Content-Length: 0\r\n\r\n");
}

TEST(invite_followers, are_made_from_the_stem_as_from_the_whole) {
    const auto whole = invite();
    const auto stem = stem_of(whole);
    auto response = sip::message::response(486);
    response.append(header::to, "<sip:bob@contoso.test>;tag=2");
    EXPECT_EQ(ack_of(stem, response).text(), ack_of(whole, response).text());
    EXPECT_EQ(cancel_of(stem, {"SIP;cause=200"}).text(),
              cancel_of(whole, {"SIP;cause=200"}).text());
    EXPECT_EQ(cancel_of(stem, {"SIP;cause=200"}).text(),
              "CANCEL sip:bob@contoso.test SIP/2.0\r\n" // RFC 3261 9.1
              "Via: SIP/2.0/TLS fe.contoso.test:5061;branch=z9hG4bKours\r\n"
              "Route: <sip:a.test;lr>\r\n"
              "Route: <sip:b.test;lr>\r\n"
              "Max-Forwards: 70\r\n"
              "From: <sip:alice@contoso.test>;tag=1\r\n"
              "To: <sip:bob@contoso.test>\r\n"
              "Call-ID: 4711\r\n"
              "CSeq: 3 CANCEL\r\n"
              "Reason: SIP;cause=200\r\n"
              "Content-Length: 0\r\n\r\n");
}

TEST(invite_followers, a_stem_costs_little_whatever_the_invite_bore) {
    auto whole = invite();
    for (int i = 0; i < 200; ++i)
        whole.append("X-More-" + std::to_string(i), std::string(300, 'x'));
    whole.set_body("application/sdp", std::string(1'000'000, 'v'));
    EXPECT_GT(whole.footprint(), 1'000'000U);
    EXPECT_LT(stem_of(whole).footprint(), 2000U);
}

TEST(invite_followers, few_reasons_go_on) {
    const struct {
        const char* what;
        std::size_t values, size, kept;
    } rows[] = {
        {"none", 0, 0, 0},
        {"as RFC 3326 has them", 2, 40, 2},
        {"many", 20'000, 3, 8},
        {"long ones", 8, 300, 3},
        {"one that is too long", 1, 1025, 0},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        auto m = sip::message::request("CANCEL", "sip:bob@contoso.test");
        std::string all;
        for (std::size_t i = 0; i < row.values; ++i)
            all += (i == 0 ? "" : ",") + std::string(row.size, 'Q');
        if (!all.empty()) m.append(header::reason, all);
        EXPECT_EQ(reasons_of(m).size(), row.kept);
    }
}

} // namespace
} // namespace lyceum::sipstack
