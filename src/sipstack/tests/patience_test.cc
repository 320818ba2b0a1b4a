// What time and connections that stay cost.
#include "sipstack/tests/people.h"

namespace lyceum::sipstack::test {
namespace {

using sip::header;

/// All that rings there is over, and forgotten.
void decline_all(house& h, client& callee) {
    while (const auto rung = callee.take("INVITE"))
        callee.send(callee.answer(*rung, 486));
    h.run_for(40s); // nobody acknowledges: 64*T1. RFC 3261 17.2.1
}

TEST(patience, who_does_not_sign_in_is_closed) { // [MS-CONMGMT] 3.5.6
    house h;
    client c(h, "alice", "10.0.1.1");
    c.connect();
    for (int i = 0; i < 6; ++i) {
        c.send(c.request("REGISTER", "sip:contoso.test")); // asks, but never answers the challenge
        h.run_for(9s);
    }
    EXPECT_EQ(c.heard(), "401 401 401 401 401 401 ");
    EXPECT_TRUE(c.closed_by().empty());
    h.run_for(7s);
    EXPECT_EQ(c.closed_by().size(), 1U);
    h.expect_nothing_left();
}

TEST(patience, who_has_proven_nothing_fills_no_memory) {
    house h;
    h.add_user("alice");
    for (const bool signs_in : {false, true}) {
        client c(h, "alice", signs_in ? "10.0.1.1" : "10.0.1.2");
        if (signs_in) {
            c.sign_in();
        } else {
            c.connect();
        }
        c.send_raw("MESSAGE sip:contoso.test SIP/2.0\r\nContent-Length: 200000\r\n\r\n");
        for (int i = 0; i < 5; ++i) {
            c.send_raw(std::string(10000, 'x'));
            h.run_for(100ms);
        }
        EXPECT_EQ(c.closed_by().size(), signs_in ? 0U : 1U);
        EXPECT_EQ(h.metric("lyceum_sipstack_malformed_total"), 1);
        c.hang_up();
        h.run_for(1s);
    }
    h.expect_nothing_left();
}

TEST(patience, an_octet_a_second) {
    house h;
    h.add_user("alice");
    client c(h, "alice", "10.0.1.1");
    c.sign_in();
    const auto text = c.request("OPTIONS", "sip:contoso.test").text();
    std::size_t sent = 0;
    for (; c.closed_by().empty() && sent < text.size(); ++sent) {
        c.send_raw(text.substr(sent, 1));
        h.run_for(1s);
    }
    EXPECT_GE(sent, 30U);
    EXPECT_LE(sent, 32U);
    EXPECT_EQ(h.registrations(), 0U);
    h.expect_nothing_left();
}

TEST(patience, who_stays_long_costs_no_more_and_more) {
    house h;
    h.add_user("alice");
    client c(h, "alice", "10.0.1.1");
    c.sign_in();
    h.run_for(1min);
    std::size_t most = h.timers();
    for (int day = 0; day < 20; ++day) {
        for (int i = 0; i < 100; ++i) { // each request comes in two pieces
            const auto text = c.signed_as_is(c.request("OPTIONS", "sip:contoso.test")).text();
            c.send_raw(std::string_view(text).substr(0, 50));
            h.run_for(1s);
            c.send_raw(std::string_view(text).substr(50));
            h.run_for(2s);
        }
        if (day == 3) most = h.timers();
    }
    EXPECT_LE(h.timers(), most + 5);
    EXPECT_LT(h.timers(), 60U);
    c.hang_up();
    h.expect_nothing_left();
}

TEST(patience, who_comes_and_goes_leaves_nothing_behind) {
    house h;
    h.add_user("alice");
    client c(h, "alice", "10.0.1.1");
    c.sign_in();
    const auto before = h.timers();
    for (int i = 0; i < 200; ++i) {
        c.sign_out();
        c.send(c.request("REGISTER", "sip:contoso.test"));
        h.run_for(100ms);
        EXPECT_EQ(c.heard(), "200 ");
    }
    EXPECT_EQ(h.registrations(), 1U);
    EXPECT_LE(h.timers(), before + 3);
    h.run_for(3h); // idle: closed
    EXPECT_EQ(h.registrations(), 0U);
    EXPECT_LE(h.timers(), before + 2);
    h.expect_nothing_left();
}

TEST(patience, a_request_that_nobody_answers) { // as when an answer is lost between shards
    house h;
    h.add_user("alice");
    client c(h, "alice", "10.0.1.1");
    c.sign_in();
    h.swallow("application/x-swallowed");
    auto m = c.request("SERVICE", "sip:alice@contoso.test");
    m.set_body("application/x-swallowed", "x");
    c.send(m);
    h.run_for(60s);
    EXPECT_EQ(h.load().server_transactions, 1U);
    h.run_for(60s);
    EXPECT_EQ(h.load().server_transactions, 0U);
    EXPECT_EQ(h.metric("lyceum_sipstack_unanswered_total"), 1);
    EXPECT_EQ(c.heard(), "");
    c.hang_up();
    h.expect_nothing_left();
}

TEST(patience, one_client_does_not_use_up_what_is_there_for_all) {
    auto s = house::settings();
    s.max_transactions_of_user = 50;
    house h(1, {}, s);
    for (const auto* name : {"alice", "bob"})
        h.add_user(name);
    client c(h, "alice", "10.0.1.1");
    client bob(h, "bob", "10.0.2.1");
    c.sign_in();
    bob.sign_in();
    for (int i = 0; i < 60; ++i)
        c.send(c.request("INVITE", "sip:bob@contoso.test"));
    h.run_for(100ms);
    for (int i = 0; i < 10; ++i)
        EXPECT_TRUE(c.expect("503").has(header::retry_after));
    EXPECT_FALSE(c.take("503"));
    bob.send(bob.request("OPTIONS", "sip:contoso.test"));
    h.run_for(100ms);
    EXPECT_TRUE(bob.take("200"));
    c.hang_up(); // and all its calls end
    h.run_for(100ms);
    while (auto rung = bob.take("INVITE"))
        bob.send(bob.answer(*rung, 180));
    h.run_for(100ms);
    while (auto cancel = bob.take("CANCEL"))
        bob.send(bob.answer(*cancel, 200));
    bob.hang_up();
    h.expect_nothing_left();
}

TEST(patience, nor_does_one_who_names_a_connection) { // by what a contact of the house says
    auto s = house::settings();
    s.max_transactions_of_user = 10;
    s.max_transactions_of_peer = 20;
    house h(1, {}, s);
    for (const auto* name : {"alice", "bob"})
        h.add_user(name);
    client alice(h, "alice", "10.0.1.1");
    client bob(h, "bob", "10.0.2.1");
    gateway gw(h, "10.0.0.9");
    alice.sign_in();
    bob.sign_in();
    alice.send(alice.request("MESSAGE", "sip:bob@contoso.test"));
    h.run_for(100ms);
    const auto first = bob.expect("MESSAGE");
    const std::string contact(first.uri());
    ASSERT_TRUE(contact.contains("ms-received-cid=")) << contact;
    bob.send(bob.answer(first, 200));
    h.run_for(100ms);
    for (int i = 0; i < 30; ++i) {
        alice.send(alice.request("INVITE", contact));
        gw.send(gw.request("INVITE", contact));
    }
    h.run_for(100ms);
    EXPECT_EQ(h.metric("lyceum_sipstack_overload_total{limit=\"user\"}"), 20);
    EXPECT_EQ(h.metric("lyceum_sipstack_overload_total{limit=\"peer\"}"), 10);
    alice.hang_up();
    bob.hang_up();
    h.expect_nothing_left();
}

TEST(patience, many_connections_of_one_user_do_not_either) {
    auto s = house::settings();
    s.max_transactions_of_user = 50; // on each of two shards
    house h(1, {}, s);
    for (const auto* name : {"alice", "bob"})
        h.add_user(name);
    std::vector<std::unique_ptr<client>> all;
    for (const auto* address : {"10.0.1.1", "10.0.1.2", "10.0.1.3", "10.0.1.4"}) {
        all.push_back(std::make_unique<client>(h, "alice", address));
        all.back()->sign_in();
    }
    client bob(h, "bob", "10.0.2.1");
    bob.sign_in();
    const auto call = [&](int each) {
        for (int i = 0; i < each; ++i) {
            for (const auto& c : all)
                c->send(c->request("INVITE", "sip:bob@contoso.test"));
        }
        h.run_for(100ms);
        int refused = 0;
        for (const auto& c : all) {
            while (c->take("503"))
                ++refused;
        }
        return refused;
    };
    EXPECT_EQ(call(40), 4 * 40 - 2 * 50);
    EXPECT_EQ(h.metric("lyceum_sipstack_overload_total{limit=\"user\"}"), 60);
    bob.send(bob.request("OPTIONS", "sip:contoso.test"));
    h.run_for(100ms);
    EXPECT_TRUE(bob.take("200"));
    // What is over counts no more.
    decline_all(h, bob);
    EXPECT_EQ(call(20), 0);
    for (const auto& c : all)
        c->hang_up();
    bob.hang_up();
    h.expect_nothing_left();
}

// By number they would be a hundredth of what a user may have under way.
TEST(patience, long_requests_under_way_are_counted_in_octets) {
    auto s = house::settings();
    s.max_waiting = std::size_t{16} << 20U; // a 64th of it for each user: 256 KiB
    house h(1, {}, s);
    for (const auto* name : {"alice", "bob"})
        h.add_user(name);
    client alice(h, "alice", "10.0.1.1"), bob(h, "bob", "10.0.2.1");
    alice.sign_in();
    bob.sign_in();
    const auto call = [&] { // how many go through
        int refused = 0;
        for (int i = 0; i < 20; ++i) {
            auto m = alice.request("INVITE", "sip:bob@contoso.test");
            m.set_body("text/plain", std::string(60'000, 'x'));
            alice.send(m);
            h.run_for(100ms);
            if (alice.take("503")) ++refused;
        }
        return 20 - refused;
    };
    EXPECT_EQ(call(), 5); // 60,000 octets and what they stand in
    EXPECT_EQ(h.metric("lyceum_sipstack_overload_total{limit=\"user\"}"), 15);
    bob.send(bob.request("OPTIONS", "sip:contoso.test"));
    h.run_for(100ms);
    EXPECT_TRUE(bob.take("200"));
    decline_all(h, bob);
    EXPECT_EQ(call(), 5);
    alice.hang_up();
    bob.hang_up();
    h.expect_nothing_left();
}

TEST(patience, a_trusted_peer_has_a_limit_of_its_own) {
    auto s = house::settings();
    s.max_transactions_of_user = 10;
    s.max_transactions_of_peer = 20;
    house h(1, {}, s);
    h.add_user("bob");
    client bob(h, "bob", "10.0.2.1");
    bob.sign_in();
    gateway busy(h, "10.0.0.9"), other(h, "10.0.0.10");
    for (int i = 0; i < 30; ++i)
        busy.send(busy.request("INVITE", "sip:bob@contoso.test"));
    h.run_for(100ms);
    for (int i = 0; i < 10; ++i)
        EXPECT_TRUE(busy.expect("503").has(header::retry_after));
    EXPECT_FALSE(busy.take("503"));
    other.send(other.request("OPTIONS", "sip:contoso.test"));
    h.run_for(100ms);
    EXPECT_TRUE(other.take("200"));
    bob.hang_up();
    h.expect_nothing_left();
}

TEST(patience, what_is_answered_does_not_count_as_under_way) {
    auto s = house::settings();
    s.max_transactions_of_peer = 20;
    s.max_transactions = 40;
    house h(1, {}, s);
    gateway gw(h, "10.0.0.9");
    sip::message last;
    for (int i = 0; i < 1000; ++i) { // within 10 s; over UDP each is remembered for 32 s
        last = gw.request("OPTIONS", "sip:contoso.test");
        gw.send(last);
        h.run_for(10ms);
        ASSERT_EQ(gw.heard(), "200 ") << i;
    }
    EXPECT_EQ(h.load().server_transactions, 1000U);
    // So that it is not answered anew when it comes again. RFC 3261 17.2.2
    EXPECT_EQ(h.metric("lyceum_sipstack_requests_total"), 1000);
    gw.send(last);
    h.run_for(10ms);
    EXPECT_EQ(gw.heard(), "200 ");
    EXPECT_EQ(h.metric("lyceum_sipstack_requests_total"), 1000);
    EXPECT_LT(h.kept_for_answered() / 1000, 1500U) << "octets for each";
    EXPECT_GT(h.kept_for_answered() / 1000, 500U);
    h.expect_nothing_left();
    EXPECT_EQ(h.kept_for_answered(), 0U);
}

TEST(patience, what_is_answered_has_a_limit_of_its_own) {
    auto s = house::settings();
    s.max_answered = 400'000; // octets: half of it for each of two peers
    house h(1, {}, s);
    gateway gw(h, "10.0.0.9"), other(h, "10.0.0.10");
    const auto asks = [&h](gateway& g) { // until it is refused
        int n = 0;
        do {
            g.send(g.request("OPTIONS", "sip:contoso.test"));
            h.run_for(5ms);
            ++n;
        } while (g.heard() == "200 " && n < 1000);
        return n;
    };
    const int first = asks(gw);
    EXPECT_GT(first, 100);
    EXPECT_LT(first, 400);
    EXPECT_EQ(h.metric("lyceum_sipstack_overload_total{limit=\"peer\"}"), 1);
    EXPECT_LE(h.kept_for_answered(), 202'000U);
    EXPECT_NEAR(asks(other), first, 10);
    EXPECT_LE(h.kept_for_answered(), 404'000U);
    // Over a stream nothing has to be kept: its users are served.
    gateway third(h, "10.0.0.11");
    third.use_tcp();
    third.send(third.request("OPTIONS", "sip:contoso.test"));
    h.run_for(10ms);
    EXPECT_EQ(third.heard(), "200 ");
    third.hang_up();
    h.run_for(32s); // timer J
    EXPECT_EQ(h.kept_for_answered(), 0U);
    EXPECT_NEAR(asks(gw), first, 10);
    h.expect_nothing_left();
}

TEST(patience, nobody_has_more_subscriptions_than_the_settings_say) {
    house h;
    h.add_user("bob");
    h.offer("x-news", {.per_user = 5, .per_connection = 3});
    client desk(h, "bob", "10.0.2.1");
    client phone(h, "bob", "10.0.2.2");
    const auto ask = [&](client& c) {
        auto m = c.request("SUBSCRIBE", "sip:bob@contoso.test");
        m.append(header::event, "x-news");
        c.send(m);
        h.run_for(100ms);
        while (auto told = c.take("NOTIFY"))
            c.send(c.answer(*told, 200));
        h.run_for(100ms);
        const auto heard = c.heard();
        (void)c.take("200");
        return heard.substr(0, 3);
    };
    for (int round = 0; round < 2; ++round) {
        desk.sign_in();
        phone.sign_in();
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(ask(desk), "200");
        EXPECT_EQ(ask(desk), "413") << "of one connection";
        EXPECT_TRUE(desk.expect("413").value(header::ms_diagnostics).starts_with("2012;"));
        for (int i = 0; i < 2; ++i)
            EXPECT_EQ(ask(phone), "200");
        EXPECT_EQ(ask(phone), "413") << "of one user";
        (void)phone.expect("413");
        EXPECT_EQ(h.subscriptions_served(), 5U);
        EXPECT_EQ(h.metric("lyceum_sipstack_subscriptions_refused_total"), 2 * (round + 1));
        desk.hang_up();
        phone.hang_up();
        h.run_for(100ms);
        EXPECT_EQ(h.subscriptions_served(), 0U);
    }
    h.expect_nothing_left();
}

TEST(patience, a_new_handshake_every_minute) {
    house h;
    h.add_user("alice");
    client c(h, "alice", "10.0.1.1");
    c.sign_in();
    for (int i = 0; i < 24 * 60; ++i) {
        // The same connection, a new association.
        auto again = security_association::client_association(
            {.user = "alice",
             .domain = "CONTOSO",
             .workstation = "PC",
             .nt_hash = *ntlm::nt_hash(password)},
            h.world.find(*ip_address::parse("10.0.1.1"))->shard(0).random());
        for (int leg = 0; leg < 3; ++leg) {
            auto m = c.request("REGISTER", "sip:contoso.test");
            again.authorise(m);
            c.send_raw(m.text());
            h.run_for(100ms);
            const auto asked = c.take("401");
            if (!asked) break;
            ASSERT_TRUE(again.on_challenge(*asked, h.world.wall_now()));
        }
        EXPECT_TRUE(c.take("200"));
        h.run_for(1min);
    }
    EXPECT_EQ(h.associations(), 1U);
    EXPECT_LT(h.timers(), 9 * 60U); // one for each, as long as an association lasts
    c.hang_up();
    h.expect_nothing_left();
}

} // namespace
} // namespace lyceum::sipstack::test
