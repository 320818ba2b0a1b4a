// RFC 3261 18 and RFC 3581: which way messages go, and where they end.
#include "protocol/sip/address.h"
#include "tests/conformance/rows.h"
#include "tests/conformance/scene.h"

namespace lyceum::conformance {
namespace {

std::string with_via(const sip::message& m, std::string_view via) {
    return with(m, header::via, via).text();
}

const row rows[] = {
    {"RFC 3261 18.1.1",
     "a request of more than 1300 octets does not leave over UDP",
     [] {
         scene x;
         x.register_phone("phone");
         auto m = x.bob.request("MESSAGE", "sip:phone@contoso.test");
         m.set_body("text/plain", std::string(2000, 'x'));
         x.bob.send(m);
         x.h.run_for(100ms);
         const auto there = x.gw.expect("MESSAGE");
         EXPECT_EQ(sip::parse_via(there.first(header::via))->transport, "TCP");
     }},
    {"RFC 3261 18.1.1",
     "a shorter one does",
     [] {
         scene x;
         x.register_phone("phone");
         auto m = x.bob.request("MESSAGE", "sip:phone@contoso.test");
         m.set_body("text/plain", std::string(400, 'x'));
         x.bob.send(m);
         x.h.run_for(100ms);
         const auto there = x.gw.expect("MESSAGE");
         EXPECT_EQ(sip::parse_via(there.first(header::via))->transport, "UDP");
     }},
    {"RFC 3261 18.1.1",
     "where TCP is refused the long one goes over UDP after all",
     [] {
         scene x;
         gateway old(x.h, "10.0.0.20", true, false);
         x.register_phone("phone", "<sip:phone@10.0.0.20>");
         auto m = x.bob.request("MESSAGE", "sip:phone@contoso.test");
         m.set_body("text/plain", std::string(2000, 'x'));
         x.bob.send(m);
         x.h.run_for(2s);
         const auto there = old.expect("MESSAGE");
         EXPECT_EQ(sip::parse_via(there.first(header::via))->transport, "UDP");
         EXPECT_EQ(there.body().size(), 2000U);
     }},
    {"RFC 3261 18.1.1",
     "a datagram of many octets is read: 65,000",
     [] {
         scene x;
         auto m = x.ask("MESSAGE");
         m.set_body("text/plain", std::string(64000, 'x'));
         EXPECT_EQ(x.delivered(m).body().size(), 64000U);
     }},
    {"RFC 3261 18.1.1",
     "our Via names the transport, and where we listen at it",
     [] {
         scene x;
         x.register_phone("phone");
         x.bob.send(x.bob.request("MESSAGE", "sip:phone@contoso.test"));
         x.h.run_for(100ms);
         const auto there = x.gw.expect("MESSAGE");
         EXPECT_TRUE(there.first(header::via).starts_with("SIP/2.0/UDP fe.contoso.test:5060;"));
         const auto at_bob = x.delivered(x.ask("MESSAGE"));
         EXPECT_TRUE(at_bob.first(header::via).starts_with("SIP/2.0/TLS fe.contoso.test:5061;"));
     }},
    {"RFC 3261 18.1.2",
     "a response whose top Via is not ours is dropped",
     [] {
         scene x;
         x.register_phone("phone");
         x.bob.send(x.bob.request("MESSAGE", "sip:phone@contoso.test"));
         x.h.run_for(100ms);
         auto r = x.gw.answer(x.gw.expect("MESSAGE"), 200);
         r.replace_first(header::via, "SIP/2.0/UDP other.test;branch=z9hG4bKother");
         x.gw.send(r);
         EXPECT_EQ(x.bob_hears(), "");
     }},
    {"RFC 3261 18.2.1",
     "received is added when sent-by is not where it came from: a name, or another address",
     [] {
         for (const auto* by : {"pbx.other.test", "192.0.2.1"}) {
             scene x;
             const auto there =
                 x.delivered(with(x.ask("MESSAGE"),
                                  header::via,
                                  std::string("SIP/2.0/UDP ") + by + ";branch=z9hG4bK1"));
             const auto via = sip::parse_via(there.values(header::via)[1]);
             ASSERT_TRUE(via);
             EXPECT_EQ(via->params.get("received"), "10.0.0.9") << by;
         }
     }},
    {"RFC 3261 18.2.1",
     "a received that somebody else wrote there is not believed",
     [] {
         scene x;
         const auto m = with(x.ask("OPTIONS"),
                             header::via,
                             "SIP/2.0/UDP pbx.test;branch=z9hG4bK1;received=192.0.2.66");
         const auto there = x.delivered(m);
         const auto via = there.values(header::via)[1];
         EXPECT_EQ(via.find("192.0.2.66"), std::string_view::npos) << via;
     }},
    {"RFC 3261 18.2.2",
     "over UDP an answer goes to received, at sent-by's port, 5060 when there is none",
     [] {
         scene x;
         sender caller(x.h, "10.0.0.8");
         for (const auto* by : {"pbx.other.test", "pbx.other.test:5050"}) {
             caller.send(with_via(x.gw.request("OPTIONS", "sip:contoso.test"),
                                  std::string("SIP/2.0/UDP ") + by + ";branch=z9hG4bK" + by));
             x.h.run_for(100ms);
             EXPECT_EQ(caller.heard(), "200 ") << by;
         }
     }},
    {"RFC 3261 18.2.2",
     "with maddr it goes there",
     [] {
         scene x;
         sender caller(x.h, "10.0.0.8");
         caller.send(with_via(x.gw.request("OPTIONS", "sip:contoso.test"),
                              "SIP/2.0/UDP 10.0.0.8;branch=z9hG4bK1;maddr=10.0.0.9"));
         EXPECT_EQ(x.gateway_hears(), "200 ");
         EXPECT_EQ(caller.heard(), "");
     }},
    {"RFC 3261 18.2.2",
     "over a stream it goes back over the connection",
     [] {
         scene x;
         sender caller(x.h, "10.0.0.8");
         caller.send_stream(with_via(x.gw.request("OPTIONS", "sip:contoso.test"),
                                     "SIP/2.0/TCP 10.0.0.77;branch=z9hG4bK1"));
         x.h.run_for(100ms);
         EXPECT_EQ(caller.heard(), "200 ");
     }},
    {"RFC 3261 18.2.2",
     "when that is gone, to received at the port of sent-by over a new one",
     [] {
         scene x;
         x.gw.use_tcp();
         const auto there = x.delivered(x.ask("MESSAGE"));
         x.gw.hang_up();
         x.h.run_for(100ms);
         x.bob.send(x.bob.answer(there, 200));
         EXPECT_EQ(x.gateway_hears(1s), "200 ");
     },
     {"decided: an answer whose connection is gone is dropped", "docs/protocols/sip.md"}},
    {"RFC 3261 18.3",
     "in a datagram what follows Content-Length is not there",
     [] {
         scene x;
         auto m = x.ask("MESSAGE");
         m.set_body("text/plain", "abc");
         sender caller(x.h, "10.0.0.8");
         caller.send(m.text() + "and more");
         x.h.run_for(100ms);
         EXPECT_EQ(x.bob.expect("MESSAGE").body(), "abc");
     }},
    {"RFC 3261 18.3",
     "a datagram without Content-Length has its whole rest as body",
     [] {
         scene x;
         auto octets = x.ask("MESSAGE").text();
         const auto at = octets.find("Content-Length");
         if (at != std::string::npos) octets.erase(at, octets.find("\r\n", at) + 2 - at);
         sender caller(x.h, "10.0.0.8");
         caller.send(octets + "all of it");
         x.h.run_for(100ms);
         EXPECT_EQ(x.bob.expect("MESSAGE").body(), "all of it");
     }},
    {"RFC 3261 18.3",
     "a datagram that is shorter than it says: 400",
     [] {
         scene x;
         auto m = x.ask("MESSAGE");
         m.set_body("text/plain", "abc");
         auto octets = m.text();
         octets.pop_back();
         sender caller(x.h, "10.0.0.8");
         caller.send(octets);
         x.h.run_for(100ms);
         EXPECT_EQ(caller.heard(), "400 ");
     }},
    {"RFC 3261 18.3",
     "a response that is shorter than it says is dropped",
     [] {
         scene x;
         x.register_phone("phone");
         x.bob.send(x.bob.request("MESSAGE", "sip:phone@contoso.test"));
         x.h.run_for(100ms);
         auto r = x.gw.answer(x.gw.expect("MESSAGE"), 200);
         r.set_body("text/plain", "abc");
         auto octets = r.text();
         octets.pop_back();
         sender phone(x.h, "10.0.0.8");
         phone.send(octets);
         EXPECT_EQ(x.bob_hears(), "");
         phone.send(r.text());
         EXPECT_EQ(x.bob_hears(), "200 ");
     }},
    {"RFC 3261 18.3",
     "a stream is cut by Content-Length, however it arrives",
     [] {
         scene x;
         auto m = x.ask("MESSAGE");
         m.set(header::via, "SIP/2.0/TCP 10.0.0.8;branch=z9hG4bK1");
         m.set_body("text/plain", "abc");
         auto two = m;
         two.set(header::via, "SIP/2.0/TCP 10.0.0.8;branch=z9hG4bK2");
         two.set(header::call_id, "another");
         const auto octets = m.text() + two.text();
         sender caller(x.h, "10.0.0.8");
         for (std::size_t at = 0; at < octets.size(); at += 7)
             caller.send_stream(std::string_view(octets).substr(at, 7));
         EXPECT_EQ(x.bob_hears(), "MESSAGE MESSAGE ");
     }},
    {"RFC 3261 7.5",
     "empty lines before a message are skipped",
     [] {
         scene x;
         sender caller(x.h, "10.0.0.8");
         caller.send_stream("\r\n\r\n" + with_via(x.gw.request("OPTIONS", "sip:contoso.test"),
                                                  "SIP/2.0/TCP 10.0.0.8;branch=z9hG4bK1"));
         x.h.run_for(100ms);
         EXPECT_EQ(caller.heard(), "200 ");
     }},
    {"RFC 3261 18.4",
     "a connection that breaks ends what was to be sent over it",
     [] {
         scene x;
         x.gw.send(x.ask("MESSAGE"));
         x.h.run_for(100ms);
         x.bob.hang_up();
         const auto heard = x.gateway_hears(1s);
         EXPECT_TRUE(heard == "500 " || heard == "480 " || heard == "503 ") << heard;
     }},
    {"RFC 3581 3",
     "what leaves over UDP asks for rport",
     [] {
         scene x;
         x.register_phone("phone");
         x.bob.send(x.bob.request("MESSAGE", "sip:phone@contoso.test"));
         x.h.run_for(100ms);
         const auto there = x.gw.expect("MESSAGE");
         const auto via = sip::parse_via(there.first(header::via));
         ASSERT_TRUE(via && via->params.has("rport"));
         EXPECT_EQ(via->params.value_or("rport", {}), "") << "a flag, without a value";
     }},
    {"RFC 3581 4",
     "an empty rport gets the port it came from, and received is there in any case",
     [] {
         scene x;
         const auto there = x.delivered(
             with(x.ask("MESSAGE"), header::via, "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1;rport"));
         const auto via = sip::parse_via(there.values(header::via)[1]);
         ASSERT_TRUE(via);
         EXPECT_EQ(via->params.get("rport"), "5060");
         EXPECT_EQ(via->params.get("received"), "10.0.0.9");
     }},
    {"RFC 3581 4",
     "over every transport",
     [] {
         scene x;
         sender caller(x.h, "10.0.0.8");
         caller.send_stream(with_via(x.gw.request("OPTIONS", "sip:contoso.test"),
                                     "SIP/2.0/TCP 10.0.0.8;branch=z9hG4bK1;rport"));
         x.h.run_for(100ms);
         const auto ok = caller.expect("200");
         const auto via = sip::parse_via(ok.first(header::via));
         ASSERT_TRUE(via);
         EXPECT_FALSE(via->params.value_or("rport", {}).empty());
         EXPECT_EQ(via->params.get("received"), "10.0.0.8");
     }},
    {"RFC 3581 4",
     "and the answer goes to where the request came from, whatever sent-by says",
     [] {
         scene x;
         const auto r = x.answer_to(with(x.gw.request("OPTIONS", "sip:contoso.test"),
                                         header::via,
                                         "SIP/2.0/UDP 10.0.0.9:9999;branch=z9hG4bK1;rport"));
         EXPECT_EQ(r.status(), 200);
     }},
    {"RFC 3581 4",
     "without rport no port is added",
     [] {
         scene x;
         const auto there = x.delivered(
             with(x.ask("MESSAGE"), header::via, "SIP/2.0/UDP pbx.test;branch=z9hG4bK1"));
         EXPECT_FALSE(sip::parse_via(there.values(header::via)[1])->params.has("rport"));
     }},
};

TEST(rfc3261, transport) {
    play(rows);
}

} // namespace
} // namespace lyceum::conformance
