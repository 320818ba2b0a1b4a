// Calls between clients: who is rung, who is told, and what is left afterwards.
#include "sipstack/tests/people.h"

namespace lyceum::sipstack::test {
namespace {

using sip::header;

/// alice, who calls, and bob with so many devices, all signed in.
struct caller_and_callees {
    explicit caller_and_callees(std::size_t devices = 1, std::uint64_t seed = 1)
        : h(seed), alice(h, "alice", "10.0.1.1") {
        h.add_user("alice");
        h.add_user("bob");
        alice.sign_in();
        for (std::size_t i = 0; i < devices; ++i) {
            bobs.push_back(std::make_unique<client>(h, "bob", "10.0.2." + std::to_string(i + 1)));
            bobs.back()->sign_in();
        }
    }
    client& bob(std::size_t i = 0) { return *bobs[i]; }
    /// alice invites bob; every device has heard of it.
    void ring() {
        invite = alice.request("INVITE", "sip:bob@contoso.test");
        alice.send(invite);
        h.run_for(100ms);
        EXPECT_EQ(alice.heard(), "100 ");
        for (auto& b : bobs) {
            EXPECT_EQ(b->heard(), "INVITE ");
            rung.push_back(b->expect("INVITE"));
        }
    }
    void answer(std::size_t i, int status) {
        bob(i).send(bob(i).answer(rung[i], status));
        h.run_for(100ms);
    }
    void cancel() {
        auto m = sip::message::request("CANCEL", invite.uri());
        for (const auto f :
             {header::via, header::max_forwards, header::from, header::to, header::call_id})
            m.append(f, invite.value(f));
        m.append(header::cseq, std::to_string(invite.cseq_number()) + " CANCEL");
        alice.send(std::move(m));
        h.run_for(100ms);
    }
    void ack(const sip::message& final) {
        auto m = sip::message::request("ACK", invite.uri());
        for (const auto f : {header::via, header::max_forwards, header::from, header::call_id})
            m.append(f, invite.value(f));
        m.append(header::to, final.value(header::to));
        m.append(header::cseq, std::to_string(invite.cseq_number()) + " ACK");
        alice.send(std::move(m));
        h.run_for(100ms);
    }
    void everybody_leaves() {
        EXPECT_EQ(alice.badly_signed, 0U);
        alice.hang_up();
        for (auto& b : bobs) {
            EXPECT_EQ(b->badly_signed, 0U);
            b->hang_up();
        }
        h.expect_nothing_left();
    }

    house h;
    client alice;
    std::vector<std::unique_ptr<client>> bobs;
    sip::message invite;
    std::vector<sip::message> rung;
};

TEST(im, a_call_from_beginning_to_end) {
    caller_and_callees x;
    x.ring();
    EXPECT_EQ(x.rung[0].values(header::record_route).size(), 1U);
    x.answer(0, 180);
    x.answer(0, 200);
    EXPECT_EQ(x.alice.heard(), "180 200 ");
    const auto ok = x.alice.expect("200");
    auto ack = x.alice.in_dialog("ACK", x.invite, ok);
    x.alice.send(ack);
    x.alice.send(x.alice.in_dialog("MESSAGE", x.invite, ok));
    x.h.run_for(100ms);
    EXPECT_EQ(x.bob().heard(), "ACK MESSAGE ");
    const auto message = x.bob().expect("MESSAGE");
    EXPECT_FALSE(message.has(header::route)); // ours has come off
    x.bob().send(x.bob().answer(message, 200));
    x.h.run_for(100ms);
    EXPECT_EQ(x.alice.heard(), "200 ");
    x.alice.send(x.alice.in_dialog("BYE", x.invite, ok));
    x.h.run_for(100ms);
    x.bob().send(x.bob().answer(x.bob().expect("BYE"), 200));
    x.h.run_for(100ms);
    EXPECT_EQ(x.alice.heard(), "200 ");
    x.everybody_leaves();
}

TEST(im, a_relayed_message_makes_two_hops_at_most) { // docs/adr/0002
    caller_and_callees x;
    const auto hops = "lyceum_sipstack_hops_total"sv;
    const auto before = x.h.metric(hops);
    for (int i = 0; i < 50; ++i) {
        x.alice.send(x.alice.request("MESSAGE", "sip:bob@contoso.test"));
        x.h.run_for(100ms);
        x.bob().send(x.bob().answer(x.bob().expect("MESSAGE"), 200));
        x.h.run_for(100ms);
        EXPECT_EQ(x.alice.heard(), "200 ");
    }
    const auto made = x.h.metric(hops) - before;
    EXPECT_GT(made, 0) << "they sit on different shards";
    EXPECT_LE(made, 50 * 2 * 2); // request and response, each at most two
    x.everybody_leaves();
}

TEST(im, one_of_three_answers) { // docs/adr/0003: one final response
    caller_and_callees x(3);
    x.ring();
    for (std::size_t i = 0; i < 3; ++i)
        x.answer(i, 180);
    EXPECT_EQ(x.alice.heard(), "180 180 180 ");
    x.answer(1, 200);
    EXPECT_EQ(x.alice.heard(), "200 ");
    EXPECT_EQ(x.bob(0).heard(), "CANCEL ");
    EXPECT_EQ(x.bob(1).heard(), "");
    EXPECT_EQ(x.bob(2).heard(), "CANCEL ");
    for (const std::size_t i : {0U, 2U}) {
        x.bob(i).send(x.bob(i).answer(x.bob(i).expect("CANCEL"), 200));
        x.answer(i, 487);
        EXPECT_EQ(x.bob(i).heard(), "ACK ");
    }
    EXPECT_EQ(x.alice.heard(), "");
    x.everybody_leaves();
}

TEST(im, a_late_2xx_is_acknowledged_and_ended_by_the_house) {
    caller_and_callees x(3);
    x.ring();
    for (std::size_t i = 0; i < 3; ++i)
        x.answer(i, 180);
    // Both answer before either hears of the other.
    x.bob(0).send(x.bob(0).answer(x.rung[0], 200));
    x.bob(1).send(x.bob(1).answer(x.rung[1], 200));
    x.h.run_for(100ms);
    (void)x.alice.take("180");
    EXPECT_EQ(x.alice.heard(), "180 180 180 200 ");
    const auto won = x.alice.expect("200");
    client& late = won.to_tag() == x.bob(0).tag ? x.bob(1) : x.bob(0);
    const auto heard = late.heard();
    EXPECT_TRUE(heard == "ACK BYE " || heard == "CANCEL ACK BYE ") << heard;
    EXPECT_EQ(x.h.metric("lyceum_sipstack_late_2xx_total"), 1);
    const auto bye = late.expect("BYE");
    EXPECT_EQ(bye.to_tag(), late.tag);
    EXPECT_FALSE(bye.has(header::route)) << bye.value(header::route);
    EXPECT_TRUE(bye.value(header::ms_diagnostics).starts_with("5010;")); // [MS-OCER] 2.2.1.1
    late.send(late.answer(bye, 200));
    x.answer(2, 487);
    EXPECT_EQ(x.alice.heard(), "");
    x.everybody_leaves();
}

TEST(im, the_best_of_the_refusals) { // RFC 3261 16.7 step 6
    const struct {
        std::vector<int> bobs;
        int alice;
    } rows[] = {
        {{486}, 486},
        {{480, 486, 404}, 480},
        {{486, 603, 486}, 603},
        {{503}, 500},
        {{415, 486, 480}, 415},
        {{302, 486, 404}, 302},
    };
    for (const auto& row : rows) {
        caller_and_callees x(row.bobs.size());
        x.ring();
        for (std::size_t i = 0; i < row.bobs.size(); ++i)
            x.answer(i, row.bobs[i]);
        for (std::size_t i = 0; i < row.bobs.size(); ++i) {
            EXPECT_TRUE(x.bob(i).take("ACK")); // hop by hop
            if (const auto c = x.bob(i).take("CANCEL")) x.bob(i).send(x.bob(i).answer(*c, 200));
        }
        EXPECT_EQ(x.alice.heard(), std::to_string(row.alice) + " ");
        x.ack(x.alice.expect(std::to_string(row.alice)));
        x.everybody_leaves();
    }
}

TEST(im, cancelled_before_and_after_it_rings) { // RFC 3261 9.1
    for (const bool rings_first : {true, false}) {
        caller_and_callees x;
        x.ring();
        if (rings_first) x.answer(0, 180);
        x.cancel();
        EXPECT_EQ(x.alice.heard(), rings_first ? "180 200 " : "200 ");
        EXPECT_EQ(x.bob().heard(), rings_first ? "CANCEL " : "");
        if (!rings_first) {
            x.answer(0, 180);
            EXPECT_EQ(x.bob().heard(), "CANCEL ") << "it had to wait for a provisional response";
            EXPECT_EQ(x.alice.heard(), "180 ");
        }
        const auto cancel = x.bob().expect("CANCEL");
        EXPECT_EQ(cancel.first(header::via), x.rung[0].first(header::via));
        x.bob().send(x.bob().answer(cancel, 200));
        x.answer(0, 487);
        EXPECT_EQ(x.bob().heard(), "ACK ");
        EXPECT_EQ(x.alice.heard(), "487 ");
        x.ack(x.alice.expect("487"));
        x.everybody_leaves();
    }
}

TEST(im, a_cancel_that_crosses_the_200) { // RFC 3261 9.2: the call stands
    caller_and_callees x;
    x.ring();
    x.answer(0, 180);
    x.bob().send(x.bob().answer(x.rung[0], 200));
    x.cancel();
    const auto heard = x.alice.heard();
    EXPECT_EQ(heard, "180 200 200 ");
    EXPECT_TRUE(x.alice.take("200"));
    x.everybody_leaves();
}

TEST(im, a_cancel_of_nothing) {
    caller_and_callees x;
    x.invite = x.alice.request("INVITE", "sip:bob@contoso.test"); // never sent
    x.cancel();
    EXPECT_EQ(x.alice.heard(), "481 ");
    EXPECT_EQ(x.bob().heard(), "");
    x.everybody_leaves();
}

TEST(im, a_branch_that_never_answers_its_cancel_is_dropped) {
    caller_and_callees x;
    x.ring();
    x.answer(0, 180);
    x.cancel();
    EXPECT_EQ(x.alice.heard(), "180 200 ");
    x.h.run_for(9s);
    EXPECT_EQ(x.alice.heard(), "");
    x.h.run_for(1500ms);
    EXPECT_EQ(x.alice.heard(), "487 ");
    x.answer(0, 200); // much too late
    EXPECT_EQ(x.alice.heard(), "");
    x.ack(x.alice.expect("487"));
    x.everybody_leaves();
}

TEST(im, timer_c) { // RFC 3261 16.8
    caller_and_callees x;
    x.ring();
    x.answer(0, 180);
    EXPECT_EQ(x.alice.heard(), "180 ");
    x.h.run_for(170s);
    x.bob().send_raw("\r\n\r\n"); // keeps its connection
    x.answer(0, 180);             // and timer C begins anew
    x.h.run_for(170s);
    EXPECT_EQ(x.bob().heard(), "");
    x.h.run_for(15s);
    EXPECT_EQ(x.bob().heard(), "CANCEL ");
    x.bob().send(x.bob().answer(x.bob().expect("CANCEL"), 200));
    x.answer(0, 487);
    EXPECT_EQ(x.alice.heard(), "180 487 ");
    x.ack(x.alice.expect("487"));
    x.everybody_leaves();
}

TEST(im, nobody_answers_at_all) { // RFC 3261 17.1.1.2 timer B
    caller_and_callees x;
    x.ring();
    x.h.run_for(31s);
    EXPECT_EQ(x.alice.heard(), "");
    x.h.run_for(2s);
    EXPECT_EQ(x.alice.heard(), "408 ");
    x.ack(x.alice.expect("408"));
    auto m = x.alice.request("MESSAGE", "sip:bob@contoso.test");
    x.alice.send(m);
    x.h.run_for(31s);
    EXPECT_EQ(x.alice.heard(), "");
    x.h.run_for(2s);
    EXPECT_EQ(x.alice.heard(), "408 ");
    x.everybody_leaves();
}

TEST(im, the_callers_connection_ends) {
    caller_and_callees x(2);
    x.ring();
    x.answer(0, 180);
    x.alice.hang_up();
    x.h.run_for(100ms);
    EXPECT_EQ(x.bob(0).heard(), "CANCEL ");
    EXPECT_EQ(x.bob(1).heard(), "");
    x.answer(1, 180);
    EXPECT_EQ(x.bob(1).heard(), "CANCEL ");
    EXPECT_EQ(x.h.load().server_transactions, 1U);
    for (std::size_t i = 0; i < 2; ++i) {
        x.bob(i).send(x.bob(i).answer(x.bob(i).expect("CANCEL"), 200));
        x.answer(i, 487);
        EXPECT_EQ(x.bob(i).heard(), "ACK ");
    }
    EXPECT_EQ(x.h.load().server_transactions, 0U) << "nobody is left to acknowledge";
    x.everybody_leaves();
}

TEST(im, the_callees_connection_ends) {
    const struct {
        const char* what;
        std::string_view method;
        bool rings;
        bool dies;
        std::string_view heard;
    } rows[] = {
        {"RFC 3261 16.9 and 16.7 step 6: as if it had answered 503, which is not passed on",
         "INVITE",
         false,
         false,
         "100 500 "},
        {"while it rings", "INVITE", true, false, "100 180 500 "},
        {"without a word", "INVITE", true, true, "100 180 500 "},
        {"the same for all other requests", "MESSAGE", false, true, "500 "},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        caller_and_callees x;
        x.alice.send(x.alice.request(row.method, "sip:bob@contoso.test"));
        x.h.run_for(100ms);
        const auto asked = x.bob().expect(row.method);
        if (row.rings) x.bob().send(x.bob().answer(asked, 180));
        x.h.run_for(100ms);
        if (row.dies) {
            x.bob().die();
        } else {
            x.bob().hang_up();
        }
        x.h.run_for(100ms); // at once, not after 32 s
        EXPECT_EQ(x.alice.heard(), row.heard);
        // And from now on bob is simply not there.
        x.alice.send(x.alice.request("MESSAGE", "sip:bob@contoso.test"));
        x.h.run_for(100ms);
        EXPECT_EQ(x.alice.heard(), "480 ");
        x.alice.hang_up();
        x.h.expect_nothing_left();
    }
}

TEST(im, one_of_two_devices_is_gone) {
    caller_and_callees x(2);
    x.ring();
    x.answer(0, 180);
    x.answer(1, 180);
    x.bob(0).die();
    x.h.run_for(100ms);
    EXPECT_EQ(x.alice.heard(), "180 180 ");
    x.answer(1, 200);
    EXPECT_EQ(x.alice.heard(), "200 ");
    x.alice.hang_up();
    x.bob(1).hang_up();
    x.h.expect_nothing_left();
}

} // namespace
} // namespace lyceum::sipstack::test
