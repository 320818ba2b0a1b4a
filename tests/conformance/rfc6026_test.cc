// RFC 6026: what a 2xx to an INVITE leaves behind. The arrows of its figures stand in
// src/machines/transaction/tests; these rows show them on the wire.
#include "protocol/sip/address.h"
#include "tests/conformance/rows.h"
#include "tests/conformance/scene.h"

namespace lyceum::conformance {
namespace {

std::size_t count(std::string_view in, std::string_view what) {
    std::size_t n = 0;
    for (std::size_t at = 0; (at = in.find(what, at)) != std::string_view::npos; at += what.size())
        ++n;
    return n;
}

/// Bob has called a phone behind the gateway, which has answered 200 once; bob sends no ACK.
struct called : scene {
    called() {
        register_phone("phone");
        auto call = bob.request("INVITE", "sip:phone@contoso.test");
        call.set_body("application/sdp", "v=0\r\nm=audio 1 RTP/AVP 0\r\n");
        bob.send(call);
        h.run_for(100ms);
        ok = gw.answer(gw.expect("INVITE"), 200);
        gw.send(ok);
        h.run_for(100ms);
        EXPECT_EQ(count(bob.heard(), "200"), 1U);
        (void)gw.heard();
    }
    sip::message ok;
};

/// The gateway has called bob, who has answered 200.
struct accepted : scene {
    accepted() {
        invite = ask("INVITE");
        invite.set(header::via, "SIP/2.0/UDP 10.0.0.9;branch=" + std::string(branch));
        there = delivered(invite);
        bob.send(bob.answer(there, 200));
        EXPECT_EQ(gateway_hears(), "100 200 ");
        (void)bob.heard();
        ok = gw.expect("200");
    }
    static constexpr std::string_view branch = "old-style"; // of RFC 2543: no cookie
    sip::message invite, there, ok;
};

const row rows[] = {
    {"RFC 6026 7.1",
     "an INVITE that comes again after its 2xx is dropped: it is no new call",
     [] {
         scene x;
         const auto m = x.ask("INVITE");
         x.bob.send(x.bob.answer(x.delivered(m), 200));
         EXPECT_EQ(x.gateway_hears(), "100 200 ");
         x.gw.send(m);
         EXPECT_EQ(x.gateway_hears(), "");
         EXPECT_EQ(x.bob.heard(), "INVITE ");
     }},
    {"RFC 6026 7.1",
     "what the callee's 2xx says again, the caller hears again",
     [] {
         accepted x;
         for (int i = 0; i < 3; ++i) {
             x.bob.send(x.bob.answer(x.there, 200));
             EXPECT_EQ(x.gateway_hears(1s), "200 ");
         }
     }},
    {"RFC 6026 7.1",
     "nothing is repeated by the transaction itself",
     [] {
         accepted x;
         EXPECT_EQ(x.gateway_hears(30s), "");
     }},
    {"RFC 6026 7.1",
     "timer L: the INVITE is known for 64*T1, then forgotten",
     [] {
         accepted x;
         x.h.run_for(31s);
         x.gw.send(x.invite);
         EXPECT_EQ(x.bob_hears(), "");
         x.h.run_for(2s);
         EXPECT_EQ(x.h.load().server_transactions, 0U);
     }},
    {"RFC 6026 6",
     "an ACK of RFC 2543 that matches an accepted INVITE is carried on, not absorbed",
     [] {
         accepted x;
         x.gw.send(ack_of(x.invite, x.ok));
         EXPECT_EQ(x.bob_hears(), "ACK ");
     }},
    {"RFC 6026 7.2",
     "2xx that come again go back again: a caller may have missed them",
     [] {
         called x;
         for (int i = 0; i < 3; ++i) {
             x.gw.send(x.ok);
             EXPECT_EQ(x.bob_hears(1s), "200 ");
         }
     }},
    {"RFC 6026 7.2",
     "and so does the 2xx of another callee behind the same branch",
     [] {
         called x;
         auto other = x.ok;
         other.set(header::to, "<sip:phone@contoso.test>;tag=another");
         x.gw.send(other);
         EXPECT_EQ(x.bob_hears(), "200 ");
     }},
    {"RFC 6026 7.2",
     "no ACK of a 2xx comes from the transaction",
     [] {
         called x;
         EXPECT_EQ(x.gateway_hears(30s), "");
     }},
    {"RFC 6026 7.2",
     "timer M: after 64*T1 a 2xx belongs to nothing any more",
     [] {
         called x;
         x.h.run_for(31s);
         x.gw.send(x.ok);
         EXPECT_EQ(x.bob_hears(), "200 ");
         x.h.run_for(2s);
         x.gw.send(x.ok);
         EXPECT_EQ(x.bob_hears(), "");
     }},
    {"RFC 6026 7.3",
     "a response that belongs to no transaction is not carried on",
     [] {
         scene x;
         auto stray = sip::message::response(200);
         stray.append(header::via, "SIP/2.0/UDP fe.contoso.test:5060;branch=z9hG4bKnothing");
         stray.append(header::via, "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKx");
         stray.append(header::from, "<sip:a@b.test>;tag=1");
         stray.append(header::to, "<sip:c@d.test>;tag=2");
         stray.append(header::call_id, "x");
         stray.append(header::cseq, "1 INVITE");
         x.gw.send(stray);
         EXPECT_EQ(x.gateway_hears(), "");
     }},
    {"RFC 6026 8.8",
     "a transport error after the 2xx does not end the call",
     [] {
         scene x;
         x.gw.use_tcp();
         x.bob.send(x.bob.answer(x.delivered(x.ask("INVITE")), 200));
         EXPECT_EQ(x.gateway_hears(), "100 200 ");
         x.gw.hang_up();
         EXPECT_EQ(x.bob_hears(1min), "INVITE ") << "no CANCEL, no BYE: the dialog is theirs";
     }},
};

TEST(rfc6026, rows) {
    play(rows);
}

} // namespace
} // namespace lyceum::conformance
