// RFC 3261 16: what the house does with requests that are for others.
#include "machines/response_context/context.h"
#include "protocol/sip/address.h"
#include "tests/conformance/rows.h"
#include "tests/conformance/scene.h"

namespace lyceum::conformance {
namespace {

const row rows[] = {
    {"RFC 3261 16.3",
     "step 1: what cannot be read is refused: 400",
     [] {
         scene x;
         EXPECT_EQ(x.answer_to(with(x.ask("MESSAGE"), header::cseq, "x MESSAGE")).status(), 400);
     }},
    {"RFC 3261 16.3",
     "step 1: what is not understood, but not needed, passes",
     [] {
         scene x;
         auto m = x.ask("FROBNICATE");
         m.append("X-Strange", ";;,=");
         m.append(header::require, "only-the-callee-knows");
         const auto there = x.delivered(m);
         EXPECT_EQ(there.value("X-Strange"), ";;,=");
         EXPECT_EQ(there.value(header::require), "only-the-callee-knows");
     }},
    {"RFC 3261 16.3",
     "step 2: a scheme that is not served: 416",
     [] {
         scene x;
         EXPECT_EQ(x.answer_to(x.gw.request("MESSAGE", "im:bob@contoso.test")).status(), 416);
     }},
    {"RFC 3261 16.3",
     "step 3: Max-Forwards 0 goes no further: 483",
     [] {
         scene x;
         EXPECT_EQ(x.answer_to(with(x.ask("MESSAGE"), header::max_forwards, "0")).status(), 483);
         EXPECT_EQ(x.bob.heard(), "");
     }},
    {"RFC 3261 16.3",
     "step 3: an OPTIONS that spent its hops at us is answered as ours",
     [] {
         scene x;
         auto m = x.gw.request("OPTIONS", "sip:contoso.test");
         m.set(header::max_forwards, "0");
         EXPECT_EQ(x.answer_to(m).status(), 200);
     }},
    {"RFC 3261 16.3",
     "step 4: a request that comes back unchanged is a loop: 482",
     [] {
         scene x;
         auto m = x.gw.request("MESSAGE", "sip:line@10.0.0.9");
         x.gw.send(m);
         x.h.run_for(100ms);
         const auto there = x.gw.expect("MESSAGE");
         (void)x.gw.heard();
         auto again = there; // as the gateway's own proxy would send it back
         again.prepend(header::via, "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKback");
         x.gw.send(again);
         EXPECT_EQ(x.gateway_hears(), "482 ");
     }},
    {"RFC 3261 16.3",
     "step 5: Proxy-Require that nobody knows: 420 and Unsupported",
     [] {
         scene x;
         auto m = x.ask("MESSAGE");
         m.append(header::proxy_require, "one, two");
         const auto r = x.answer_to(m);
         EXPECT_EQ(r.status(), 420);
         EXPECT_TRUE(r.lists(header::unsupported, "one"));
         EXPECT_TRUE(r.lists(header::unsupported, "two"));
     }},
    {"RFC 3261 16.4",
     "our own Route comes off",
     [] {
         scene x;
         auto m = x.ask("MESSAGE");
         m.append(header::route, "<sip:fe.contoso.test:5060;lr>");
         EXPECT_FALSE(x.delivered(m).has(header::route));
     }},
    {"RFC 3261 16.4",
     "from a strict router: our route is the Request-URI, the target the last Route",
     [] {
         scene x;
         auto m = x.gw.request("MESSAGE", "sip:fe.contoso.test;lr");
         m.append(header::route, "<" + x.bob.aor() + ">");
         const auto there = x.delivered(m);
         EXPECT_FALSE(there.has(header::route));
     }},
    {"RFC 3261 16.5",
     "a user who is not here: 404, one who is away: 480",
     [] {
         scene x;
         x.h.add_user("away");
         EXPECT_EQ(x.answer_to(x.gw.request("MESSAGE", "sip:no@contoso.test")).status(), 404);
         EXPECT_EQ(x.answer_to(x.gw.request("MESSAGE", "sip:away@contoso.test")).status(), 480);
     }},
    {"RFC 3261 16.6",
     "step 1: all header fields and the body go on as they came, in their order",
     [] {
         scene x;
         auto m = x.ask("MESSAGE");
         m.append("X-One", "1");
         m.append(header::subject, "words");
         m.append("X-Two", "2");
         m.set_body("text/plain", "h\xC3\xA9llo\r\n\r\nagain");
         const auto there = x.delivered(m);
         EXPECT_EQ(there.body(), m.body());
         std::string names;
         for (const auto& f : there.fields()) {
             const auto n = there.name(f);
             if (n.starts_with("X-") || n == "Subject") names += std::string(n) + " ";
         }
         EXPECT_EQ(names, "X-One Subject X-Two ");
     }},
    {"RFC 3261 16.6",
     "step 2: the Request-URI becomes the contact",
     [] {
         scene x;
         x.register_phone("phone", "<sip:line7@10.0.0.9;transport=udp>");
         x.bob.send(x.bob.request("MESSAGE", "sip:phone@contoso.test"));
         x.h.run_for(100ms);
         EXPECT_EQ(x.gw.expect("MESSAGE").uri(), "sip:line7@10.0.0.9;transport=udp");
     }},
    {"RFC 3261 16.6",
     "step 3: Max-Forwards is one less",
     [] {
         scene x;
         EXPECT_EQ(x.delivered(with(x.ask("MESSAGE"), header::max_forwards, "5"))
                       .value(header::max_forwards),
                   "4");
     }},
    {"RFC 3261 16.6",
     "step 4: who stays in the dialog says so in Record-Route, with lr, before the others",
     [] {
         scene x;
         auto m = x.ask("INVITE");
         m.append(header::record_route, "<sip:before.test;lr>");
         const auto routes_of = x.delivered(m);
         const auto routes = routes_of.values(header::record_route);
         ASSERT_GE(routes.size(), 2U);
         EXPECT_EQ(routes.back(), "<sip:before.test;lr>");
         const auto ours = sip::parse_address(routes.front());
         ASSERT_TRUE(ours);
         EXPECT_TRUE(sip::parse_uri(ours->uri)->params.has("lr"));
     }},
    {"RFC 3261 16.6",
     "step 4: a request that makes no dialog needs none",
     [] {
         scene x;
         EXPECT_FALSE(x.delivered(x.ask("MESSAGE")).has(header::record_route));
     }},
    {"RFC 3261 16.6",
     "step 6: before a strict router the Request-URI goes last into Route",
     [] {
         scene x;
         auto m = x.gw.request("MESSAGE", "sip:callee@elsewhere.test");
         m.append(header::route, "<sip:10.0.0.9>");
         x.gw.send(m);
         x.h.run_for(100ms);
         const auto there = x.gw.take("MESSAGE");
         ASSERT_TRUE(there);
         EXPECT_EQ(there->uri(), "sip:10.0.0.9");
         EXPECT_EQ(there->value(header::route), "<sip:callee@elsewhere.test>");
     }},
    {"RFC 3261 16.6",
     "step 8: our Via comes first, the others follow untouched",
     [] {
         scene x;
         auto m = x.ask("MESSAGE");
         m.append(header::via, "SIP/2.0/TCP old.test;branch=z9hG4bKold");
         const auto there = x.delivered(m);
         const auto vias = there.values(header::via);
         ASSERT_EQ(vias.size(), 3U);
         EXPECT_EQ(sip::parse_via(vias[0])->host, "fe.contoso.test");
         EXPECT_EQ(vias[2], "SIP/2.0/TCP old.test;branch=z9hG4bKold");
     }},
    {"RFC 3261 16.6",
     "step 8: each fork has a branch of its own",
     [] {
         forked x;
         (void)x.ring();
         EXPECT_NE(sip::parse_via(x.at_first.first(header::via))->branch(),
                   sip::parse_via(x.at_second.first(header::via))->branch());
     }},
    {"RFC 3261 16.6",
     "step 9: over a stream a Content-Length is added",
     [] {
         scene x;
         auto m = x.ask("MESSAGE");
         m.set_body("text/plain", "abc");
         auto octets = m.text();
         const auto at = octets.find("Content-Length");
         octets.erase(at, octets.find("\r\n", at) + 2 - at);
         sender raw(x.h, "10.0.0.8");
         raw.send(octets);
         x.h.run_for(100ms);
         EXPECT_EQ(x.bob.expect("MESSAGE").value(header::content_length), "3");
     }},
    {"RFC 3261 16.7",
     "step 3: our Via comes off",
     [] {
         scene x;
         const auto m = x.ask("MESSAGE");
         const auto there = x.delivered(m);
         x.bob.send(x.bob.answer(there, 200));
         x.h.run_for(100ms);
         const auto back = x.gw.expect("200");
         EXPECT_EQ(back.values(header::via), m.values(header::via));
     }},
    {"RFC 3261 16.7",
     "step 4: 100 of the next hop stays there",
     [] {
         scene x;
         const auto there = x.delivered(x.ask("INVITE"));
         (void)x.gw.heard();
         x.bob.send(x.bob.answer(there, 100));
         EXPECT_EQ(x.gateway_hears(), "");
     }},
    {"RFC 3261 16.7",
     "step 5: every other provisional response goes back at once, and every 2xx",
     [] {
         forked x;
         (void)x.ring();
         x.first.send(x.first.answer(x.at_first, 180));
         x.second.send(x.second.answer(x.at_second, 183));
         EXPECT_EQ(x.caller_hears(), "180 183 ");
         x.first.send(x.first.answer(x.at_first, 200));
         x.second.send(x.second.answer(x.at_second, 200));
         EXPECT_EQ(x.caller_hears(), "200 200 ");
     }},
    {"RFC 3261 16.7",
     "step 5: a refusal waits for the other branches",
     [] {
         forked x;
         (void)x.ring();
         x.first.send(x.first.answer(x.at_first, 486));
         EXPECT_EQ(x.caller_hears(5s), "");
         EXPECT_TRUE(x.first.heard().contains("ACK"));
         x.second.send(x.second.answer(x.at_second, 200));
         EXPECT_EQ(x.caller_hears(), "200 ");
     }},
    {"RFC 3261 16.7",
     "step 5: a 6xx ends all of it: the others are cancelled, and it goes back when they are done",
     [] {
         forked x;
         (void)x.ring();
         x.second.send(x.second.answer(x.at_second, 180));
         (void)x.caller_hears();
         x.first.send(x.first.answer(x.at_first, 603));
         x.h.run_for(100ms);
         EXPECT_TRUE(x.second.heard().contains("CANCEL"));
         x.second.send(x.second.answer(x.second.expect("CANCEL"), 200));
         x.second.send(x.second.answer(x.at_second, 487));
         EXPECT_EQ(x.caller_hears(), "603 ");
     }},
    {"RFC 3261 16.7",
     "step 6: of several refusals one of the lowest class goes back",
     [] {
         forked x;
         (void)x.ring();
         x.first.send(x.first.answer(x.at_first, 500));
         x.second.send(x.second.answer(x.at_second, 486));
         EXPECT_EQ(x.caller_hears(), "486 ");
     }},
    {"RFC 3261 16.7",
     "step 6: a 503 alone becomes 500",
     [] {
         scene x;
         x.register_phone("phone");
         x.bob.send(x.bob.request("MESSAGE", "sip:phone@contoso.test"));
         x.h.run_for(100ms);
         x.gw.send(x.gw.answer(x.gw.expect("MESSAGE"), 503));
         EXPECT_EQ(x.bob_hears(), "500 ");
     }},
    {"RFC 3261 16.7",
     "step 7: the challenges of all branches go back together",
     [] {
         forked x;
         (void)x.ring();
         auto one = x.first.answer(x.at_first, 401);
         one.append(header::www_authenticate, "Digest realm=\"one\", nonce=\"1\"");
         auto two = x.second.answer(x.at_second, 407);
         two.append(header::proxy_authenticate, "Digest realm=\"two\", nonce=\"2\"");
         x.first.send(one);
         x.second.send(two);
         x.h.run_for(100ms);
         auto back = x.caller.take("401");
         if (!back) back = x.caller.take("407");
         ASSERT_TRUE(back);
         EXPECT_TRUE(back->value(header::www_authenticate).contains("one"));
         EXPECT_TRUE(back->value(header::proxy_authenticate).contains("two"));
     }},
    {"RFC 3261 16.7",
     "step 10: after a 2xx the branches that still ring are cancelled",
     [] {
         forked x;
         (void)x.ring();
         x.first.send(x.first.answer(x.at_first, 180));
         x.second.send(x.second.answer(x.at_second, 180));
         (void)x.caller_hears();
         x.first.send(x.first.answer(x.at_first, 200));
         x.h.run_for(100ms);
         EXPECT_TRUE(x.second.heard().contains("CANCEL"));
         EXPECT_FALSE(x.first.heard().contains("CANCEL"));
     }},
    {"RFC 3261 16.8",
     "timer C: who rings for more than three minutes is cancelled",
     [] {
         forked x;
         (void)x.ring();
         x.first.send(x.first.answer(x.at_first, 180));
         x.second.send(x.second.answer(x.at_second, 180));
         x.h.run_for(170s);
         EXPECT_FALSE(x.first.heard().contains("CANCEL"));
         x.h.run_for(20s);
         EXPECT_TRUE(x.first.heard().contains("CANCEL"));
     }},
    {"RFC 3261 16.8",
     "timer C starts anew with every provisional response but 100",
     [] {
         forked x;
         (void)x.ring();
         for (int i = 0; i < 3; ++i) {
             x.first.send(x.first.answer(x.at_first, 180));
             x.second.send(x.second.answer(x.at_second, 183));
             x.h.run_for(120s);
         }
         EXPECT_FALSE(x.first.heard().contains("CANCEL"));
     }},
    {"RFC 3261 16.7",
     "step 6: when no final response came at all: 408",
     [] {
         scene x;
         x.register_phone("phone");
         x.bob.send(x.bob.request("MESSAGE", "sip:phone@contoso.test"));
         x.h.run_for(40s);
         EXPECT_EQ(x.bob.heard(), "408 ");
     }},
    {"RFC 3261 16.9",
     "a hop that cannot be reached counts as 503, which goes back as 500",
     [] {
         scene x;
         x.register_phone("phone", "<sip:phone@10.0.0.99;transport=tcp>");
         x.h.trust("10.0.0.99");
         x.bob.send(x.bob.request("MESSAGE", "sip:phone@contoso.test"));
         x.h.run_for(1min);
         const auto heard = x.bob.heard();
         EXPECT_TRUE(heard == "500 " || heard == "503 ") << heard;
     }},
    {"RFC 3261 16.10",
     "a CANCEL is answered here and goes to every branch that rings",
     [] {
         forked x;
         const auto m = x.ring();
         x.first.send(x.first.answer(x.at_first, 180));
         x.second.send(x.second.answer(x.at_second, 180));
         (void)x.caller_hears();
         x.caller.send(cancel_of(m));
         EXPECT_EQ(x.caller_hears(), "200 ");
         EXPECT_TRUE(x.first.heard().contains("CANCEL"));
         EXPECT_TRUE(x.second.heard().contains("CANCEL"));
         x.first.send(x.first.answer(x.at_first, 487));
         x.second.send(x.second.answer(x.at_second, 487));
         EXPECT_EQ(x.caller_hears(), "487 ");
     }},
    {"RFC 3261 9.1",
     "a branch that has said nothing yet is not cancelled before it does",
     [] {
         forked x;
         const auto m = x.ring();
         x.caller.send(cancel_of(m));
         x.h.run_for(100ms);
         EXPECT_FALSE(x.first.heard().contains("CANCEL"));
         x.first.send(x.first.answer(x.at_first, 180));
         x.h.run_for(100ms);
         EXPECT_TRUE(x.first.heard().contains("CANCEL"));
     }},
    {"RFC 3261 9.1",
     "the CANCEL is its INVITE again: Request-URI, Call-ID, To, From, CSeq number, one Via",
     [] {
         forked x;
         const auto m = x.ring();
         x.first.send(x.first.answer(x.at_first, 180));
         (void)x.caller_hears();
         x.caller.send(cancel_of(m));
         x.h.run_for(100ms);
         const auto c = x.first.expect("CANCEL");
         EXPECT_EQ(c.uri(), x.at_first.uri());
         for (const auto h : {header::call_id, header::to, header::from})
             EXPECT_EQ(c.value(h), x.at_first.value(h)) << sip::name(h);
         EXPECT_EQ(c.cseq_number(), x.at_first.cseq_number());
         EXPECT_EQ(c.cseq_method(), "CANCEL");
         ASSERT_EQ(c.values(header::via).size(), 1U);
         EXPECT_EQ(c.first(header::via), x.at_first.first(header::via));
     }},
    {"RFC 3261 13.2.2.4",
     "the ACK of a 2xx is carried like any request in the dialog, and nothing answers it",
     [] {
         scene x;
         const auto m = x.ask("INVITE");
         const auto there = x.delivered(m);
         x.bob.send(x.bob.answer(there, 200));
         x.h.run_for(100ms);
         const auto ok = x.gw.expect("200");
         (void)x.gw.heard();
         auto ack =
             sip::message::request("ACK", sip::parse_address(ok.value(header::contact))->uri);
         ack.append(header::via, "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKack");
         const auto routes = ok.values(header::record_route);
         for (auto it = routes.rbegin(); it != routes.rend(); ++it)
             ack.append(header::route, *it);
         ack.append(header::max_forwards, "70");
         for (const auto h : {header::from, header::to, header::call_id})
             ack.append(h, ok.value(h));
         ack.append(header::cseq, "1 ACK");
         x.gw.send(ack);
         EXPECT_EQ(x.gateway_hears(), "");
         EXPECT_TRUE(x.bob.heard().ends_with("ACK "));
     }},
};

TEST(rfc3261, proxy) {
    play(rows);
}

} // namespace
} // namespace lyceum::conformance
