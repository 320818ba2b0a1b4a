// [MS-SIPAE]: who speaks, and the signatures of every message. What a client sees of the house.
#include "machines/security_association/tests/world.h"
#include "protocol/sipauth/fields.h"
#include "tests/conformance/rows.h"
#include "tests/conformance/scene.h"

namespace lyceum::conformance {
namespace {

namespace sa = security_association;
using sa::test::world;

/// Alice, who has not signed in.
struct stranger {
    stranger() : alice(h, "alice", "10.0.1.1") {
        h.add_user("alice");
        alice.connect();
    }
    std::string hears(const sip::message& m) {
        alice.send_raw(m.text());
        h.run_for(100ms);
        return alice.heard();
    }
    house h;
    client alice;
};

/// Alice, signed in, and bob.
struct pair : scene {
    pair() : alice(h, "alice", "10.0.1.1") {
        h.add_user("alice", true, "tel:+4930");
        alice.sign_in();
    }
    std::string alice_hears(std::chrono::nanoseconds within = 100ms) {
        h.run_for(within);
        return alice.heard();
    }
    /// alice's message as bob gets it.
    sip::message at_bob(sip::message m) {
        alice.send(std::move(m));
        h.run_for(100ms);
        return bob.expect("MESSAGE");
    }
    client alice;
};

/// A signed message of alice's in which one parameter of Authorization is another.
std::string forged(pair& x, sip::message m, std::string_view parameter, std::string_view value) {
    m = x.alice.signed_as_is(std::move(m));
    std::string a(m.value(header::authorization));
    const auto at = a.find(std::string(parameter) + "=\"");
    EXPECT_NE(at, std::string::npos) << a;
    const auto begin = at + parameter.size() + 2;
    a.replace(begin, a.find('"', begin) - begin, value);
    m.set(header::authorization, a);
    return m.text();
}

const row rows[] = {
    {"[MS-SIPAE] 3.3.5.1",
     "a request without credentials: 401 with a challenge for each scheme, and Date",
     [] {
         stranger x;
         EXPECT_EQ(x.hears(x.alice.request("REGISTER", "sip:contoso.test")), "401 ");
         const auto r = x.alice.expect("401");
         const auto c = r.value(header::www_authenticate);
         EXPECT_TRUE(c.starts_with("NTLM ")) << c;
         for (const auto* part : {"realm=\"SIP Communications Service\"",
                                  "targetname=\"fe.contoso.test\"",
                                  "version=4"})
             EXPECT_TRUE(c.contains(part)) << c;
         EXPECT_FALSE(c.contains("opaque"));
         EXPECT_FALSE(c.contains("gssapi-data"));
         EXPECT_TRUE(r.has(header::date));
     }},
    {"[MS-SIPAE] 3.3.5.1",
     "an ACK or a CANCEL without credentials is dropped without a word",
     [] {
         stranger x;
         EXPECT_EQ(x.hears(x.alice.request("ACK", "sip:bob@contoso.test")), "");
         EXPECT_EQ(x.hears(x.alice.request("CANCEL", "sip:bob@contoso.test")), "");
     }},
    {"[MS-SIPAE] 3.3.5.1",
     "credentials of another realm or target are none",
     [] {
         for (
             const auto* a :
             {R"(NTLM realm="other", targetname="fe.contoso.test", gssapi-data="", version=4)",
              R"(NTLM realm="SIP Communications Service", targetname="other", gssapi-data="", version=4)"}) {
             stranger x;
             auto m = x.alice.request("REGISTER", "sip:contoso.test");
             m.append(header::authorization, a);
             EXPECT_EQ(x.hears(m), "401 ");
             EXPECT_FALSE(
                 x.alice.expect("401").value(header::www_authenticate).contains("gssapi-data"));
         }
     }},
    {"digest MS-SIPAE 4.2",
     "rule 4: an answer without credentials is dropped",
     [] {
         pair x;
         x.alice.send(x.alice.request("MESSAGE", "sip:bob@contoso.test"));
         x.h.run_for(100ms);
         const auto there = x.bob.expect("MESSAGE");
         x.bob.send_raw(x.bob.answer(there, 200).text());
         EXPECT_EQ(x.alice_hears(), "");
         x.bob.send(x.bob.answer(there, 200));
         EXPECT_EQ(x.alice_hears(), "200 ");
     }},
    {"[MS-SIPAE] 3.3.5.2",
     "the first leg, gssapi-data empty: a server token and an opaque, that scheme alone",
     [] {
         stranger x;
         auto m = x.alice.request("REGISTER", "sip:contoso.test");
         m.append(
             header::authorization,
             R"(NTLM qop="auth", realm="SIP Communications Service", targetname="fe.contoso.test", gssapi-data="", version=4)");
         EXPECT_EQ(x.hears(m), "401 ");
         const auto r = x.alice.expect("401");
         EXPECT_EQ(r.values(header::www_authenticate).size(), 1U);
         const auto c = r.value(header::www_authenticate);
         EXPECT_TRUE(c.contains("opaque=\""));
         EXPECT_TRUE(c.contains("gssapi-data=\"TlRMTVNTUAAC")) << c;
     }},
    {"[MS-SIPAE] 3.3.5.2",
     "epid and +sip.instance that do not belong together are refused",
     [] {
         world w;
         const auto [a, m] = w.sign_in({.more = "<sip:192.0.2.1>;+sip.instance=\"<urn:uuid:"
                                                "00000000-0000-5000-8000-000000000000>\""});
         EXPECT_EQ(std::get_if<sa::authenticator::pass>(&a), nullptr);
     }},
    {"digest MS-SIPAE 4.3",
     "rule 12: who has proven to be alice is not bob: 403",
     [] {
         pair x;
         auto m = x.alice.request("MESSAGE", "sip:bob@contoso.test");
         m.set(header::from, "<sip:bob@contoso.test>;tag=1;epid=" + x.alice.epid());
         x.alice.send(m);
         const auto heard = x.alice_hears();
         EXPECT_TRUE(heard == "403 " || heard == "401 ") << heard;
         EXPECT_EQ(x.bob.heard(), "");
     }},
    {"digest MS-SIPAE 4.3",
     "rule 13: a wrong answer: 401 with fresh challenges, and ms-diagnostics 1000",
     [] {
         world w;
         const auto [a, m] = w.sign_in({}, "another password");
         const auto* c = std::get_if<sa::authenticator::challenge>(&a);
         ASSERT_NE(c, nullptr);
         ASSERT_TRUE(c->why);
         EXPECT_EQ(c->why->id, 1000);
         EXPECT_EQ(w.server.established(), 0U);
     }},
    {"digest MS-SIPAE 4.4",
     "rule 15: with version 4 the request that ends the handshake is signed already",
     [] {
         world w;
         const auto [a, m] = w.sign_in();
         EXPECT_NE(std::get_if<sa::authenticator::pass>(&a), nullptr);
         const auto value = m.value(header::authorization);
         for (const auto* part : {"gssapi-data=\"", "crand=\"", "cnum=\"1\"", "response=\""})
             EXPECT_TRUE(value.contains(part)) << value;
     }},
    {"digest MS-SIPAE 4.4",
     "rule 15: with 2 and 3 it is not",
     [] {
         for (const unsigned version : {2U, 3U}) {
             world w(sa::test::server_settings(), version);
             const auto [a, m] = w.sign_in();
             EXPECT_NE(std::get_if<sa::authenticator::pass>(&a), nullptr) << version;
             EXPECT_FALSE(m.value(header::authorization).contains("response=\"")) << version;
         }
     }},
    {"digest MS-SIPAE 4.5",
     "a request whose signature is wrong is challenged",
     [] {
         pair x;
         x.alice.send_raw(forged(x,
                                 x.alice.request("MESSAGE", "sip:bob@contoso.test"),
                                 "response",
                                 "01000000000000000000000064000000"));
         EXPECT_EQ(x.alice_hears(), "401 ");
         EXPECT_EQ(x.bob.heard(), "");
     }},
    {"digest MS-SIPAE 4.5",
     "one whose signed part was changed on the way, too",
     [] {
         pair x;
         auto m = x.alice.signed_as_is(x.alice.request("MESSAGE", "sip:bob@contoso.test"));
         m.set(header::call_id, "another");
         x.alice.send_raw(m.text());
         EXPECT_EQ(x.alice_hears(), "401 ");
         EXPECT_EQ(x.bob.heard(), "");
     }},
    {"digest MS-SIPAE 4.5",
     "an ACK, a CANCEL or an answer whose signature is wrong is dropped",
     [] {
         pair x;
         x.alice.send_raw(forged(x,
                                 x.alice.request("ACK", "sip:bob@contoso.test"),
                                 "response",
                                 "01000000000000000000000064000000"));
         x.alice.send_raw(forged(x,
                                 x.alice.request("CANCEL", "sip:bob@contoso.test"),
                                 "response",
                                 "01000000000000000000000064000000"));
         EXPECT_EQ(x.alice_hears(), "");
         EXPECT_EQ(x.bob.heard(), "");
     }},
    {"digest MS-SIPAE 4.5",
     "an association that nobody knows: a new challenge",
     [] {
         pair x;
         x.alice.send_raw(
             forged(x, x.alice.request("MESSAGE", "sip:bob@contoso.test"), "opaque", "ABCDEF01"));
         EXPECT_EQ(x.alice_hears(), "401 ");
     }},
    {"digest MS-SIPAE 4.5",
     "rule 18: a number that was there already is dropped, in whatever message",
     [] {
         pair x;
         const auto m = x.alice.signed_as_is(x.alice.request("MESSAGE", "sip:bob@contoso.test"));
         x.alice.send_raw(m.text());
         x.h.run_for(100ms);
         x.alice.send_raw(m.text());
         x.h.run_for(100ms);
         EXPECT_EQ(x.bob.heard(), "MESSAGE ");
     }},
    {"digest MS-SIPAE 4.5",
     "rule 18: within 256 numbers the order does not matter; below it everything is dropped",
     [] {
         pair x;
         const auto early =
             x.alice.signed_as_is(x.alice.request("MESSAGE", "sip:bob@contoso.test"));
         std::vector<sip::message> between;
         for (int i = 0; i < 100; ++i) {
             between.push_back(
                 x.alice.signed_as_is(x.alice.request("OPTIONS", "sip:contoso.test")));
         }
         x.alice.send_raw(between.back().text());
         x.h.run_for(100ms);
         x.alice.send_raw(early.text());
         EXPECT_EQ(x.bob_hears(), "MESSAGE ");
         const auto late = x.alice.signed_as_is(x.alice.request("MESSAGE", "sip:bob@contoso.test"));
         for (int i = 0; i < 300; ++i)
             x.alice.send(x.alice.request("OPTIONS", "sip:contoso.test"));
         x.h.run_for(100ms);
         x.alice.send_raw(late.text());
         EXPECT_EQ(x.bob_hears(), "");
     }},
    {"digest MS-SIPAE 4.5",
     "rule 19: answers, requests, ACK: everything to a client is signed for it",
     [] {
         pair x;
         auto invite = x.alice.request("INVITE", "sip:bob@contoso.test");
         x.alice.send(invite);
         x.h.run_for(100ms);
         const auto there = x.bob.expect("INVITE");
         x.bob.send(x.bob.answer(there, 200));
         x.h.run_for(100ms);
         const auto ok = x.alice.expect("200");
         x.alice.send(x.alice.in_dialog("ACK", invite, ok));
         x.h.run_for(100ms);
         for (const auto& m : {there, ok, x.bob.expect("ACK")})
             EXPECT_TRUE(m.value(header::authentication_info).contains("rspauth=\"")) << m.text();
         EXPECT_EQ(x.alice.badly_signed + x.bob.badly_signed, 0U);
     }},
    {"digest MS-SIPAE 4.5",
     "rule 20: provisional answers may go unsigned",
     [] {
         pair x;
         x.alice.send(x.alice.request("INVITE", "sip:bob@contoso.test"));
         x.h.run_for(100ms);
         EXPECT_FALSE(x.alice.expect("100").has(header::authentication_info));
     }},
    {"digest MS-SIPAE 4.6",
     "rule 22: an association lives eight hours at least",
     [] {
         pair x;
         for (int i = 0; i < 95; ++i) { // and something is heard often enough
             x.h.run_for(5min);
             x.alice.send_raw("\r\n\r\n");
             x.bob.send_raw("\r\n\r\n");
             if (i % 20 == 19) {
                 x.alice.send(x.alice.request("REGISTER", "sip:contoso.test"));
                 x.bob.send(x.bob.request("REGISTER", "sip:contoso.test"));
             }
         }
         (void)x.alice.heard();
         x.alice.send(x.alice.request("OPTIONS", "sip:contoso.test"));
         EXPECT_EQ(x.alice_hears(), "200 ");
     }},
    {"digest MS-SIPAE 4.6",
     "rule 22: it ends with its connection",
     [] {
         pair x;
         EXPECT_EQ(x.h.associations(), 2U);
         x.alice.hang_up();
         x.h.run_for(1s);
         EXPECT_EQ(x.h.associations(), 1U);
     }},
    {"digest MS-SIPAE 4.7",
     "rule 24: what a client asserts of itself goes no further",
     [] {
         pair x;
         auto m = x.alice.request("MESSAGE", "sip:bob@contoso.test");
         m.append(header::p_asserted_identity, "<sip:boss@contoso.test>");
         const auto there = x.at_bob(m);
         for (const auto v : there.values(header::p_asserted_identity))
             EXPECT_FALSE(v.contains("boss"));
     }},
    {"digest MS-SIPAE 4.7",
     "rule 25: the house asserts its URI with its name, and its line, in requests and answers",
     [] {
         pair x;
         const auto there = x.at_bob(x.alice.request("MESSAGE", "sip:bob@contoso.test"));
         const auto who = there.values(header::p_asserted_identity);
         ASSERT_EQ(who.size(), 2U);
         EXPECT_TRUE(who[0].contains("sip:alice@contoso.test"));
         EXPECT_EQ(who[1], "<tel:+4930>");
         x.bob.send(x.bob.answer(there, 200));
         x.h.run_for(100ms);
         EXPECT_TRUE(x.alice.expect("200")
                         .value(header::p_asserted_identity)
                         .contains("sip:bob@contoso.test"));
     }},
    {"digest MS-SIPAE 4.7",
     "rule 25: P-Preferred-Identity stays here",
     [] {
         pair x;
         auto m = x.alice.request("MESSAGE", "sip:bob@contoso.test");
         m.append(header::p_preferred_identity, "<sip:alice@contoso.test>");
         EXPECT_FALSE(x.at_bob(m).has(header::p_preferred_identity));
     }},
    {"digest MS-SIPAE 4.7",
     "rule 25: Privacy: id hides the identity from who is not trusted; a gateway on the list is",
     [] {
         pair x;
         auto m = x.alice.request("MESSAGE", "sip:line@10.0.0.9");
         m.append("Privacy", "id");
         x.alice.send(m);
         x.h.run_for(100ms);
         EXPECT_TRUE(x.gw.expect("MESSAGE").has(header::p_asserted_identity))
             << "the list says whom to trust";
     }},
    {"digest MS-SIPAE 4.7",
     "rule 27: what a gateway that may not register our users says of them is not believed",
     [] {
         pair x;
         gateway poor(x.h, "10.0.0.10", false);
         auto m = poor.request("MESSAGE", "sip:bob@contoso.test");
         m.append(header::p_asserted_identity, "<sip:alice@contoso.test>");
         poor.send(m);
         x.h.run_for(100ms);
         EXPECT_FALSE(x.bob.expect("MESSAGE").value(header::p_asserted_identity).contains("alice"));
     }},
};

TEST(ms_sipae, rows) {
    play(rows);
}

} // namespace
} // namespace lyceum::conformance
