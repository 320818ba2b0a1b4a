// RFC 3261 8: what the house does as the user agent server of what is meant for itself, and as a
// client.
#include "protocol/sip/address.h"
#include "tests/conformance/rows.h"
#include "tests/conformance/scene.h"

namespace lyceum::conformance {
namespace {

/// A request for the house itself.
sip::message to_house(scene& x, std::string_view method) {
    return x.gw.request(method, "sip:contoso.test");
}

const row rows[] = {
    {"RFC 3261 16.6",
     "step 3: what leaves has a Max-Forwards, 70 when it came without",
     [] {
         scene x;
         const auto there = x.delivered(without(x.ask("MESSAGE"), header::max_forwards));
         EXPECT_EQ(there.value(header::max_forwards), "70");
     }},
    {"RFC 3261 8.1.1.7",
     "our branches begin with the magic cookie, and each request has its own",
     [] {
         scene x;
         const auto one = x.delivered(x.ask("MESSAGE"));
         const auto two = x.delivered(x.ask("MESSAGE"));
         const auto first = sip::parse_via(one.first(header::via));
         const auto second = sip::parse_via(two.first(header::via));
         ASSERT_TRUE(first && second);
         EXPECT_TRUE(first->branch().starts_with("z9hG4bK"));
         EXPECT_NE(first->branch(), second->branch());
     }},
    {"RFC 3261 8.2.1",
     "a known method that the house does not serve: 405, and Allow says what it does",
     [] {
         scene x;
         const auto r =
             x.answer_to(with(to_house(x, "PUBLISH"), header::to, "<sip:bob@contoso.test>"));
         EXPECT_EQ(r.status(), 405);
         EXPECT_TRUE(r.has(header::allow));
     }},
    {"RFC 3261 21.5.2",
     "a method that nobody knows: 501",
     [] {
         scene x;
         const auto r = x.answer_to(with(to_house(x, "FOO"), header::to, "<sip:bob@contoso.test>"));
         EXPECT_EQ(r.status(), 501);
     }},
    {"RFC 3261 8.2.2.1",
     "a Request-URI of a scheme that is not served: 416",
     [] {
         scene x;
         EXPECT_EQ(x.answer_to(x.gw.request("OPTIONS", "mailto:bob@contoso.test")).status(), 416);
     }},
    {"RFC 3261 8.2.2.1",
     "a Request-URI that is nobody here: 404",
     [] {
         scene x;
         EXPECT_EQ(x.answer_to(x.gw.request("MESSAGE", "sip:no@contoso.test")).status(), 404);
     }},
    {"RFC 3261 8.2.2.1",
     "To may name somebody else than the Request-URI",
     [] {
         scene x;
         const auto there =
             x.delivered(with(x.ask("MESSAGE"), header::to, "<sip:old-number@elsewhere.test>"));
         EXPECT_EQ(there.value(header::to), "<sip:old-number@elsewhere.test>");
     }},
    {"RFC 3261 8.2.2.2",
     "the same request by two ways is a loop that somebody made: 482",
     [] {
         scene x;
         const auto one = to_house(x, "OPTIONS");
         EXPECT_EQ(x.answer_to(one).status(), 200);
         auto two = one;
         two.set(header::via, "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKby-another-way");
         EXPECT_EQ(x.answer_to(two).status(), 482);
         two.set(header::via, "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKby-a-third");
         EXPECT_EQ(x.answer_to(two).status(), 482);
     }},
    {"RFC 3261 8.2.2.2",
     "but not in a dialog, with another CSeq or From tag, or when the first one is long over",
     [] {
         scene x;
         auto m = to_house(x, "OPTIONS");
         EXPECT_EQ(x.answer_to(m).status(), 200);
         const auto other = [&](const char* branch) {
             auto out = m;
             out.set(header::via, "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK" + std::string(branch));
             return out;
         };
         EXPECT_EQ(
             x.answer_to(with(other("tag"), header::from, "<sip:line@10.0.0.9>;tag=no")).status(),
             200);
         EXPECT_EQ(x.answer_to(with(other("cseq"), header::cseq, "99 OPTIONS")).status(), 200);
         EXPECT_EQ(
             x.answer_to(with(other("dialog"), header::to, "<sip:contoso.test>;tag=1")).status(),
             200);
         EXPECT_EQ(x.answer_to(other("merged")).status(), 482);
         x.h.run_for(40s); // timer J of all of them
         EXPECT_EQ(x.answer_to(other("late")).status(), 200);
         x.h.run_for(40s);
         EXPECT_EQ(x.h.load().server_transactions, 0U);
     }},
    {"RFC 3261 8.2.2.3",
     "what is required and not known: 420, and Unsupported says what",
     [] {
         scene x;
         auto m = to_house(x, "REGISTER");
         m.set(header::from, "<sip:bob@contoso.test>;tag=1");
         m.set(header::to, "<sip:bob@contoso.test>");
         m.append(header::require, "one, gruu-10");
         m.append(header::require, "two");
         const auto r = x.answer_to(m);
         EXPECT_EQ(r.status(), 420);
         EXPECT_TRUE(r.lists(header::unsupported, "one"));
         EXPECT_TRUE(r.lists(header::unsupported, "two"));
         EXPECT_FALSE(r.lists(header::unsupported, "gruu-10"));
     }},
    {"RFC 3261 8.2.2.3",
     "Require in a CANCEL is ignored",
     [] {
         scene x;
         const auto invite = x.ask("INVITE");
         (void)x.delivered(invite);
         auto cancel = cancel_of(invite);
         cancel.append(header::require, "unheard-of");
         EXPECT_EQ(x.answer_to(cancel).status(), 200);
     }},
    {"RFC 3261 8.2.2",
     "a field that is not known, or malformed and not needed, is nobody's business",
     [] {
         scene x;
         auto m = to_house(x, "OPTIONS");
         m.append("X-Strange", ";;,=");
         m.append(header::date, "the day before yesterday");
         EXPECT_EQ(x.answer_to(m).status(), 200);
     }},
    {"RFC 3261 8.2.2.1",
     "a To of a scheme that nobody here knows does not matter",
     [] {
         scene x;
         const auto m = with(to_house(x, "OPTIONS"), header::to, "<tel:+15551234>");
         EXPECT_EQ(x.answer_to(m).status(), 200);
     }},
    {"RFC 3261 8.2.3",
     "an encoding that is not understood: 415, and Accept-Encoding says which are",
     [] {
         scene x;
         x.h.swallow("application/known");
         auto m = to_house(x, "SERVICE");
         m.set(header::to, "<sip:bob@contoso.test>");
         m.set_body("application/known", "x");
         m.append("Content-Encoding", "squeezed");
         const auto r = x.answer_to(m);
         EXPECT_EQ(r.status(), 415);
         EXPECT_FALSE(r.value("Accept-Encoding").empty());
     }},
    {"RFC 3261 8.2.3",
     "a body that is not understood: 415, and Accept says what is",
     [] {
         scene x;
         x.h.swallow("application/known");
         auto m = to_house(x, "SERVICE");
         m.set(header::to, "<sip:bob@contoso.test>");
         m.set_body("application/unheard-of", "x");
         const auto r = x.answer_to(m);
         EXPECT_EQ(r.status(), 415);
         EXPECT_TRUE(r.lists(header::accept, "application/known"));
     }},
    {"RFC 3261 8.2.6.1",
     "a request other than INVITE gets no provisional response",
     [] {
         scene x;
         x.gw.send(x.ask("MESSAGE"));
         EXPECT_EQ(x.gateway_hears(20s), "");
     }},
    {"RFC 3261 8.2.6.2",
     "From, Call-ID, CSeq and Via of a response are the request's",
     [] {
         scene x;
         const auto m = to_house(x, "OPTIONS");
         const auto r = x.answer_to(m);
         EXPECT_EQ(r.status(), 200);
         for (const auto h : {header::from, header::call_id, header::cseq, header::via})
             EXPECT_EQ(r.value(h), m.value(h)) << sip::name(h);
     }},
    {"RFC 3261 8.2.6.2",
     "To gets a tag of ours when it had none",
     [] {
         scene x;
         const auto r = x.answer_to(x.gw.request("MESSAGE", "sip:no@contoso.test"));
         EXPECT_EQ(r.status(), 404);
         EXPECT_FALSE(r.to_tag().empty());
     }},
    {"RFC 3261 8.2.6.2",
     "and keeps the one it had",
     [] {
         scene x;
         auto m = x.gw.request("MESSAGE", "sip:no@contoso.test");
         m.set(header::to, "<sip:no@contoso.test>;tag=theirs");
         EXPECT_EQ(x.answer_to(m).to_tag(), "theirs");
     }},
    {"RFC 3261 8.2.6.1",
     "100 carries the Timestamp back",
     [] {
         scene x;
         auto m = x.gw.request("INVITE", "sip:bob@contoso.test");
         m.append("Timestamp", "54.2");
         x.gw.send(m);
         x.h.run_for(100ms);
         EXPECT_TRUE(x.gw.expect("100").value("Timestamp").starts_with("54.2"));
     }},
    {"RFC 3261 8.2.6.2",
     "100 has no To tag: a provisional answer of the house is no dialog's. 17.2.1",
     [] {
         scene x;
         x.gw.send(x.ask("INVITE"));
         x.h.run_for(100ms);
         EXPECT_EQ(x.gw.expect("100").to_tag(), "");
     }},
    {"RFC 3261 9.2",
     "a CANCEL that cancels nothing: 481",
     [] {
         scene x;
         EXPECT_EQ(x.answer_to(cancel_of(to_house(x, "INVITE"))).status(), 481);
     }},
    {"RFC 3261 9.2",
     "a CANCEL after the final response changes nothing, and is answered",
     [] {
         scene x;
         const auto invite = x.ask("INVITE");
         x.bob.send(x.bob.answer(x.delivered(invite), 200));
         EXPECT_EQ(x.gateway_hears(), "100 200 ");
         EXPECT_EQ(x.answer_to(cancel_of(invite)).status(), 200);
         EXPECT_EQ(x.bob_hears(1s), "INVITE ");
     }},
    {"RFC 3261 9.2",
     "a request other than INVITE is not cancelled: its own answer comes",
     [] {
         scene x;
         const auto m = x.ask("MESSAGE");
         const auto there = x.delivered(m);
         EXPECT_EQ(x.answer_to(cancel_of(m)).status(), 200);
         x.bob.send(x.bob.answer(there, 202));
         EXPECT_EQ(x.gateway_hears(), "202 ");
     }},
    {"RFC 3261 9.2",
     "a CANCEL is answered by itself, with the To tag that its INVITE's answers have",
     [] {
         scene x;
         const auto invite = x.ask("INVITE");
         const auto there = x.delivered(invite);
         const auto ok = x.answer_to(cancel_of(invite));
         EXPECT_EQ(ok.status(), 200);
         EXPECT_EQ(ok.cseq_method(), "CANCEL");
         (void)x.gateway_hears();
         x.h.run_for(1min); // bob says nothing: the house answers by itself
         const auto end = x.gw.take("487");
         ASSERT_TRUE(end);
         EXPECT_EQ(end->to_tag(), ok.to_tag());
     }},
    {"RFC 3261 11.2",
     "OPTIONS to the house: 200 with Allow",
     [] {
         scene x;
         const auto r = x.answer_to(to_house(x, "OPTIONS"));
         EXPECT_EQ(r.status(), 200);
         for (const auto* m : {"INVITE", "ACK", "CANCEL", "OPTIONS", "BYE", "REGISTER"})
             EXPECT_TRUE(r.lists(header::allow, m)) << m;
     }},
    {"RFC 3261 11.2",
     "and Accept, Accept-Encoding, Accept-Language and Supported",
     [] {
         scene x;
         const auto r = x.answer_to(to_house(x, "OPTIONS"));
         EXPECT_TRUE(r.has(header::accept));
         EXPECT_TRUE(r.has(header::supported));
         EXPECT_FALSE(r.value("Accept-Encoding").empty());
         EXPECT_FALSE(r.value("Accept-Language").empty());
     }},
};

TEST(rfc3261, user_agents) {
    play(rows);
}

} // namespace
} // namespace lyceum::conformance
