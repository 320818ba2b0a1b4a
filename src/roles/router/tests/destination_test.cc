#include "base/overloaded.h"
#include "roles/router/destination.h"

#include <gtest/gtest.h>

namespace lyceum::roles::router {
namespace {

const house ours{{"contoso.test", "fabrikam.test"},
                 "fe.contoso.test",
                 {"127.0.0.1", "sip.contoso.test"},
                 {5060, 5061}};

sip::message
request(std::string_view uri, std::string_view more = {}, std::string_view method = "INVITE") {
    return *sip::message::parse(std::string(method) + " " + std::string(uri) +
                                " SIP/2.0\r\nVia: SIP/2.0/TLS 10.0.0.1;branch=z9hG4bK1\r\nTo: "
                                "<sip:bob@contoso.test>;epid=e1\r\n" +
                                std::string(more) + "Content-Length: 0\r\n\r\n");
}

std::string text(const std::expected<destination, diagnostics::refusal>& d) {
    if (!d) return "refuse " + std::to_string(d.error().status);
    return std::visit(
        overloaded{
            [](const to_server&) { return std::string("server"); },
            [](const to_component& c) { return "component " + c.owner.text() + " " + c.opaque; },
            [](const to_endpoint& e) {
                return "endpoint " + e.user.text() + " " + e.instance.text();
            },
            [](const to_user& u) { return "user " + u.user.text() + " " + u.epid; },
            [](const to_flow& f) { return "flow " + f.cid; },
            [](const to_address& a) { return "address " + a.uri; },
        },
        *d);
}

TEST(Destination, ByRequestUri) { // digest MS-SIPRE 4 rule 5
    const struct {
        std::string_view uri;
        std::string_view where;
    } rows[] = {
        {"sip:contoso.test", "server"},
        {"sip:FE.contoso.test:5061;transport=tls", "server"},
        {"sip:Bob@Contoso.test", "user sip:bob@contoso.test e1"},
        {"sip:bob@fabrikam.test", "user sip:bob@fabrikam.test e1"},
        {"sip:bob@contoso.test;opaque=user:epid:21nYNIVlkV-jtN6FPBU0fQAA;gruu",
         "endpoint sip:bob@contoso.test 34d859db-6585-5f91-a3b4-de853c15347d"},
        {"sip:bob@contoso.test;gruu;opaque=app:conf:focusfactory",
         "component sip:bob@contoso.test app:conf:focusfactory"},
        {"sip:fe@contoso.test;gruu;opaque=srvr:MRAS:OKPDbAVxIEKtPh2g624vPAAA",
         "component sip:fe@contoso.test srvr:MRAS:OKPDbAVxIEKtPh2g624vPAAA"},
        {"sip:bob@contoso.test;gruu", "refuse 404"},
        {"sip:10.0.0.9:40000;transport=tls;ms-received-cid=7F", "flow 7F"},
        {"sip:127.0.0.1", "server"},
        {"sip:127.0.0.1:5061", "server"},
        {"sip:127.0.0.1:6001;transport=udp",
         "address sip:127.0.0.1:6001;transport=udp"}, // somebody else's port
        {"sip:bob@127.0.0.1:6001", "address sip:bob@127.0.0.1:6001"},
        {"sip:carol@example.org", "address sip:carol@example.org"},
        {"sip:+14255550100@192.0.2.9;user=phone", "address sip:+14255550100@192.0.2.9;user=phone"},
        {"tel:+14255550100", "refuse 404"},
        {"mailto:bob@contoso.test", "refuse 416"},
    };
    for (const auto& row : rows) {
        auto m = request(row.uri);
        EXPECT_EQ(text(destination_of(m, ours)), row.where) << row.uri;
    }
}

TEST(Destination, Routes) { // RFC 3261 16.4, 16.6 step 6
    const struct {
        std::string_view uri, routes, where, uri_after, routes_left;
    } rows[] = {
        {"sip:bob@contoso.test",
         "Route: <sip:fe.contoso.test:5061;transport=tls;lr>\r\n",
         "user sip:bob@contoso.test e1",
         "sip:bob@contoso.test",
         ""},
        {"sip:bob@contoso.test",
         "Route: <sip:fe.contoso.test;lr>, <sip:127.0.0.1:5061;lr>\r\n",
         "user sip:bob@contoso.test e1",
         "sip:bob@contoso.test",
         ""},
        {"sip:bob@contoso.test",
         "Route: <sip:fe.contoso.test;lr>\r\nRoute: <sip:other.test;lr>\r\n",
         "address sip:other.test;lr",
         "sip:bob@contoso.test",
         "<sip:other.test;lr>"},
        {"sip:bob@contoso.test",
         "Route: nonsense<\r\n",
         "refuse 400",
         "sip:bob@contoso.test",
         "nonsense<"},
        // a strict router before us
        {"sip:fe.contoso.test;lr",
         "Route: <sip:bob@contoso.test>\r\n",
         "user sip:bob@contoso.test e1",
         "sip:bob@contoso.test",
         ""},
    };
    for (const auto& row : rows) {
        auto m = request(row.uri, row.routes);
        EXPECT_EQ(text(destination_of(m, ours)), row.where) << row.routes;
        EXPECT_EQ(m.uri(), row.uri_after) << row.routes;
        EXPECT_EQ(m.value(sip::header::route), row.routes_left) << row.routes;
    }
}

TEST(SpendHop, Counts) { // RFC 3261 16.3 step 3, 16.6 step 3
    const struct {
        std::string_view before, after;
        int refused;
    } rows[] = {
        {"Max-Forwards: 70\r\n", "69", 0},
        {"Max-Forwards: 1\r\n", "0", 0},
        {"Max-Forwards: 0\r\n", "0", 483},
        {"", "70", 0},
        {"Max-Forwards: x\r\n", "x", 400},
    };
    for (const auto& row : rows) {
        auto m = request("sip:bob@contoso.test", row.before);
        const auto spent = spend_hop(m);
        EXPECT_EQ(spent ? 0 : spent.error().status, row.refused) << row.before;
        EXPECT_EQ(m.value(sip::header::max_forwards), row.after) << row.before;
    }
}

TEST(ImInvite, ByItsMediaLine) { // docs/adr/0003
    const struct {
        std::string_view method, body;
        bool im;
    } rows[] = {
        {"INVITE", "v=0\r\nm=message 5060 sip null\r\n", true},
        {"INVITE", "v=0\r\nm=x-ms-message 5060 sip null\r\n", true},
        {"INVITE", "v=0\r\nm=audio 5060 RTP/AVP 0\r\n", false},
        {"INVITE", "", false},
        {"MESSAGE", "m=message 5060 sip null\r\n", false},
    };
    for (const auto& row : rows) {
        auto m = request("sip:bob@contoso.test", {}, row.method);
        m.set_body("application/sdp", row.body);
        EXPECT_EQ(is_im_invite(m), row.im) << row.body;
    }
}

} // namespace
} // namespace lyceum::roles::router
