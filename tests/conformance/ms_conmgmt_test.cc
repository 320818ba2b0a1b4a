// [MS-CONMGMT]: connections of clients, how long they live and what keeps them.
#include "protocol/sip/address.h"
#include "tests/conformance/rows.h"
#include "tests/conformance/scene.h"

namespace lyceum::conformance {
namespace {

/// What bob's REGISTER is answered when it says that of keep-alives.
std::string offered(scene& x, std::string_view asks) {
    auto m = x.bob.request("REGISTER", "sip:contoso.test");
    if (!asks.empty()) m.append(header::ms_keep_alive, asks);
    x.bob.send(m);
    x.h.run_for(100ms);
    return std::string(x.bob.expect("200").value(header::ms_keep_alive));
}

const row rows[] = {
    {"[MS-CONMGMT] 3.5.6",
     "who does not sign in within the time for it is closed",
     [] {
         house h;
         h.add_user("alice");
         client alice(h, "alice", "10.0.1.1");
         alice.connect();
         h.run_for(59s);
         EXPECT_TRUE(alice.closed_by().empty());
         h.run_for(2s);
         EXPECT_EQ(alice.closed_by().size(), 1U);
         EXPECT_EQ(h.load().flows, 0U);
     }},
    {"[MS-CONMGMT] 3.5.6",
     "and keep-alives do not count as signing in",
     [] {
         house h;
         h.add_user("alice");
         client alice(h, "alice", "10.0.1.1");
         alice.connect();
         for (int i = 0; i < 7; ++i) {
             alice.send_raw("\r\n\r\n");
             h.run_for(10s);
         }
         EXPECT_EQ(alice.closed_by().size(), 1U);
     }},
    {"[MS-CONMGMT] 3.5.6",
     "who falls silent is closed, later than the time that the house has told",
     [] {
         scene x;
         x.h.run_for(310s);
         EXPECT_TRUE(x.bob.closed_by().empty());
         x.h.run_for(100s);
         EXPECT_EQ(x.bob.closed_by().size(), 1U);
     }},
    {"[MS-CONMGMT] 3.5.6",
     "any octets begin the time anew, empty lines among them",
     [] {
         scene x;
         for (int i = 0; i < 10; ++i) {
             x.h.run_for(300s);
             x.bob.send_raw("\r\n\r\n");
         }
         EXPECT_TRUE(x.bob.closed_by().empty());
     }},
    {"digest MS-CONMGMT 4",
     "rule 5: Ms-Keep-Alive is answered in the 200, with the time",
     [] {
         scene x;
         const auto said = offered(x, "UAC;hop-hop=yes");
         EXPECT_TRUE(said.starts_with("UAS;")) << said;
         EXPECT_TRUE(said.contains("hop-hop=yes")) << said;
         EXPECT_TRUE(said.contains("timeout=300")) << said;
     }},
    {"digest MS-CONMGMT 4",
     "rule 6: who does not ask is not told",
     [] {
         scene x;
         EXPECT_EQ(offered(x, ""), "");
     }},
    {"digest MS-CONMGMT 4",
     "rule 7: the header goes no further",
     [] {
         scene x;
         x.h.add_user("alice");
         client alice(x.h, "alice", "10.0.1.1");
         alice.sign_in();
         auto m = alice.request("MESSAGE", "sip:bob@contoso.test");
         m.append(header::ms_keep_alive, "UAC;hop-hop=yes");
         alice.send(m);
         x.h.run_for(100ms);
         EXPECT_FALSE(x.bob.expect("MESSAGE").has(header::ms_keep_alive));
     }},
    {"digest MS-CONMGMT 4",
     "rule 8: empty lines are skipped between any two messages, and never answered",
     [] {
         scene x;
         const auto one = x.bob.signed_as_is(x.bob.request("OPTIONS", "sip:contoso.test"));
         const auto two = x.bob.signed_as_is(x.bob.request("OPTIONS", "sip:contoso.test"));
         x.bob.send_raw("\r\n\r\n" + one.text() + "\r\n\r\n\r\n\r\n" + two.text() + "\r\n\r\n");
         EXPECT_EQ(x.bob_hears(), "200 200 ");
         EXPECT_EQ(x.h.metric("lyceum_sipstack_malformed_total"), 0);
         const auto before = x.bob.octets().size();
         x.bob.send_raw("\r\n\r\n");
         x.h.run_for(1s);
         EXPECT_EQ(x.bob.octets().size(), before);
     }},
    {"digest MS-CONMGMT 4",
     "rule 2: requests of clients need no branch",
     [] {
         scene x;
         auto m = x.bob.request("OPTIONS", "sip:contoso.test");
         m.set(header::via, "SIP/2.0/TLS 10.0.2.1:5061");
         x.bob.send(m);
         EXPECT_EQ(x.bob_hears(), "200 ");
     }},
    {"digest MS-CONMGMT 4",
     "rule 9: with the connection its registrations end",
     [] {
         scene x;
         EXPECT_EQ(x.h.registrations(), 1U);
         x.bob.hang_up();
         x.h.run_for(1s);
         EXPECT_EQ(x.h.registrations(), 0U);
         EXPECT_EQ(x.answer_to(x.ask("MESSAGE")).status(), 480);
     }},
};

TEST(ms_conmgmt, rows) {
    play(rows);
}

} // namespace
} // namespace lyceum::conformance
