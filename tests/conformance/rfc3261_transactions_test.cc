// RFC 3261 17 as it shows on the wire; RFC 6026 has a file of its own. The machines' own rows,
// arrow by arrow, stand in src/machines/transaction/tests.
#include "protocol/sip/address.h"
#include "tests/conformance/rows.h"
#include "tests/conformance/scene.h"

namespace lyceum::conformance {
namespace {

/// A phone behind the gateway that bob calls over UDP.
struct called : scene {
    called() { register_phone("phone"); }
    /// What reaches the gateway of a request of bob's within that time.
    std::string reaches(std::string_view method, std::chrono::nanoseconds within) {
        bob.send(bob.request(method, "sip:phone@contoso.test"));
        return gateway_hears(within);
    }
};

std::size_t count(std::string_view in, std::string_view what) {
    std::size_t n = 0;
    for (std::size_t at = 0; (at = in.find(what, at)) != std::string_view::npos; at += what.size())
        ++n;
    return n;
}

const row rows[] = {
    {"RFC 3261 17.1.1.2",
     "over UDP an INVITE is repeated after 0.5, 1.5, 3.5 s and so on",
     [] {
         called x;
         EXPECT_EQ(x.reaches("INVITE", 3400ms), "INVITE INVITE INVITE ");
         EXPECT_EQ(x.gateway_hears(200ms), "INVITE ");
     }},
    {"RFC 3261 17.1.1.2",
     "not any more after a provisional response",
     [] {
         called x;
         (void)x.reaches("INVITE", 100ms);
         x.gw.send(x.gw.answer(x.gw.expect("INVITE"), 100));
         EXPECT_EQ(x.gateway_hears(20s), "");
     }},
    {"RFC 3261 17.1.1.2",
     "after 64*T1 without any answer: timeout",
     [] {
         called x;
         (void)x.reaches("INVITE", 31s);
         EXPECT_EQ(x.bob.heard(), "100 ");
         x.h.run_for(2s);
         EXPECT_EQ(x.bob.heard(), "408 ");
     }},
    {"RFC 3261 17.1.1.2",
     "a refusal that comes again is acknowledged again, for 32 s, and told once",
     [] {
         called x;
         (void)x.reaches("INVITE", 100ms);
         const auto invite = x.gw.expect("INVITE");
         const auto busy = x.gw.answer(invite, 486);
         x.gw.send(busy);
         x.h.run_for(10s);
         x.gw.send(busy);
         x.h.run_for(15s);
         x.gw.send(busy);
         EXPECT_EQ(x.gateway_hears(), "ACK ACK ACK ");
         EXPECT_EQ(count(x.bob.heard(), "486"), 1U);
         x.h.run_for(10s); // timer D is over
         x.gw.send(busy);
         EXPECT_EQ(x.gateway_hears(), "");
     }},
    {"RFC 3261 17.1.1.3",
     "that ACK: one Via, the INVITE's; To of the response; Call-ID, From, Request-URI, CSeq number",
     [] {
         called x;
         (void)x.reaches("INVITE", 100ms);
         const auto invite = x.gw.expect("INVITE");
         const auto busy = x.gw.answer(invite, 486);
         x.gw.send(busy);
         x.h.run_for(100ms);
         const auto ack = x.gw.expect("ACK");
         EXPECT_EQ(ack.uri(), invite.uri());
         ASSERT_EQ(ack.values(header::via).size(), 1U);
         EXPECT_EQ(ack.first(header::via), invite.first(header::via));
         EXPECT_EQ(ack.value(header::to), busy.value(header::to));
         EXPECT_EQ(ack.value(header::from), invite.value(header::from));
         EXPECT_EQ(ack.call_id(), invite.call_id());
         EXPECT_EQ(ack.cseq_number(), invite.cseq_number());
         EXPECT_EQ(ack.cseq_method(), "ACK");
     }},
    {"RFC 3261 17.1.2.2",
     "any other request is repeated after 0.5, 1.5, 3.5, 7.5 s, then every 4 s",
     [] {
         called x;
         EXPECT_EQ(count(x.reaches("MESSAGE", 7600ms), "MESSAGE"), 5U);
         EXPECT_EQ(x.gateway_hears(3800ms), "");
         EXPECT_EQ(x.gateway_hears(200ms), "MESSAGE ");
     }},
    {"RFC 3261 17.1.2.2",
     "after a provisional response every 4 s",
     [] {
         called x;
         (void)x.reaches("MESSAGE", 100ms);
         x.gw.send(x.gw.answer(x.gw.expect("MESSAGE"), 100));
         EXPECT_EQ(count(x.gateway_hears(14s), "MESSAGE"), 4U);
     }},
    {"RFC 3261 17.1.2.2",
     "after 64*T1: timeout",
     [] {
         called x;
         (void)x.reaches("MESSAGE", 33s);
         EXPECT_EQ(x.bob.heard(), "408 ");
     }},
    {"RFC 3261 17.1.2.2",
     "a final answer that comes again is told once",
     [] {
         called x;
         (void)x.reaches("MESSAGE", 100ms);
         const auto ok = x.gw.answer(x.gw.expect("MESSAGE"), 200);
         for (int i = 0; i < 3; ++i)
             x.gw.send(ok);
         EXPECT_EQ(x.bob_hears(), "200 ");
     }},
    {"RFC 3261 17.1.3",
     "a response belongs to a request by its branch and its CSeq method; others do not",
     [] {
         called x;
         (void)x.reaches("MESSAGE", 100ms);
         const auto there = x.gw.expect("MESSAGE");
         auto other = x.gw.answer(there, 200);
         other.set(header::cseq, "1 INFO");
         x.gw.send(other);
         auto guess = x.gw.answer(there, 200);
         std::string via(there.first(header::via));
         via.replace(via.find("branch=") + 7 + 12, 4, "AAAA");
         guess.replace_first(header::via, via);
         x.gw.send(guess);
         EXPECT_EQ(x.bob_hears(), "");
         x.gw.send(x.gw.answer(there, 200));
         EXPECT_EQ(x.bob_hears(), "200 ");
     }},
    {"RFC 3261 17.2.1",
     "100 comes within 200 ms",
     [] {
         scene x;
         x.gw.send(x.ask("INVITE"));
         EXPECT_EQ(x.gateway_hears(200ms), "100 ");
     }},
    {"RFC 3261 17.2.1",
     "an INVITE that comes again gets the last provisional response again",
     [] {
         scene x;
         const auto m = x.ask("INVITE");
         x.bob.send(x.bob.answer(x.delivered(m), 180));
         (void)x.gateway_hears();
         x.gw.send(m);
         EXPECT_EQ(x.gateway_hears(), "180 ");
         EXPECT_EQ(x.bob_hears(), "INVITE ");
     }},
    {"RFC 3261 17.2.1",
     "a refusal is repeated over UDP until its ACK, which goes no further",
     [] {
         scene x;
         const auto m = x.ask("INVITE");
         x.bob.send(x.bob.answer(x.delivered(m), 486));
         EXPECT_EQ(x.gateway_hears(4s), "100 486 486 486 486 ");
         x.gw.send(ack_of(m, x.gw.expect("486")));
         EXPECT_EQ(x.gateway_hears(30s), "");
         EXPECT_FALSE(x.bob.heard().ends_with("ACK ACK "));
     }},
    {"RFC 3261 17.2.1",
     "an INVITE that comes again after its refusal gets that again",
     [] {
         scene x;
         const auto m = x.ask("INVITE");
         x.bob.send(x.bob.answer(x.delivered(m), 486));
         EXPECT_EQ(x.gateway_hears(), "100 486 ");
         x.gw.send(m);
         EXPECT_EQ(x.gateway_hears(), "486 ") << "at once, long before timer G";
     }},
    {"RFC 3261 17.2.1",
     "no ACK in 64*T1: it is over",
     [] {
         scene x;
         x.bob.send(x.bob.answer(x.delivered(x.ask("INVITE")), 486));
         x.h.run_for(33s);
         (void)x.gw.heard();
         EXPECT_EQ(x.gateway_hears(1min), "");
         EXPECT_EQ(x.h.load().server_transactions, 0U);
     }},
    {"RFC 3261 17.2.1",
     "over a reliable transport nothing is repeated",
     [] {
         scene x;
         x.gw.use_tcp();
         const auto m = x.ask("INVITE");
         x.bob.send(x.bob.answer(x.delivered(m), 486));
         EXPECT_EQ(x.gateway_hears(20s), "100 486 ");
     }},
    {"RFC 3261 17.2.2",
     "another request that comes again is dropped before its answer, and gets that again after it",
     [] {
         scene x;
         const auto m = x.ask("MESSAGE");
         const auto there = x.delivered(m);
         x.gw.send(m);
         EXPECT_EQ(x.gateway_hears(), "");
         x.bob.send(x.bob.answer(there, 200));
         EXPECT_EQ(x.gateway_hears(), "200 ");
         x.gw.send(m);
         EXPECT_EQ(x.gateway_hears(), "200 ");
         EXPECT_EQ(x.bob.heard(), "MESSAGE ");
     }},
    {"RFC 3261 17.2.2",
     "over a reliable transport not at all: it is a new one",
     [] {
         scene x;
         x.gw.use_tcp();
         const auto m = x.ask("MESSAGE");
         x.bob.send(x.bob.answer(x.delivered(m), 200));
         x.h.run_for(100ms);
         x.gw.send(m);
         EXPECT_EQ(x.bob_hears(), "MESSAGE MESSAGE ");
     }},
    {"RFC 3261 17.2.2",
     "over UDP for 64*T1; then it is a new one",
     [] {
         scene x;
         const auto m = x.ask("MESSAGE");
         x.bob.send(x.bob.answer(x.delivered(m), 200));
         x.h.run_for(33s);
         x.gw.send(m);
         EXPECT_EQ(x.bob_hears(), "MESSAGE MESSAGE ");
     }},
    {"RFC 3261 17.2.3",
     "the same branch of another sent-by is another request",
     [] {
         scene x;
         const auto m = x.ask("MESSAGE");
         (void)x.delivered(m);
         auto other = m;
         std::string via(m.value(header::via));
         other.set(header::via, via.replace(via.find("10.0.0.9"), 8, "pbx.test"));
         x.gw.send(other);
         EXPECT_EQ(x.bob_hears(), "MESSAGE MESSAGE ");
     }},
    {"RFC 3261 17.2.3",
     "without the cookie: Request-URI, tags, Call-ID, CSeq and top Via tell requests apart",
     [] {
         scene x;
         auto m = x.ask("MESSAGE");
         m.set(header::via, "SIP/2.0/UDP 10.0.0.9;branch=1");
         (void)x.delivered(m);
         x.gw.send(m);
         EXPECT_EQ(x.bob_hears(), "MESSAGE ");
         auto elsewhere = m;
         elsewhere.set_uri("sip:bob@contoso.test;x=1");
         for (const auto& other : {with(m, header::cseq, "2 MESSAGE"),
                                   with(m, header::from, "<sip:line@other.test>;tag=other"),
                                   with(m, header::call_id, "other"),
                                   with(m, header::via, "SIP/2.0/UDP 10.0.0.9;branch=2"),
                                   elsewhere}) {
             x.gw.send(other);
             EXPECT_EQ(x.bob_hears(), "MESSAGE ") << other.text();
         }
     }},
    {"RFC 3261 17.1.4",
     "a transport that fails ends the request at once",
     [] {
         for (const auto* method : {"INVITE", "MESSAGE"}) {
             scene x;
             gateway closed(x.h, "10.0.0.20", true, false); // nobody listens for TCP
             x.register_phone("phone", "<sip:phone@10.0.0.20;transport=tcp>");
             x.bob.send(x.bob.request(method, "sip:phone@contoso.test"));
             x.h.run_for(2s);
             const auto heard = x.bob.heard();
             EXPECT_TRUE(heard.ends_with("500 ") || heard.ends_with("480 ")) << heard;
         }
     }},
};

TEST(rfc3261, transactions) {
    play(rows);
}

} // namespace
} // namespace lyceum::conformance
