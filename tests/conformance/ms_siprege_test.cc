// [MS-SIPREGE]: what a client's registration is answered.
#include "protocol/sip/address.h"
#include "tests/conformance/rows.h"
#include "tests/conformance/scene.h"

namespace lyceum::conformance {
namespace {

/// bob's REGISTER again, changed; the last that he hears.
sip::message registers(scene& x, const std::function<void(sip::message&)>& change) {
    auto m = x.bob.request("REGISTER", "sip:contoso.test");
    change(m);
    x.bob.send(m);
    const auto heard = x.bob_hears();
    auto r = heard.empty() ? std::nullopt
                           : x.bob.take(std::string_view(heard).substr(0, heard.size() - 1));
    EXPECT_TRUE(r) << heard;
    return r ? *std::move(r) : sip::message::response(599);
}

std::string diagnosis(const sip::message& r) {
    const auto v = r.has(header::ms_diagnostics) ? r.value(header::ms_diagnostics)
                                                 : r.value(header::ms_diagnostics_public);
    return std::string(v.substr(0, v.find(';')));
}

const row rows[] = {
    {"[MS-SIPREGE] 3.1.2.5.1",
     "nothing is registered before the client has proven who it is",
     [] {
         house h;
         h.add_user("alice");
         client alice(h, "alice", "10.0.1.1");
         alice.connect();
         alice.send_raw(alice.request("REGISTER", "sip:contoso.test").text());
         h.run_for(100ms);
         EXPECT_EQ(alice.heard(), "401 ");
         EXPECT_EQ(h.registrations(), 0U);
     }},
    {"[MS-SIPREGE] 3.1.2.5.1",
     "neither epid nor +sip.instance: 400, 4010",
     [] {
         scene x;
         const auto r = registers(x, [&](sip::message& m) {
             m.set(header::from, "<sip:bob@contoso.test>;tag=1");
             m.set(header::contact, "<sip:10.0.2.1;transport=tls>;proxy=replace");
         });
         EXPECT_EQ(r.status(), 400);
         EXPECT_EQ(diagnosis(r), "4010");
     }},
    {"[MS-SIPREGE] 3.1.2.5.1",
     "an Event other than registration: 489, 4055",
     [] {
         scene x;
         const auto r = registers(x, [](sip::message& m) { m.append(header::event, "presence"); });
         EXPECT_EQ(r.status(), 489);
         EXPECT_EQ(diagnosis(r), "4055");
     }},
    {"[MS-SIPREGE] 3.1.2.5.1",
     "msrtc-event-categories without gruu-10: 421, 2057",
     [] {
         scene x;
         const auto r = registers(
             x, [](sip::message& m) { m.set(header::supported, "msrtc-event-categories"); });
         EXPECT_EQ(r.status(), 421);
         EXPECT_EQ(diagnosis(r), "2057");
     }},
    {"[MS-SIPREGE] 3.1.2.1",
     "epid and instance name an endpoint: the same ones are the same endpoint",
     [] {
         scene x;
         EXPECT_EQ(registers(x, [](sip::message&) {}).status(), 200);
         EXPECT_EQ(x.h.registrations(), 1U);
         client second(x.h, "bob", "10.0.2.2");
         second.sign_in();
         EXPECT_EQ(x.h.registrations(), 2U);
     }},
    {"digest MS-SIPREGE 4",
     "rule 4: register-action says added, then refreshed",
     [] {
         scene x;
         EXPECT_EQ(registers(x, [](sip::message&) {}).value(header::presence_state),
                   "register-action=\"refreshed\"");
         x.bob.sign_out();
         EXPECT_EQ(registers(x, [](sip::message&) {}).value(header::presence_state),
                   "register-action=\"added\"");
     }},
    {"digest MS-SIPREGE 4",
     "rule 5: the house chooses how long, and says so in Contact and Expires",
     [] {
         scene x;
         const auto r = registers(x, [](sip::message& m) { m.set(header::expires, "99999"); });
         EXPECT_EQ(r.value(header::expires), "7200");
         const auto c = sip::parse_address(r.value(header::contact));
         ASSERT_TRUE(c);
         EXPECT_EQ(c->params.get("expires"), "7200");
     }},
    {"[MS-SIPREGE] 3.2.2.5",
     "a binding that nobody refreshes ends",
     [] {
         scene x;
         for (int i = 0; i < 25; ++i) {
             x.h.run_for(5min);
             x.bob.send_raw("\r\n\r\n");
         }
         EXPECT_EQ(x.h.registrations(), 0U);
     }},
    {"digest MS-SIPREGE 4",
     "rule 7: over a new connection it is the same endpoint, reached there",
     [] {
         scene x;
         x.bob.hang_up();
         x.bob.sign_in();
         x.h.run_for(1s);
         EXPECT_EQ(x.h.registrations(), 1U);
         x.gw.send(x.ask("MESSAGE"));
         EXPECT_EQ(x.bob_hears(), "MESSAGE ");
     }},
    {"digest MS-SIPREGE 4",
     "rule 8: Expires 0 ends it: 200 without a contact",
     [] {
         scene x;
         const auto r = registers(x, [](sip::message& m) { m.set(header::expires, "0"); });
         EXPECT_EQ(r.status(), 200);
         EXPECT_FALSE(r.has(header::contact));
         EXPECT_EQ(x.h.registrations(), 0U);
     }},
    {"digest MS-SIPREGE 4",
     "rule 9: one endpoint too many, and the oldest is told that it is unregistered",
     [] {
         scene x;
         (void)registers(x, [](sip::message& m) { m.append(header::event, "registration"); });
         std::vector<std::unique_ptr<client>> more;
         for (int i = 0; i < 8; ++i) {
             more.push_back(
                 std::make_unique<client>(x.h, "bob", "10.0.4." + std::to_string(i + 1)));
             more.back()->sign_in();
         }
         EXPECT_EQ(x.h.registrations(), 8U);
         const auto n = x.bob.expect("NOTIFY");
         EXPECT_EQ(n.body(), "deregistered;event=unregistered");
         EXPECT_EQ(n.value(header::event), "registration-notify");
     }},
    {"digest MS-SIPREGE 4",
     "rule 10: who is disabled is told: rejected, and his connection ends",
     [] {
         scene x;
         (void)registers(x, [](sip::message& m) { m.append(header::event, "registration"); });
         x.h.expel("bob");
         x.h.run_for(1s);
         EXPECT_EQ(x.bob.expect("NOTIFY").body(), "deregistered;event=rejected");
         EXPECT_EQ(x.bob.closed_by().size(), 1U);
         EXPECT_EQ(x.h.registrations(), 0U);
     }},
    {"[MS-SIPREGE] 2.2.1.4",
     "presence-state only in the 200 to a REGISTER, once",
     [] {
         scene x;
         const auto r = registers(x, [](sip::message&) {});
         EXPECT_EQ(r.values(header::presence_state).size(), 1U);
         x.bob.send(x.bob.request("OPTIONS", "sip:contoso.test"));
         x.h.run_for(100ms);
         EXPECT_FALSE(x.bob.expect("200").has(header::presence_state));
     }},
    {"digest MS-SIPREGE 4",
     "rule 14: what is not implemented is not offered: no roaming here, none in Allow-Events",
     [] {
         scene x; // this house has no presence
         const auto r = registers(x, [](sip::message&) {});
         EXPECT_FALSE(r.lists(header::allow_events, "vnd-microsoft-roaming-self"));
         EXPECT_FALSE(r.lists(header::supported, "msrtc-event-categories"));
     }},
    {"digest MS-SIPREGE 4",
     "rule 2: who is not enabled: 403",
     [] {
         house h;
         h.add_user("dora");
         client dora(h, "dora", "10.0.1.1");
         dora.sign_in();
         h.add_user("dora", false);
         dora.send(dora.request("REGISTER", "sip:contoso.test"));
         h.run_for(100ms);
         EXPECT_EQ(dora.heard(), "403 ");
     }},
};

TEST(ms_siprege, rows) {
    play(rows);
}

} // namespace
} // namespace lyceum::conformance
