// Clients whose word counts no more, or does not count yet: how they find back, or are let go.
#include "sipstack/tests/people.h"

namespace lyceum::sipstack::test {
namespace {

stack_settings with_lifetime(std::chrono::seconds s) {
    auto out = house::settings();
    out.gate.association.lifetime = s;
    return out;
}

TEST(unproven, an_association_that_ended_does_not_make_the_client_ask_for_ever) {
    // seen: pidgin-sipe 1.25 signs what is answered 401 again and sends it again, the same CSeq,
    // without end
    house h(1, {}, with_lifetime(60s));
    h.add_user("alice");
    h.add_user("bob");
    client alice(h, "alice", "10.0.1.1"), bob(h, "bob", "10.0.2.1");
    alice.sign_in();
    h.run_for(30s);
    bob.sign_in();
    h.run_for(40s); // alice's is over, bob's is not
    const auto m = alice.request("MESSAGE", "sip:bob@contoso.test");
    int sent = 0;
    while (alice.closed_by().empty() && sent < 20) {
        alice.send(m);
        ++sent;
        h.run_for(1s);
    }
    EXPECT_EQ(alice.heard(), "401 403 ");
    EXPECT_EQ(sent, 2);
    EXPECT_EQ(bob.heard(), "");
    alice.sign_in(); // over a new connection
    alice.send(alice.request("MESSAGE", "sip:bob@contoso.test"));
    h.run_for(100ms);
    EXPECT_TRUE(bob.take("MESSAGE"));
    alice.hang_up();
    bob.hang_up();
    h.expect_nothing_left();
}

TEST(unproven, who_never_signed_in_hears_it_once) {
    house h;
    h.add_user("alice");
    client alice(h, "alice", "10.0.1.1");
    alice.connect();
    h.run_for(100ms);
    const auto m = alice.request("SUBSCRIBE", "sip:alice@contoso.test");
    for (int i = 0; i < 5; ++i) {
        alice.send_raw(m.text());
        h.run_for(1s);
    }
    EXPECT_EQ(alice.heard(), "401 403 ");
    EXPECT_EQ(alice.closed_by().size(), 1U);
    h.expect_nothing_left();
}

TEST(unproven, who_signs_in_while_the_password_changes) {
    // Wherever the answer to the old password is at that moment: on the wire, in the check, on its
    // way to the registrar.
    std::set<std::string> seen;
    for (auto when = 0us; when < 5ms; when += 100us) {
        SCOPED_TRACE(when.count());
        house h(static_cast<std::uint64_t>(when.count()) + 1);
        h.add_user("alice");
        client alice(h, "alice", "10.0.1.1");
        alice.connect();
        for (int i = 0; i < 2; ++i) {
            alice.send(alice.request("REGISTER", "sip:contoso.test"));
            h.run_for(300ms);
            ASSERT_TRUE(alice.association().on_challenge(alice.expect("401"), h.world.wall_now()));
        }
        (void)alice.heard();
        alice.send(alice.request("REGISTER", "sip:contoso.test"));
        h.run_for(when);
        h.set_password("alice");
        h.run_for(1s);
        seen.insert(alice.heard());
        EXPECT_EQ(h.associations(), 0U);
        EXPECT_EQ(h.registrations(), 0U);
        h.expect_nothing_left();
    }
    EXPECT_GE(seen.size(), 2U); // else the moments were all alike
}

TEST(unproven, a_peer_that_is_trusted_no_more_is_cut_off) {
    house h;
    h.add_user("alice");
    client alice(h, "alice", "10.0.1.1");
    gateway gone(h, "10.0.9.1"), stays(h, "10.0.9.2");
    gone.use_tcp();
    stays.use_tcp();
    alice.sign_in();
    for (auto* g : {&gone, &stays})
        g->send(g->request("OPTIONS", "sip:contoso.test"));
    // And one that the house has called.
    gateway called(h, "10.0.9.3");
    alice.send(alice.request("MESSAGE", "sip:line@10.0.9.3;transport=tcp"));
    h.run_for(100ms);
    EXPECT_EQ(gone.heard() + stays.heard() + called.heard(), "200 200 MESSAGE ");
    h.distrust("10.0.9.1");
    h.distrust("10.0.9.3");
    h.run_for(100ms);
    EXPECT_EQ(gone.closed_by().size(), 1U);
    EXPECT_EQ(called.closed_by().size(), 1U);
    EXPECT_EQ(stays.closed_by().size(), 0U);
    stays.send(stays.request("OPTIONS", "sip:contoso.test"));
    h.run_for(100ms);
    EXPECT_EQ(stays.heard(), "200 ");
    alice.hang_up();
    stays.hang_up();
    h.expect_nothing_left();
}

} // namespace
} // namespace lyceum::sipstack::test
