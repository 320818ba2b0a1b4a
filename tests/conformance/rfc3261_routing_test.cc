// RFC 3261 16, what the rows of the proxy leave over: where a request goes and what it looks like
// there, CANCEL and ACK on their way, and what of a response comes back.
#include "protocol/sip/address.h"
#include "tests/conformance/rows.h"
#include "tests/conformance/scene.h"

namespace lyceum::conformance {
namespace {

/// A trusted caller at 10.0.0.11 whose requests go by way of the gateway: Route.
struct routed : scene {
    routed() : caller(h, "10.0.0.11") {}
    /// An INVITE of the caller as it reaches the gateway.
    sip::message through(std::string_view route) {
        auto m = caller.request("INVITE", "sip:callee@elsewhere.test");
        m.append(header::route, route);
        m.append(header::require, "100rel");
        caller.send(m);
        h.run_for(100ms);
        sent = m;
        (void)caller.heard();
        return gw.expect("INVITE");
    }
    gateway caller;
    sip::message sent;
};

const row rows[] = {
    {"RFC 3261 16.3",
     "a merged request is no error for a proxy: both go on",
     [] {
         scene x;
         const auto one = x.ask("MESSAGE");
         (void)x.delivered(one);
         auto two = one;
         two.set(header::via, "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKby-another-way");
         x.gw.send(two);
         EXPECT_EQ(x.bob_hears(), "MESSAGE MESSAGE ");
     }},
    {"RFC 3261 16.3",
     "step 1: a malformed field that nobody needs goes on as it is",
     [] {
         scene x;
         auto m = x.ask("MESSAGE");
         m.append(header::date, "the day before yesterday");
         EXPECT_EQ(x.delivered(m).value(header::date), "the day before yesterday");
     }},
    {"RFC 3261 16.3",
     "step 4: what comes back for somebody else is a spiral, and goes on",
     [] {
         scene x;
         x.gw.send(x.gw.request("MESSAGE", "sip:line@10.0.0.9"));
         x.h.run_for(100ms);
         auto again = x.gw.expect("MESSAGE");
         again.set_uri("sip:bob@contoso.test");
         again.prepend(header::via, "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKback");
         x.gw.send(again);
         EXPECT_EQ(x.bob_hears(), "MESSAGE ");
     }},
    {"RFC 3261 16.4",
     "from a strict router: it is the last Route that is the target, the others stay",
     [] {
         scene x;
         auto m = x.gw.request("MESSAGE", "sip:fe.contoso.test:5060;lr");
         m.append(header::route, "<sip:10.0.0.9;lr>");
         m.append(header::route, "<sip:callee@elsewhere.test>");
         x.gw.send(m);
         x.h.run_for(100ms);
         const auto there = x.gw.take("MESSAGE");
         ASSERT_TRUE(there);
         EXPECT_EQ(there->uri(), "sip:callee@elsewhere.test");
         EXPECT_EQ(there->value(header::route), "<sip:10.0.0.9;lr>");
     }},
    {"RFC 3261 16.4",
     "a maddr that is the house itself changes nothing",
     [] {
         scene x;
         (void)x.delivered(x.gw.request("MESSAGE", "sip:bob@contoso.test;maddr=fe.contoso.test"));
     }},
    {"RFC 3261 16.5",
     "with any other maddr the Request-URI is the only target",
     [] {
         scene x;
         x.gw.send(x.gw.request("MESSAGE", "sip:bob@contoso.test;maddr=10.0.0.9"));
         EXPECT_EQ(x.bob_hears(), "");
         EXPECT_EQ(x.gw.heard(), "MESSAGE ");
     }},
    {"RFC 3261 16.5",
     "so it is when its domain is not ours",
     [] {
         scene x;
         x.gw.send(x.gw.request("MESSAGE", "sip:line@10.0.0.9;x=1"));
         x.h.run_for(100ms);
         EXPECT_EQ(x.gw.expect("MESSAGE").uri(), "sip:line@10.0.0.9;x=1");
     }},
    {"RFC 3261 16.5",
     "escapes and parameters do not make another user",
     [] {
         scene x;
         (void)x.delivered(x.gw.request("MESSAGE", "sip:%62ob@contoso.test;user=phone"));
     }},
    {"RFC 3261 16.5",
     "a place that appears while it rings elsewhere is asked, too",
     [] {
         scene x;
         x.register_phone("phone");
         x.bob.send(x.bob.request("INVITE", "sip:phone@contoso.test"));
         x.h.run_for(100ms);
         x.gw.send(x.gw.answer(x.gw.expect("INVITE"), 180));
         x.h.run_for(100ms);
         (void)x.gw.heard();
         x.register_phone("phone", "<sip:second@10.0.0.9>");
         EXPECT_EQ(x.gateway_hears(), "INVITE ");
     },
     {"decided: who is asked is settled when the request comes in", "docs/protocols/sip.md"}},
    {"RFC 3261 16.6",
     "step 2: what no Request-URI may hold is taken off: method, headers",
     [] {
         scene x;
         x.register_phone("phone", "<sip:line7@10.0.0.9;method=INVITE;x=1?Subject=y>");
         x.bob.send(x.bob.request("MESSAGE", "sip:phone@contoso.test"));
         x.h.run_for(100ms);
         const auto there = x.gw.expect("MESSAGE");
         EXPECT_EQ(there.uri(), "sip:line7@10.0.0.9;x=1");
         EXPECT_FALSE(there.has(header::subject));
     }},
    {"RFC 3261 16.6",
     "step 4: to a SIPS URI the recorded route is a SIPS URI",
     [] {
         scene x;
         const auto there = x.delivered(x.gw.request("INVITE", "sips:bob@contoso.test"));
         EXPECT_TRUE(there.first(header::record_route).starts_with("<sips:"));
     }},
    {"RFC 3261 16.6",
     "step 4: and a dialog's requests come back by it; who came over UDP has a route over UDP",
     [] {
         scene x;
         const auto there = x.delivered(x.gw.request("INVITE", "sips:bob@contoso.test"));
         const auto routes = there.values(header::record_route);
         ASSERT_EQ(routes.size(), 2U);
         EXPECT_EQ(routes[1], "<sip:fe.contoso.test:5060;lr>");
         x.bob.send(x.bob.answer(there, 200));
         x.h.run_for(100ms);
         auto info = x.bob.request("INFO", "sip:line@10.0.0.9");
         info.append(header::route, routes[0]);
         info.append(header::route, routes[1]);
         info.set(header::to, "<sip:line@other.test>;tag=g1");
         x.bob.send(info);
         x.h.run_for(100ms);
         EXPECT_FALSE(x.gw.expect("INFO").has(header::route));
     }},
    {"RFC 3261 16.6",
     "step 7: a request for a SIPS URI leaves over TLS or not at all",
     [] {
         scene x;
         x.register_phone("phone");
         x.bob.send(x.bob.request("MESSAGE", "sips:phone@contoso.test"));
         EXPECT_EQ(x.gateway_hears(), "");
     }},
    {"RFC 3261 16.6",
     "step 7: a Route that is not ours says where it goes, the Request-URI stays",
     [] {
         routed x;
         const auto there = x.through("<sip:10.0.0.9;lr>");
         EXPECT_EQ(there.uri(), "sip:callee@elsewhere.test");
         EXPECT_EQ(there.value(header::route), "<sip:10.0.0.9;lr>");
     }},
    {"RFC 3261 9.1",
     "a CANCEL goes the way of its INVITE, with its Route, and without Require",
     [] {
         routed x;
         const auto there = x.through("<sip:10.0.0.9;lr>");
         x.gw.send(x.gw.answer(there, 180));
         x.h.run_for(100ms);
         x.caller.send(cancel_of(x.sent));
         x.h.run_for(100ms);
         const auto c = x.gw.expect("CANCEL");
         EXPECT_EQ(c.value(header::route), "<sip:10.0.0.9;lr>");
         EXPECT_FALSE(c.has(header::require));
         EXPECT_FALSE(c.has(header::proxy_require));
     }},
    {"RFC 3261 17.1.1.3",
     "the ACK of a refusal has the Route of its INVITE",
     [] {
         routed x;
         x.gw.send(x.gw.answer(x.through("<sip:10.0.0.9;lr>"), 486));
         x.h.run_for(100ms);
         EXPECT_EQ(x.gw.expect("ACK").value(header::route), "<sip:10.0.0.9;lr>");
     }},
    {"RFC 3261 16.7",
     "step 2: a provisional response other than 100 starts timer C again",
     [] {
         forked x;
         (void)x.ring();
         for (int i = 0; i < 3; ++i) {
             x.first.send(x.first.answer(x.at_first, 180));
             x.second.send(x.second.answer(x.at_second, 100));
             x.h.run_for(2min);
         }
         EXPECT_FALSE(x.first.heard().contains("CANCEL"));
         EXPECT_TRUE(x.second.heard().contains("CANCEL"));
         x.h.run_for(70s);
         EXPECT_TRUE(x.first.heard().contains("CANCEL"));
     }},
    {"RFC 3261 16.7",
     "step 5: one final response to any other request, and nobody else is cancelled",
     [] {
         forked x;
         (void)x.ask("MESSAGE");
         x.first.send(x.first.answer(x.at_first, 200));
         EXPECT_EQ(x.caller_hears(), "200 ");
         x.second.send(x.second.answer(x.at_second, 200));
         EXPECT_EQ(x.caller_hears(), "");
         EXPECT_FALSE(x.second.heard().contains("CANCEL"));
     }},
    {"RFC 3261 16.7",
     "step 6: what says how to ask again comes before what does not",
     [] {
         for (const auto status : {415, 420, 484}) {
             forked x;
             (void)x.ring();
             x.first.send(x.first.answer(x.at_first, 404));
             x.second.send(x.second.answer(x.at_second, status));
             EXPECT_EQ(x.caller_hears(), std::to_string(status) + " ");
         }
     }},
    {"RFC 3261 16.7",
     "step 6: To tags come back as the callee wrote them",
     [] {
         scene x;
         for (const auto status : {180, 200, 486}) {
             const auto there = x.delivered(x.ask("INVITE"));
             auto r = x.bob.answer(there, status);
             r.set(header::to, "<sip:bob@contoso.test>;tag=bobs-own");
             x.bob.send(r);
             x.h.run_for(100ms);
             EXPECT_EQ(x.gw.expect(std::to_string(status)).to_tag(), "bobs-own") << status;
         }
     }},
    {"RFC 3261 16.7",
     "step 9: fields and body of a response come back as they were, received stays",
     [] {
         scene x;
         const auto there = x.delivered(
             with(x.ask("MESSAGE"), header::via, "SIP/2.0/UDP pbx.test;branch=z9hG4bK1"));
         auto r = x.bob.answer(there, 200);
         r.append("X-Strange", ";;,=");
         r.append(header::subject, "words");
         r.set_body("text/plain", "h\xC3\xA9llo");
         x.bob.send(r);
         x.h.run_for(100ms);
         const auto back = x.gw.expect("200");
         EXPECT_EQ(back.value("X-Strange"), ";;,=");
         EXPECT_EQ(back.value(header::subject), "words");
         EXPECT_EQ(back.body(), "h\xC3\xA9llo");
         EXPECT_EQ(sip::parse_via(back.first(header::via))->params.get("received"), "10.0.0.9");
     }},
    {"RFC 3261 16.9",
     "a response that cannot be sent is dropped, and nobody is cancelled for it",
     [] {
         scene x;
         x.gw.use_tcp();
         const auto there = x.delivered(x.ask("INVITE"));
         x.gw.hang_up();
         x.bob.send(x.bob.answer(there, 180));
         EXPECT_EQ(x.bob_hears(1s), "INVITE ");
     },
     {"decided: a caller whose connection ends has hung up", "docs/protocols/sip.md"}},
    {"RFC 3261 16.10",
     "a CANCEL for what is not known here goes on as any request",
     [] {
         scene x;
         x.gw.send(cancel_of(x.ask("INVITE")));
         EXPECT_EQ(x.bob_hears(), "CANCEL ");
         EXPECT_EQ(x.gw.heard(), "");
     },
     {"decided: it is answered 481", "docs/protocols/sip.md"}},
};

TEST(rfc3261, routing) {
    play(rows);
}

} // namespace
} // namespace lyceum::conformance
