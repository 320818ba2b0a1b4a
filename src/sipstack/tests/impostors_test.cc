// Those who pretend to be somebody else, or to answer what they were not asked.
#include "sipstack/tests/people.h"

namespace lyceum::sipstack::test {
namespace {

using sip::header;

struct three_people {
    three_people()
        : alice(h, "alice", "10.0.1.1"), bob(h, "bob", "10.0.2.1"),
          mallory(h, "mallory", "10.0.3.1") {
        for (const auto* name : {"alice", "bob", "mallory"})
            h.add_user(name);
        alice.sign_in();
        bob.sign_in();
        mallory.sign_in();
    }
    /// alice asks bob; what bob got.
    sip::message asked() {
        alice.send(alice.request("MESSAGE", "sip:bob@contoso.test"));
        h.run_for(100ms);
        (void)bob.heard();
        return bob.expect("MESSAGE");
    }
    double counted(std::string_view what) {
        return h.metric("lyceum_sipstack_" + std::string(what) + "_total");
    }
    void everybody_leaves() {
        EXPECT_EQ(alice.badly_signed + bob.badly_signed + mallory.badly_signed, 0U);
        alice.hang_up();
        bob.hang_up();
        mallory.hang_up();
        h.expect_nothing_left();
    }
    house h;
    client alice, bob, mallory;
};

TEST(impostors, who_uses_the_same_branches_tags_and_call_ids) {
    // seen: pidgin-sipe 1.25 makes them from rand(), and two clients started in the same second
    // make the same
    three_people x;
    x.alice.branch_prefix = x.mallory.branch_prefix = "4211";
    for (int i = 0; i < 20; ++i) {
        x.alice.send(x.alice.request("MESSAGE", "sip:bob@contoso.test"));
        x.mallory.send(x.mallory.request("MESSAGE", "sip:bob@contoso.test"));
    }
    x.h.run_for(100ms);
    for (int i = 0; i < 40; ++i) {
        const auto m = x.bob.expect("MESSAGE");
        const bool is_hers = m.value(header::from).contains("alice");
        x.bob.send(x.bob.answer(m, is_hers ? 200 : 202));
    }
    x.h.run_for(100ms);
    for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(x.alice.take("200"));
        EXPECT_TRUE(x.mallory.take("202"));
    }
    EXPECT_FALSE(x.alice.take("202") || x.mallory.take("200"));
    x.everybody_leaves();
}

TEST(impostors, who_guesses_a_branch) {
    three_people x;
    const auto m = x.asked();
    const auto stray = x.counted("stray_responses");
    x.mallory.send(x.mallory.answer(m, 200)); // signed by mallory, over mallory's connection
    x.h.run_for(100ms);
    EXPECT_EQ(x.alice.heard(), "");
    EXPECT_EQ(x.counted("stray_responses"), stray + 1);
    x.bob.send(x.bob.answer(m, 202));
    x.h.run_for(100ms);
    EXPECT_EQ(x.alice.heard(), "202 ");
    x.everybody_leaves();
}

TEST(impostors, who_answers_by_another_transport) {
    three_people x;
    // The callee knows the branch; over UDP it would need no signature, and anybody can write its
    // address.
    const auto m = x.asked();
    gateway pretends(x.h, "10.0.9.9");
    pretends.send(x.bob.answer(m, 200)); // trusted, even
    x.h.run_for(100ms);
    EXPECT_EQ(x.alice.heard(), "");
    x.bob.send(x.bob.answer(m, 202));
    x.h.run_for(100ms);
    EXPECT_EQ(x.alice.heard(), "202 ");
    x.everybody_leaves();
}

TEST(impostors, whose_answers_are_not_signed) {
    three_people x;
    const auto m = x.asked();
    const auto good = x.bob.signed_as_is(x.bob.answer(m, 200));
    auto unsigned_one = good;
    unsigned_one.remove(header::authorization);
    auto other_status = x.bob.answer(m, 404);
    other_status.append(header::authorization, good.value(header::authorization));
    auto damaged = good;
    std::string field(good.value(header::authorization));
    const auto digit = field.find("response=\"") + 30;
    field[digit] = field[digit] == '0' ? '1' : '0';
    damaged.set(header::authorization, field);
    const auto dropped = x.counted("dropped");
    for (const auto& bad : {unsigned_one, other_status, damaged}) {
        x.bob.send_raw(bad.text());
        x.h.run_for(100ms);
        EXPECT_EQ(x.alice.heard(), "");
    }
    EXPECT_EQ(x.counted("dropped"), dropped + 3);
    x.bob.send_raw(good.text());
    x.h.run_for(100ms);
    EXPECT_EQ(x.alice.heard(), "200 ");
    x.bob.send_raw(good.text()); // and once more
    x.h.run_for(100ms);
    EXPECT_EQ(x.alice.heard(), "");
    EXPECT_EQ(x.counted("replayed"), 1);
    x.everybody_leaves();
}

TEST(impostors, who_answers_something_else) {
    // A callee writes into its answer what belongs to another request of the caller's: the caller
    // would take it for that one's, for the house has signed it. It is the house's memory that
    // counts.
    three_people x;
    const struct {
        header what;
        std::string_view value;
        bool twice; ///< beside the right one
    } rows[] = {
        {header::call_id, "another", false},
        {header::call_id, "another", true},
        {header::cseq, "7 MESSAGE", false},
        {header::cseq, "7 MESSAGE", true},
        {header::from, "<sip:alice@contoso.test>;tag=another", false},
        {header::from, "<sip:alice@contoso.test>;tag=another", true},
        {header::to, "<sip:boss@contoso.test>;tag=t10.0.2.1", false},
        {header::via, "SIP/2.0/TLS 10.0.1.1:5060;branch=z9hG4bKanother", false},
        {header::via, "SIP/2.0/TLS 10.0.1.1:5060;branch=z9hG4bKanother", true},
        {header::via, "", false},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(std::string(sip::name(row.what)) + (row.twice ? " twice" : ""));
        const auto m = x.asked();
        auto r = x.bob.answer(m, 200);
        if (row.what == header::via) {
            if (!row.twice) r.set(header::via, m.first(header::via));
            if (!row.value.empty()) r.append(header::via, row.value);
        } else if (row.twice) {
            r.append(row.what, row.value);
        } else {
            r.set(row.what, row.value);
        }
        x.bob.send(r);
        x.h.run_for(100ms);
        ASSERT_EQ(x.alice.heard(), "200 ");
        const auto there = x.alice.expect("200");
        EXPECT_EQ(there.values(header::via), (std::vector{m.values(header::via)[1]}));
        for (const auto h : {header::from, header::call_id, header::cseq}) {
            EXPECT_EQ(there.values(h), m.values(h)) << sip::name(h);
        }
        EXPECT_EQ(there.value(header::to), "<sip:bob@contoso.test>;tag=t10.0.2.1");
    }
    x.everybody_leaves();
}

TEST(impostors, who_speaks_in_anothers_name) {
    three_people x;
    auto m = x.mallory.request("MESSAGE", "sip:bob@contoso.test");
    m.set(header::from, "<sip:alice@contoso.test>;tag=1;epid=" + x.alice.epid());
    x.mallory.send(m);
    x.h.run_for(100ms);
    EXPECT_EQ(x.mallory.heard(), "403 ");
    // And who takes alice's connection's opaque along: it is another connection's.
    auto stolen = x.alice.signed_as_is(x.alice.request("MESSAGE", "sip:bob@contoso.test"));
    x.mallory.send_raw(stolen.text());
    x.h.run_for(100ms);
    EXPECT_EQ(x.mallory.heard(), "401 ");
    // Nobody registers another one.
    m = x.mallory.request("REGISTER", "sip:contoso.test");
    m.set(header::to, "<sip:alice@contoso.test>");
    x.mallory.send(m);
    x.h.run_for(100ms);
    EXPECT_EQ(x.mallory.heard(), "403 ");
    EXPECT_EQ(x.bob.heard(), "");
    EXPECT_EQ(x.h.registrations(), 3U);
    x.everybody_leaves();
}

TEST(impostors, who_sends_what_was_sent_before) {
    three_people x;
    const auto once = x.alice.signed_as_is(x.alice.request("MESSAGE", "sip:bob@contoso.test"));
    x.alice.send_raw(once.text());
    x.alice.send_raw(once.text());
    x.h.run_for(100ms);
    EXPECT_EQ(x.bob.heard(), "MESSAGE ");
    EXPECT_EQ(x.counted("replayed"), 1);
    x.bob.send(x.bob.answer(x.bob.expect("MESSAGE"), 200));
    x.h.run_for(100ms);
    EXPECT_EQ(x.alice.heard(), "200 ");
    x.everybody_leaves();
}

TEST(impostors, a_stranger_over_udp_hears_nothing) { // else others could be flooded by way of us
    three_people x;
    gateway known(x.h, "10.0.0.9");
    party stranger(x.h, "10.0.8.9");
    auto& links = x.h.world.find(*ip_address::parse("10.0.8.9"))->links(0);
    x.h.world.find(*ip_address::parse("10.0.8.9"))
        ->listen(net::transport::udp, net::audience::trusted, 5060);
    auto options = known.request("OPTIONS", "sip:contoso.test");
    options.set(header::via, "SIP/2.0/UDP 10.0.8.9;branch=z9hG4bK1");
    auto no_cseq = options;
    no_cseq.remove(header::cseq);
    auto two_tos = options;
    two_tos.append(header::to, "<sip:bob@contoso.test>");
    auto cancel = options;
    cancel.set(header::cseq, "1 CANCEL");
    std::string cancel_text = cancel.text();
    cancel_text.replace(0, 7, "CANCEL");
    for (const auto& text : {options.text(),
                             no_cseq.text(),
                             two_tos.text(),
                             cancel_text,
                             std::string("nonsense\r\n\r\n"),
                             std::string(2000, 'x')}) {
        links.send_datagram(links.udp_socket(), at(house_address, 5060), text);
    }
    x.h.run_for(1min);
    EXPECT_EQ(stranger.heard(), "");
    // Who is known is told what is wrong.
    known.send(no_cseq);
    x.h.run_for(100ms);
    EXPECT_EQ(x.h.load().server_transactions, 0U);
    x.everybody_leaves();
}

TEST(impostors, a_stranger_over_tcp_is_closed) {
    three_people x;
    party stranger(x.h, "10.0.8.9");
    auto& links = x.h.world.find(*ip_address::parse("10.0.8.9"))->links(0);
    const auto f = links.connect({net::transport::tcp, at(house_address, 5060), {}});
    links.send(f, x.alice.request("OPTIONS", "sip:contoso.test").text());
    x.h.run_for(1s);
    EXPECT_EQ(stranger.heard(), "");
    EXPECT_EQ(stranger.closed_by().size(), 1U);
    x.everybody_leaves();
}

TEST(impostors, who_was_sent_away_is_heard_no_more) {
    three_people x;
    x.h.expel("mallory");
    x.mallory.send(x.mallory.request("MESSAGE", "sip:bob@contoso.test")); // on its way meanwhile
    x.h.run_for(1s);
    EXPECT_EQ(x.bob.heard(), "");
    EXPECT_EQ(x.mallory.closed_by().size(), 1U);
    EXPECT_EQ(x.h.registrations(), 2U);
    x.everybody_leaves();
}

// A Request-URI of one's own does not make somebody else's To one's own. RFC 3261 10.2, 10.3
TEST(impostors, nobody_registers_another_by_a_request_uri_of_its_own) {
    three_people x;
    for (const char* uri :
         {"sip:mallory@contoso.test", "sip:bob@contoso.test", "sip:contoso.test"}) {
        auto m = x.mallory.request("REGISTER", uri);
        m.set(header::to, "<sip:bob@contoso.test>");
        x.mallory.send(m);
        x.h.run_for(300ms);
        EXPECT_FALSE(x.mallory.take("200")) << uri;
        (void)x.mallory.heard();
        x.alice.send(x.alice.request("MESSAGE", "sip:bob@contoso.test"));
        x.h.run_for(300ms);
        EXPECT_EQ(x.bob.heard(), "MESSAGE ") << uri;
        EXPECT_EQ(x.mallory.heard(), "") << uri;
    }
}

// A connection may carry several users; each of them can be expelled. digest MS-SIPREGE 4 rule 10
TEST(impostors, the_expelled_is_gone_from_a_shared_connection_too) {
    three_people x;
    x.h.add_user("dave");
    client dave(x.h, "dave", "10.0.4.1");
    dave.association().start_over();
    auto& c = x.mallory;
    for (int i = 0; i < 3; ++i) {
        c.send_raw(dave.signed_as_is(dave.request("REGISTER", "sip:contoso.test")).text());
        x.h.run_for(300ms);
        if (c.take("200")) break;
        auto again = c.take("401");
        ASSERT_TRUE(again);
        ASSERT_TRUE(dave.association().on_challenge(*again, x.h.world.wall_now()));
    }
    x.h.expel("mallory");
    x.h.run_for(1s);
    c.send(c.request("MESSAGE", "sip:bob@contoso.test"));
    x.h.run_for(300ms);
    EXPECT_EQ(x.bob.heard(), "");
}

// What a trusted peer asserts is judged as its From is. digest MS-SIPAE 4.7 rule 27
TEST(impostors, a_gateway_asserts_nobody_of_ours) {
    three_people x;
    gateway g(x.h, "10.0.0.9", false);
    const struct {
        std::string_view asserted, arrives;
    } rows[] = {
        {"\"Alice\" <sip:alice@contoso.test>", ""},
        {"<tel:+14255550100>", "<tel:+14255550100>"},
        {"<tel:+14255550100>, <sip:alice@contoso.test>", ""},
        {"<sip:alice@contoso.test.>", ""},
        {"<sip:alice@fe.contoso.test>", ""},
        {"<im:alice@contoso.test>", ""},
        {"<sip:alice@notcontoso.test>", "<sip:alice@notcontoso.test>"},
        {"<sip:line@10.0.0.9>", "<sip:line@10.0.0.9>"},
    };
    for (const auto& row : rows) {
        auto m = g.request("MESSAGE", "sip:bob@contoso.test");
        m.append(header::p_asserted_identity, row.asserted);
        g.send(m);
        x.h.run_for(300ms);
        EXPECT_EQ(x.bob.expect("MESSAGE").value(header::p_asserted_identity), row.arrives)
            << row.asserted;
    }
}

// Diagnostics are a server's to give. digest MS-OCER 4 rule 4
TEST(impostors, a_clients_response_carries_no_server_diagnostics) {
    three_people x;
    x.alice.send(x.alice.request("MESSAGE", "sip:bob@contoso.test"));
    x.h.run_for(100ms);
    auto r = x.bob.answer(x.bob.expect("MESSAGE"), 404);
    r.append(header::ms_diagnostics, "1003;reason=\"forged\";source=\"fe.contoso.test\"");
    r.append(header::ms_diagnostics_public, "1003;reason=\"forged\"");
    x.bob.send(r);
    x.h.run_for(100ms);
    const auto heard = x.alice.expect("404");
    EXPECT_EQ(heard.value(header::ms_diagnostics), "");
    EXPECT_EQ(heard.value(header::ms_diagnostics_public), "");
}

} // namespace
} // namespace lyceum::sipstack::test
