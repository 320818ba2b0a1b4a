// RFC 5118: IPv6 in SIP messages, read and answered.
#include "base/ip_endpoint.h"
#include "protocol/sip/address.h"
#include "protocol/sip/uri.h"
#include "protocol/sip/validate.h"
#include "tests/conformance/messages.h"
#include "tests/conformance/rows.h"
#include "tests/conformance/scene.h"

namespace lyceum::conformance {
namespace {

const std::map<std::string, std::string>& torture() {
    static const auto all = read_messages("rfc5118.txt");
    return all;
}

sip::message read(const std::string& name) {
    auto m = sip::message::parse(torture().at(name));
    EXPECT_TRUE(m) << name << " is not read";
    return m ? *std::move(m) : sip::message::response(599);
}

TEST(rfc5118, all_messages_are_there) {
    EXPECT_EQ(torture().size(), 12U);
    for (const auto& [name, octets] : torture()) {
        const auto m = sip::message::parse(octets);
        ASSERT_TRUE(m) << name;
        EXPECT_EQ(m->text(), octets) << name;
        EXPECT_EQ(sip::check_request(*m).has_value(), name == "ipv6_bad") << name;
    }
}

const row rows[] = {
    {"RFC 5118 4.1",
     "an IPv6 reference is a host, in a URI, a Via and a Contact",
     [] {
         const auto m = read("ipv6_good");
         EXPECT_EQ(sip::parse_uri(m.uri())->host, "[2001:db8::10]");
         EXPECT_EQ(sip::parse_via(m.first(header::via))->host, "[2001:db8::9:1]");
         const auto c = sip::parse_address(m.value(header::contact));
         ASSERT_TRUE(c);
         EXPECT_EQ(c->display, "Caller");
         EXPECT_EQ(sip::parse_uri(c->uri)->host, "[2001:db8::1]");
     }},
    {"RFC 5118 4.2",
     "without brackets it is none: 400",
     [] {
         const auto why = sip::check_request(read("ipv6_bad"));
         ASSERT_TRUE(why);
         EXPECT_EQ(why->status, 400);
     }},
    {"RFC 5118 4.3",
     "what stands within the brackets is address, whatever was meant",
     [] {
         const auto m = read("port_ambiguous");
         const auto uri = sip::parse_uri(m.uri());
         ASSERT_TRUE(uri);
         EXPECT_EQ(uri->host, "[2001:db8::10:5070]");
         EXPECT_EQ(uri->port, 0);
     }},
    {"RFC 5118 4.4",
     "a port stands behind them",
     [] {
         const auto m = read("port_unambiguous");
         const auto uri = sip::parse_uri(m.uri());
         ASSERT_TRUE(uri);
         EXPECT_EQ(uri->host, "[2001:db8::10]");
         EXPECT_EQ(uri->port, 5070);
     }},
    {"RFC 5118 4.5",
     "received is read with brackets and without",
     [] {
         for (const auto* name : {"via_received_param_with_delim", "via_received_param_no_delim"}) {
             const auto m = read(name);
             const auto via = sip::parse_via(m.first(header::via));
             ASSERT_TRUE(via) << name;
             const auto received = ip_address::parse(via->params.value_or("received", {}));
             ASSERT_TRUE(received) << name;
             EXPECT_EQ(received->text(), "2001:db8::9:255") << name;
         }
     }},
    {"RFC 5118 4.6",
     "bodies have a grammar of their own, and are left alone",
     [] {
         EXPECT_NE(read("ipv6_in_sdp").body().find("c=IN IP6 2001:db8::20\r\n"), std::string::npos);
     }},
    {"RFC 5118 4.7",
     "both kinds of address in one list of Vias",
     [] {
         const auto m = read("mult_ip_in_header");
         const auto vias = m.values(header::via);
         ASSERT_EQ(vias.size(), 3U);
         EXPECT_EQ(sip::parse_via(vias[0])->port, 6050);
         EXPECT_EQ(sip::parse_via(vias[1])->host, "192.0.2.1");
         EXPECT_EQ(sip::parse_via(vias[2])->host, "[2001:db8::9:255]");
         EXPECT_EQ(sip::parse_via(vias[2])->params.get("received"), "192.0.2.200");
     }},
    {"RFC 5118 4.8",
     "and in one body",
     [] {
         EXPECT_NE(read("mult_ip_in_sdp").body().find("c=IN IP6 2001:db8::1\r\n"),
                   std::string::npos);
     }},
    {"RFC 5118 4.9",
     "an IPv4 address in IPv6 clothes is read",
     [] {
         const auto m = read("ipv4_mapped_ipv6");
         const auto via = sip::parse_via(m.first(header::via));
         ASSERT_TRUE(via);
         EXPECT_EQ(via->port, 19823);
         EXPECT_EQ(ip_address::parse(via->host), ip_address::parse("192.0.2.10"));
     }},
    {"RFC 5118 4.10",
     "three colons, as the grammar of RFC 3261 has it, and two, as it should",
     [] {
         for (const auto* name : {"ipv6_bug_abnf_3_colons", "ipv6_correct_abnf_2_colons"}) {
             const auto m = read(name);
             EXPECT_TRUE(sip::parse_uri(m.uri())) << name;
             EXPECT_FALSE(sip::check_request(m)) << name;
         }
     }},
    {"RFC 5118 4.2",
     "an element answers 400",
     [] {
         house h;
         sender caller(h, "10.0.0.8");
         caller.send(torture().at("ipv6_bad"));
         h.run_for(100ms);
         EXPECT_EQ(caller.heard(), "400 ");
     }},
    {"RFC 5118 4.9",
     "a call between IPv6 hosts reaches its user",
     [] {
         scene x;
         x.h.own_domain("example.com");
         x.h.add_user("user@example.com");
         auto reg = x.gw.request("REGISTER", "sip:example.com");
         reg.set(header::from, "<sip:user@example.com>;tag=1");
         reg.set(header::to, "<sip:user@example.com>");
         EXPECT_EQ(x.answer_to(reg).status(), 200);
         sender caller(x.h, "10.0.0.8");
         caller.send(torture().at("ipv4_mapped_ipv6"));
         EXPECT_EQ(x.gateway_hears(), "INVITE ");
         const auto there = x.gw.expect("INVITE");
         EXPECT_EQ(there.values(header::via).size(), 3U);
         EXPECT_EQ(there.value(header::contact), "\"T. desk phone\" <sip:ted@[::ffff:192.0.2.2]>");
     }},
    {"RFC 5118 4.5",
     "to an IPv6 peer the house writes received without brackets",
     [] {
         house h;
         sender caller(h, "2001:db8::9");
         h.add_user("bob");
         auto m = sip::message::request("OPTIONS", "sip:contoso.test");
         m.append(header::via, "SIP/2.0/UDP host.example.com;branch=z9hG4bK1;rport");
         m.append(header::from, "<sip:user@example.com>;tag=1");
         m.append(header::to, "<sip:contoso.test>");
         m.append(header::call_id, "1");
         m.append(header::cseq, "1 OPTIONS");
         caller.send(m.text());
         h.run_for(100ms);
         const auto ok = caller.expect("200");
         const auto via = sip::parse_via(ok.first(header::via));
         ASSERT_TRUE(via);
         EXPECT_EQ(via->params.get("received"), "2001:db8::9");
         EXPECT_FALSE(via->params.value_or("rport", {}).empty());
     }},
};

TEST(rfc5118, rows) {
    play(rows);
}

} // namespace
} // namespace lyceum::conformance
