// Gateways that speak UDP, where messages get lost and come twice.
#include "protocol/sip/address.h"
#include "sipstack/tests/people.h"

namespace lyceum::sipstack::test {
namespace {

using sip::header;

struct gateway_and_bob {
    explicit gateway_and_bob(net::sim::weather how = {}, std::uint64_t seed = 1)
        : h(seed, how), gw(h, "10.0.0.9"), bob(h, "bob", "10.0.2.1") {
        h.add_user("bob");
        bob.sign_in();
    }
    /// Until the callee has one to answer.
    sip::message reach_bob(const sip::message& m) {
        const auto method = std::string(m.method_name());
        for (int i = 0; i < 20; ++i) {
            gw.send(m);
            h.run_for(500ms);
            if (auto there = bob.take(method)) return *there;
        }
        ADD_FAILURE() << "bob heard nothing";
        return m;
    }
    void everybody_leaves() {
        EXPECT_EQ(bob.badly_signed, 0U);
        bob.hang_up();
        h.expect_nothing_left();
    }
    house h;
    gateway gw;
    client bob;
};

TEST(datagrams, a_repeated_request_gets_the_same_answer) { // RFC 3261 17.2.2
    gateway_and_bob x;
    const auto m = x.gw.request("MESSAGE", "sip:bob@contoso.test");
    const auto there = x.reach_bob(m);
    x.gw.send(m); // before there is an answer: absorbed
    x.h.run_for(100ms);
    EXPECT_EQ(x.bob.heard(), "MESSAGE ");
    EXPECT_EQ(x.gw.heard(), "");
    x.bob.send(x.bob.answer(there, 200));
    x.h.run_for(100ms);
    for (int i = 0; i < 3; ++i) {
        x.gw.send(m);
        x.h.run_for(5s);
    }
    EXPECT_EQ(x.gw.heard(), "200 200 200 200 ");
    for (const auto& again : x.gw.octets())
        EXPECT_EQ(again, x.gw.octets().front());
    EXPECT_EQ(x.bob.heard(), "");
    x.h.run_for(30s); // timer J: now it is a new one
    x.gw.send(m);
    x.h.run_for(100ms);
    EXPECT_EQ(x.bob.heard(), "MESSAGE ");
    x.everybody_leaves();
}

TEST(datagrams, an_invite_without_a_branch) { // RFC 3261 17.2.3: as RFC 2543 has it
    for (const auto* via : {"SIP/2.0/UDP 10.0.0.9;branch=1", "SIP/2.0/UDP 10.0.0.9"}) {
        gateway_and_bob x;
        auto invite = x.gw.request("INVITE", "sip:bob@contoso.test");
        invite.set(header::via, via);
        const auto there = x.reach_bob(invite);
        x.gw.send(invite);
        x.h.run_for(100ms);
        EXPECT_EQ(x.gw.heard(), "100 100 ");
        EXPECT_EQ(x.bob.heard(), "INVITE ");
        x.bob.send(x.bob.answer(there, 180));
        x.h.run_for(100ms);
        auto cancel = sip::message::request("CANCEL", invite.uri());
        for (const auto f : {header::via, header::from, header::to, header::call_id})
            cancel.append(f, invite.value(f));
        cancel.append(header::cseq, "1 CANCEL");
        x.gw.send(cancel);
        x.h.run_for(100ms);
        EXPECT_EQ(x.bob.heard(), "CANCEL ");
        x.bob.send(x.bob.answer(x.bob.expect("CANCEL"), 200));
        x.bob.send(x.bob.answer(there, 487));
        x.h.run_for(100ms);
        EXPECT_EQ(x.bob.heard(), "ACK ");
        EXPECT_EQ(x.gw.heard(), "180 200 487 ");
        auto ack = sip::message::request("ACK", invite.uri());
        for (const auto f : {header::via, header::from, header::call_id})
            ack.append(f, invite.value(f));
        ack.append(header::to, x.gw.expect("487").value(header::to));
        ack.append(header::cseq, "1 ACK");
        x.gw.send(ack);
        x.h.run_for(20s);
        EXPECT_EQ(x.gw.heard(), "") << "487 was acknowledged: it is not sent again";
        EXPECT_EQ(x.bob.heard(), "");
        x.everybody_leaves();
    }
}

TEST(datagrams, a_refusal_is_repeated_until_it_is_acknowledged) { // RFC 3261 17.2.1 timers G and H
    gateway_and_bob x;
    const auto invite = x.gw.request("INVITE", "sip:nobody@contoso.test");
    x.gw.send(invite);
    x.h.run_for(40s);
    // 0.5, 1.5, 3.5, then every 4 s up to 32 s
    EXPECT_EQ(x.gw.heard(), "100 404 404 404 404 404 404 404 404 404 404 404 ");
    x.everybody_leaves();
}

TEST(datagrams, half_of_all_datagrams_are_lost) {
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        SCOPED_TRACE(seed);
        gateway_and_bob x({1ms, 40ms, 50}, seed);
        const auto m = x.gw.request("MESSAGE", "sip:bob@contoso.test");
        const auto there = x.reach_bob(m);
        x.bob.send(x.bob.answer(there, 200));
        int sent = 0;
        std::string heard;
        for (; heard.empty() && sent < 30; ++sent) {
            x.h.run_for(500ms);
            heard = x.gw.heard();
            if (heard.empty()) x.gw.send(m);
        }
        EXPECT_TRUE(heard.starts_with("200 ")) << heard;
        EXPECT_EQ(x.bob.heard(), "MESSAGE ") << "once, however often it was sent";
        x.everybody_leaves();
    }
}

TEST(datagrams, the_house_repeats_what_it_sends) { // RFC 3261 17.1.2.2 timers E and F
    gateway_and_bob x;
    x.h.add_user("phone");
    auto reg = x.gw.request("REGISTER", "sip:contoso.test");
    reg.set(header::from, "<sip:phone@contoso.test>;tag=1");
    reg.set(header::to, "<sip:phone@contoso.test>");
    reg.set(header::contact, "<sip:phone@10.0.0.9>");
    x.gw.send(reg);
    x.h.run_for(100ms);
    ASSERT_EQ(x.gw.heard(), "200 ");
    x.bob.send(x.bob.request("MESSAGE", "sip:phone@contoso.test"));
    x.h.run_for(2s); // at 0, 0.5 and 1.5 s
    EXPECT_EQ(x.gw.heard(), "MESSAGE MESSAGE MESSAGE ");
    EXPECT_EQ(x.gw.octets()[1], x.gw.octets()[2]);
    const auto at_phone = x.gw.expect("MESSAGE");
    x.gw.send(x.gw.answer(at_phone, 202));
    x.gw.send(x.gw.answer(at_phone, 202));
    x.h.run_for(20s);
    EXPECT_EQ(x.gw.heard(), "");
    EXPECT_EQ(x.bob.heard(), "202 ");

    x.bob.send(x.bob.request("INVITE", "sip:phone@contoso.test"));
    x.h.run_for(100ms);
    const auto rung = x.gw.expect("INVITE");
    x.gw.send(x.gw.answer(rung, 486));
    x.gw.send(x.gw.answer(rung, 486)); // an ACK got lost
    x.h.run_for(100ms);
    EXPECT_EQ(x.gw.heard(), "INVITE ACK ACK ");
    EXPECT_EQ(x.bob.heard(), "100 486 ");
    x.h.run_for(3h); // the phone's registration ends
    x.everybody_leaves();
}

TEST(datagrams, where_answers_go) { // RFC 3261 18.2.1 and 18.2.2, RFC 3581 4
    gateway_and_bob x;
    const struct {
        std::string_view via;
        std::string_view noted; ///< what the callee and the caller read; ours before it
    } rows[] = {
        {"SIP/2.0/UDP pbx.other.test;branch=z9hG4bKa1",
         "SIP/2.0/UDP pbx.other.test;branch=z9hG4bKa1;received=10.0.0.9"},
        {"SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKa2;rport",
         "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKa2;rport=5060;received=10.0.0.9"},
        {"SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKa3", "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKa3"},
        // What only we may say counts from us only.
        {"SIP/2.0/UDP 10.0.0.9;received=192.0.2.1;branch=z9hG4bKa4;ms-received-cid=1;x=\"a;b\"",
         "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKa4;x=\"a;b\""},
        {"SIP/2.0/UDP 10.0.0.9;rport=9;branch=z9hG4bKa5;received=192.0.2.1",
         "SIP/2.0/UDP 10.0.0.9;rport=5060;branch=z9hG4bKa5;received=10.0.0.9"},
    };
    for (const auto& row : rows) {
        auto m = x.gw.request("MESSAGE", "sip:bob@contoso.test");
        m.set(header::via, row.via);
        m.append(header::via,
                 "SIP/2.0/TCP behind.other.test;branch=z9hG4bKdeep"); // two in a line would do, too
        const auto there = x.reach_bob(m);
        ASSERT_EQ(there.values(header::via).size(), 3U);
        EXPECT_EQ(there.values(header::via)[1], row.noted);
        x.bob.send(x.bob.answer(there, 200));
        x.h.run_for(100ms);
        const auto back = x.gw.expect("200");
        ASSERT_EQ(back.values(header::via).size(), 2U);
        EXPECT_EQ(back.values(header::via)[0], row.noted);
        EXPECT_EQ(back.values(header::via)[1], "SIP/2.0/TCP behind.other.test;branch=z9hG4bKdeep");
        (void)x.bob.heard();
    }
    x.everybody_leaves();
}

TEST(datagrams, a_call_over_two_transports) { // RFC 5658: each side finds the house over its own
    for (const bool tcp : {false, true}) {
        gateway_and_bob x;
        if (tcp) x.gw.use_tcp();
        const auto invite = x.gw.request("INVITE", "sip:bob@contoso.test");
        const auto there = x.reach_bob(invite);
        const auto routes = there.values(header::record_route);
        ASSERT_EQ(routes.size(), 2U);
        EXPECT_EQ(routes[0], "<sip:fe.contoso.test:5061;transport=tls;lr>");
        EXPECT_EQ(routes[1],
                  tcp ? "<sip:fe.contoso.test:5060;transport=tcp;lr>"
                      : "<sip:fe.contoso.test:5060;lr>");
        x.bob.send(x.bob.answer(there, 200));
        x.h.run_for(100ms);
        const auto ok = x.gw.expect("200");
        const auto target = sip::parse_address(ok.value(header::contact));
        // Both ways through the dialog.
        auto ack = sip::message::request("ACK", target->uri);
        ack.append(header::via, invite.value(header::via));
        ack.replace_first(header::via,
                          tcp ? "SIP/2.0/TCP 10.0.0.9;branch=z9hG4bKack"
                              : "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKack");
        for (const auto r : {routes[1], routes[0]})
            ack.append(header::route, r);
        ack.append(header::from, invite.value(header::from));
        ack.append(header::to, ok.value(header::to));
        ack.append(header::call_id, invite.call_id());
        ack.append(header::cseq, "1 ACK");
        x.gw.send(ack);
        x.h.run_for(100ms);
        EXPECT_EQ(x.bob.heard(), "INVITE ACK ");
        EXPECT_FALSE(x.bob.expect("ACK").has(header::route));
        auto bye =
            x.bob.request("BYE", "sip:line@10.0.0.9" + std::string(tcp ? ";transport=tcp" : ""));
        for (const auto r : {routes[0], routes[1]})
            bye.append(header::route, r);
        bye.set(header::from, ok.value(header::to));
        bye.set(header::to, invite.value(header::from));
        bye.set(header::call_id, invite.call_id());
        x.bob.send(bye);
        x.h.run_for(100ms);
        const auto heard = x.gw.expect("BYE");
        EXPECT_FALSE(heard.has(header::route));
        EXPECT_FALSE(heard.has(header::authorization));
        x.gw.send(x.gw.answer(heard, 200));
        x.h.run_for(100ms);
        EXPECT_EQ(x.bob.heard(), "200 ");
        x.gw.hang_up();
        x.h.run_for(2h); // the house's own connection to the gateway idles for an hour
        x.everybody_leaves();
    }
}

} // namespace
} // namespace lyceum::sipstack::test
