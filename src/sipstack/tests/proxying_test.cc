// What RFC 3261 wants of a proxy, seen from both sides of it.
#include "sipstack/tests/people.h"

namespace lyceum::sipstack::test {
namespace {

using sip::header;

sip::message follower(const sip::message& invite, std::string_view method) {
    auto m = sip::message::request(method, invite.uri());
    for (const auto f : {header::via, header::from, header::to, header::call_id})
        m.append(f, invite.value(f));
    m.append(header::cseq, std::to_string(invite.cseq_number()) + " " + std::string(method));
    return m;
}

struct gateway_and_bob {
    explicit gateway_and_bob(stack_settings s = house::settings())
        : h(1, {}, std::move(s)), gw(h, "10.0.0.9"), bob(h, "bob", "10.0.2.1") {
        h.add_user("bob");
        h.add_user("phone");
        bob.sign_in();
    }
    void everybody_leaves() {
        EXPECT_EQ(bob.badly_signed, 0U);
        bob.hang_up();
        h.run_for(3h); // a phone's registration, an idle connection to a gateway
        h.expect_nothing_left();
    }
    house h;
    gateway gw;
    client bob;
};

TEST(proxying, long_requests_leave_udp) { // RFC 3261 18.1.1
    const struct {
        const char* what;
        std::string_view method;
        std::size_t size;
        bool has_tcp, moves, comes_back;
    } rows[] = {
        {"short", "MESSAGE", 100, true, false, false},
        {"long", "MESSAGE", 1300, true, true, false},
        {"long, and no TCP there", "MESSAGE", 1300, false, true, true},
        {"a call", "INVITE", 2000, true, true, false},
        {"a call, and no TCP there", "INVITE", 2000, false, true, true},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        gateway_and_bob x;
        gateway phone(x.h, "10.0.0.10", true, row.has_tcp);
        phone.register_phone("phone");
        for (int round = 1; round <= 2; ++round) {
            auto m = x.bob.request(row.method, "sip:phone@contoso.test");
            m.set_body("text/plain", std::string(row.size, 'x'));
            x.bob.send(m);
            x.h.run_for(100ms);
            const auto there = phone.expect(row.method);
            const bool over_tcp = row.moves && !row.comes_back;
            EXPECT_TRUE(
                there.first(header::via).starts_with(over_tcp ? "SIP/2.0/TCP " : "SIP/2.0/UDP "))
                << there.first(header::via);
            EXPECT_EQ(static_cast<bool>(phone.last_heard), over_tcp);
            EXPECT_EQ(there.body().size(), row.size);
            // A peer that refused is not asked at every request.
            EXPECT_EQ(x.h.metric("lyceum_sipstack_moved_to_tcp_total"),
                      !row.moves       ? 0
                      : row.comes_back ? 1
                                       : round);
            phone.send(phone.answer(there, 486));
            x.h.run_for(100ms);
            EXPECT_EQ(x.bob.heard(), row.method == "INVITE" ? "100 486 " : "486 ");
            EXPECT_EQ(static_cast<bool>(phone.take("ACK")), row.method == "INVITE");
        }
        x.h.run_for(1min);
        (void)phone.heard();
        x.everybody_leaves();
    }
}

TEST(proxying, a_long_ack_leaves_udp) { // RFC 3261 18.1.1; 13.2.2.4: nothing answers it
    const struct {
        const char* what;
        std::size_t size;
        bool has_tcp, over_tcp;
    } rows[] = {
        {"short", 100, true, false},
        {"long", 1500, true, true},
        {"long, and no TCP there", 1500, false, false},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        gateway_and_bob x;
        gateway phone(x.h, "10.0.0.10", true, row.has_tcp);
        phone.register_phone("phone");
        const auto invite = x.bob.request("INVITE", "sip:phone@contoso.test");
        x.bob.send(invite);
        x.h.run_for(100ms);
        phone.send(phone.answer(phone.expect("INVITE"), 200));
        x.h.run_for(100ms);
        const auto ok = x.bob.expect("200");
        for (int round = 1; round <= 2; ++round) {
            auto ack = x.bob.in_dialog("ACK", invite, ok);
            ack.set_body("text/plain", std::string(row.size, 'x'));
            x.bob.send(ack);
            x.h.run_for(100ms);
            const auto there = phone.expect("ACK");
            EXPECT_EQ(there.body().size(), row.size);
            EXPECT_TRUE(there.first(header::via)
                            .starts_with(row.over_tcp ? "SIP/2.0/TCP " : "SIP/2.0/UDP "))
                << there.first(header::via);
            EXPECT_EQ(static_cast<bool>(phone.last_heard), row.over_tcp);
            EXPECT_EQ(x.h.metric("lyceum_sipstack_moved_to_tcp_total"),
                      row.size < 1300 ? 0
                      : row.has_tcp   ? round
                                      : 1);
        }
        x.h.run_for(1min);
        (void)phone.heard();
        x.everybody_leaves();
    }
}

TEST(proxying, merged_requests_go_on) { // RFC 3261 16.3: no error to a proxy
    gateway_and_bob x;
    for (const auto* branch : {"z9hG4bKone", "z9hG4bKother"}) {
        auto m = x.gw.request("MESSAGE", "sip:bob@contoso.test");
        m.set(header::via, "SIP/2.0/UDP 10.0.0.9;branch=" + std::string(branch));
        m.set(header::call_id, "the-same");
        m.set(header::cseq, "7 MESSAGE");
        m.set(header::from, "<sip:line@10.0.0.9>;tag=1");
        x.gw.send(m);
        x.h.run_for(100ms);
    }
    EXPECT_EQ(x.bob.heard(), "MESSAGE MESSAGE ");
    while (const auto there = x.bob.take("MESSAGE"))
        x.bob.send(x.bob.answer(*there, 200));
    x.h.run_for(100ms);
    EXPECT_EQ(x.gw.heard(), "200 200 ");
    x.everybody_leaves();
}

TEST(proxying, who_gave_up_is_told_so_when_the_callee_goes_first) { // RFC 3261 9.1
    gateway_and_bob x;
    auto invite = x.gw.request("INVITE", "sip:bob@contoso.test");
    x.gw.send(invite);
    x.h.run_for(100ms);
    x.bob.send(x.bob.answer(x.bob.expect("INVITE"), 180));
    x.h.run_for(100ms);
    x.gw.send(follower(invite, "CANCEL"));
    x.h.run_for(100ms);
    EXPECT_EQ(x.gw.heard(), "100 180 200 ");
    x.bob.hang_up();
    x.h.run_for(100ms);
    EXPECT_EQ(x.gw.heard(), "487 ");
    x.h.run_for(3h);
    x.h.expect_nothing_left();
}

TEST(proxying, a_lost_datagram_after_the_way_back_to_udp) {
    gateway_and_bob x;
    gateway phone(x.h, "10.0.0.10", true, false);
    phone.register_phone("phone");
    auto m = x.bob.request("MESSAGE", "sip:phone@contoso.test");
    m.set_body("text/plain", std::string(2000, 'x'));
    x.bob.send(m);
    x.h.run_for(2s);
    EXPECT_EQ(phone.heard(), "MESSAGE MESSAGE MESSAGE "); // timer E
    const auto there = phone.expect("MESSAGE");
    phone.send(phone.answer(there, 200));
    x.h.run_for(100ms);
    EXPECT_EQ(x.bob.heard(), "200 ");
    x.everybody_leaves();
}

TEST(proxying, a_strict_router_gets_what_it_expects) { // RFC 3261 16.6 step 6, 16.4
    gateway_and_bob x;
    const struct {
        std::string_view route, uri, left;
    } rows[] = {
        {"<sip:10.0.0.9;lr>", "sip:far@other.test", "<sip:10.0.0.9;lr>"},
        {"<sip:10.0.0.9>", "sip:10.0.0.9", "<sip:far@other.test>"},
        {"<sip:10.0.0.9>, <sip:next.test;lr>",
         "sip:10.0.0.9",
         "<sip:next.test;lr>,<sip:far@other.test>"},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.route);
        auto m = x.bob.request("MESSAGE", "sip:far@other.test");
        m.append(header::route, row.route);
        x.bob.send(m);
        x.h.run_for(100ms);
        const auto there = x.gw.expect("MESSAGE");
        EXPECT_EQ(there.uri(), row.uri);
        std::string left;
        for (const auto r : there.values(header::route))
            left.append(left.empty() ? "" : ",").append(r);
        EXPECT_EQ(left, row.left);
        x.gw.send(x.gw.answer(there, 200));
        x.h.run_for(100ms);
        EXPECT_EQ(x.bob.heard(), "200 ");
    }
    // And one before us: our own route stands in the Request-URI.
    auto m = x.gw.request("MESSAGE", "sip:fe.contoso.test:5060;lr");
    m.append(header::route, "<sip:bob@contoso.test>");
    x.gw.send(m);
    x.h.run_for(100ms);
    const auto there = x.bob.expect("MESSAGE");
    EXPECT_FALSE(there.has(header::route));
    x.bob.send(x.bob.answer(there, 200));
    x.h.run_for(100ms);
    (void)x.gw.heard();
    x.everybody_leaves();
}

TEST(proxying, a_cancel_is_answered_with_the_tag_of_its_invite) { // RFC 3261 9.2
    gateway_and_bob x;
    for (const bool rings : {true, false}) {
        auto invite = x.gw.request("INVITE", "sip:bob@contoso.test");
        x.gw.send(invite);
        x.h.run_for(100ms);
        const auto there = x.bob.expect("INVITE");
        if (rings) x.bob.send(x.bob.answer(there, 180));
        x.h.run_for(100ms);
        x.gw.send(follower(invite, "CANCEL"));
        x.h.run_for(100ms);
        const auto ok = x.gw.expect("200");
        EXPECT_EQ(ok.cseq_method(), "CANCEL");
        // Nobody answers the CANCEL: the refusal is the house's own.
        x.h.run_for(60s);
        const auto refusal = x.gw.expect("487");
        EXPECT_EQ(ok.to_tag(), rings ? x.bob.tag : std::string(refusal.to_tag()));
        (void)x.gw.heard();
        (void)x.bob.heard();
        (void)x.bob.take("CANCEL");
        while (x.gw.take("487")) { // nobody acknowledged it
        }
    }
    x.everybody_leaves();
}

TEST(proxying, why_it_was_cancelled) { // RFC 3326
    gateway_and_bob x;
    gateway phone(x.h, "10.0.0.10");
    client twin(x.h, "bob", "10.0.2.2");
    twin.sign_in();
    const struct {
        const char* what;
        int answer; ///< the twin's; 0: the caller cancels
        std::string_view reason, diagnosis;
    } rows[] = {
        {"the caller said why", 0, "SIP;cause=600;text=\"gone\"", ""},
        {"taken elsewhere", 200, "SIP;cause=200;text=\"Call completed elsewhere\"", "13006"},
        {"refused for all", 603, "SIP;cause=603;text=\"Decline\"", "13006"},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        auto invite = x.gw.request("INVITE", "sip:bob@contoso.test");
        x.gw.send(invite);
        x.h.run_for(100ms);
        const auto at_bob = x.bob.expect("INVITE");
        const auto at_twin = twin.expect("INVITE");
        x.bob.send(x.bob.answer(at_bob, 180));
        twin.send(twin.answer(at_twin, 180));
        x.h.run_for(100ms);
        if (row.answer == 0) {
            auto cancel = follower(invite, "CANCEL");
            cancel.append(header::reason, row.reason);
            x.gw.send(cancel);
        } else {
            twin.send(twin.answer(at_twin, row.answer));
        }
        x.h.run_for(100ms);
        const auto cancel = x.bob.expect("CANCEL");
        EXPECT_EQ(cancel.value(header::reason), row.reason);
        const auto diagnosis = cancel.value(header::ms_diagnostics); // [MS-OCER] 2.2.1.1
        EXPECT_EQ(diagnosis.substr(0, diagnosis.find(';')), row.diagnosis);
        EXPECT_EQ(diagnosis.contains("source=\"fe.contoso.test\""), !row.diagnosis.empty());
        x.bob.send(x.bob.answer(cancel, 200));
        x.bob.send(x.bob.answer(at_bob, 487));
        if (row.answer == 0) {
            twin.send(twin.answer(twin.expect("CANCEL"), 200));
            twin.send(twin.answer(at_twin, 487));
        }
        x.h.run_for(40s);
        for (auto* p : {static_cast<party*>(&x.gw),
                        static_cast<party*>(&x.bob),
                        static_cast<party*>(&twin)}) {
            (void)p->heard();
            while (p->take("200") || p->take("487") || p->take("603") || p->take("ACK")) {
            }
        }
    }
    twin.hang_up();
    x.everybody_leaves();
}

TEST(proxying, a_branch_keeps_little_of_its_invite) {
    gateway_and_bob x;
    client twin(x.h, "bob", "10.0.2.2");
    gateway phone(x.h, "10.0.0.10");
    twin.sign_in();
    phone.register_phone("bob"); // over UDP, which the long one leaves
    auto invite = x.bob.request("INVITE", "sip:bob@contoso.test");
    for (int i = 0; i < 100; ++i)
        invite.append("X-More-" + std::to_string(i), std::string(300, 'x'));
    invite.set_body("application/sdp", std::string(500'000, 'v'));
    x.bob.send(invite);
    x.h.run_for(100ms);
    for (auto* p : {static_cast<party*>(&x.bob), static_cast<party*>(&twin)})
        (void)p->expect("INVITE");
    (void)phone.expect("INVITE");
    EXPECT_EQ(x.h.load().client_transactions, 3U);
    EXPECT_LT(x.h.kept_for_clients(), 3U * 2000U);
    // Reasons wait at branches that have not rung.
    auto cancel = follower(invite, "CANCEL");
    for (int i = 0; i < 100; ++i)
        cancel.append(header::reason, "SIP;text=\"" + std::string(300, 'x') + "\"");
    x.bob.send(cancel);
    x.h.run_for(100ms);
    EXPECT_EQ(x.h.load().client_transactions, 3U);
    EXPECT_LT(x.h.kept_for_clients(), 3U * 4000U);
    x.h.run_for(1min);
    twin.hang_up();
    x.everybody_leaves();
}

TEST(proxying, the_ack_of_a_refusal_without_a_transaction_ends_here) {
    auto s = house::settings();
    s.max_transactions = 0;
    house full(1, {}, s);
    gateway gw(full, "10.0.0.9");
    const auto invite = gw.request("INVITE", "sip:pbx@10.0.0.9");
    gw.send(invite);
    full.run_for(100ms);
    const auto refusal = gw.expect("503");
    auto ack = follower(invite, "ACK");
    ack.set(header::to, refusal.value(header::to));
    gw.send(ack);
    full.run_for(100ms);
    EXPECT_EQ(gw.heard(), "503 ") << "the ACK came back";
    // Somebody else's ACK goes on: it is that of a 2xx.
    ack.set(header::to, "<sip:pbx@10.0.0.9>;tag=theirs");
    gw.send(ack);
    full.run_for(100ms);
    EXPECT_EQ(gw.heard(), "ACK ");
    full.expect_nothing_left();
}

TEST(proxying, an_im_callee_that_repeats_its_2xx_is_acknowledged) { // RFC 3261 13.3.1.4
    gateway_and_bob x;
    gateway phone(x.h, "10.0.0.10");
    phone.register_phone("phone");
    auto invite = x.bob.request("INVITE", "sip:phone@contoso.test");
    invite.set_body("application/sdp", im_offer);
    x.bob.send(invite);
    x.h.run_for(100ms);
    const auto there = phone.expect("INVITE");
    const auto ok = phone.answer(there, 200);
    phone.send(ok);
    x.h.run_for(500ms);
    EXPECT_EQ(x.bob.heard(), "100 200 ");
    EXPECT_EQ(phone.heard(), "INVITE ");
    phone.send(ok); // bob's ACK got lost
    x.h.run_for(100ms);
    const auto ack = phone.expect("ACK");
    EXPECT_EQ(ack.to_tag(), phone.tag);
    EXPECT_EQ(ack.cseq_number(), there.cseq_number());
    EXPECT_EQ(x.bob.heard(), "") << "one final response to an IM INVITE. docs/adr/0003";
    x.everybody_leaves();
}

} // namespace
} // namespace lyceum::sipstack::test
