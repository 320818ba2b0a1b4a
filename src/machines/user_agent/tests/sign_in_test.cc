#include "machines/user_agent/tests/fake_server.h"

namespace lyceum::user_agent::test {
namespace {

TEST(sign_in, takes_three_registers) {
    world w;
    auto& alice = w.add(account_of("alice", "8248ca9ebb"));
    w.connect(alice);
    EXPECT_FALSE(alice.machine.is_signed_in());
    w.wish(alice, wish::sign_in{});
    EXPECT_TRUE(alice.machine.is_signed_in());
    EXPECT_EQ(w.count_sent("REGISTER sip:contoso.test SIP/2.0"), 3u);
    const auto in = alice.all<notice::signed_in>();
    ASSERT_EQ(in.size(), 1u);
    EXPECT_TRUE(in[0].anew);
    EXPECT_EQ(in[0].expires, 7200s);
    ASSERT_EQ(in[0].endpoints.size(), 1u);
    EXPECT_TRUE(in[0].endpoints[0].is_us);
    // digest MS-SIPRE 9: the instance and GRUU of this epid.
    EXPECT_EQ(in[0].endpoints[0].instance->text(), "4233fd41-093b-5fd6-b5d2-651ed55969e6");
    EXPECT_EQ(in[0].endpoints[0].gruu,
              "sip:alice@contoso.test;opaque=user:epid:Qf0zQjsJ1l-10mUe1Vlp5gAA;gruu");
}

TEST(sign_in, waits_for_connection) {
    world w;
    auto& alice = w.add(account_of("alice", "8248ca9ebb"));
    w.wish(alice, wish::sign_in{});
    EXPECT_TRUE(w.sent.empty());
    w.connect(alice);
    EXPECT_TRUE(alice.machine.is_signed_in());
    // Again by itself when the connection comes back.
    w.disconnect(alice);
    EXPECT_FALSE(alice.machine.is_signed_in());
    w.connect(alice);
    EXPECT_TRUE(alice.machine.is_signed_in());
    EXPECT_EQ(w.count_sent("REGISTER"), 6u);
}

TEST(sign_in, tells_why_it_failed) {
    const struct {
        std::string_view name;
        std::function<void(world&)> spoil;
        int status;
        std::string_view why;
    } rows[] = {
        {"another password", [](world& w) { w.password = "other"; }, 401, "401 Unauthorized"},
        {"refused before there are keys",
         [](world& w) {
             w.instead = [](const sip::message& m) {
                 auto r = sip::make_response(m, 404, {}, "srv");
                 r.append(header::ms_diagnostics,
                          "4005;reason=\"Destination URI either not enabled for SIP or does not "
                          "exist\";source=\"fe\"");
                 return std::optional(std::move(r));
             };
         },
         404,
         "404 Not Found (4005: Destination URI either not enabled for SIP or does not exist)"},
        {"an answer without a signature",
         [](world& w) {
             w.meddle = [](auto, bool to_server, sip::message& m) {
                 if (!to_server && m.status() == 200) m.remove(header::authentication_info);
                 return true;
             };
         },
         0,
         "the server's answer is not signed"},
        {"an answer that was changed on the way",
         [](world& w) {
             w.meddle = [](auto, bool to_server, sip::message& m) {
                 if (!to_server && m.status() == 200) m.set(header::expires, "7201");
                 return true;
             };
         },
         0,
         "the server's answer is not signed"},
        {"a server that does not ask who we are",
         [](world& w) { w.authenticates = false; },
         0,
         "the server's answer is not signed"},
        {"silence",
         [](world& w) { w.meddle = [](auto, bool to_server, auto&) { return to_server; }; },
         408,
         "the server did not answer"},
        {"accepted for no time",
         [](world& w) { w.expires = 0; },
         200,
         "without saying for how long"},
    };
    for (const auto& row : rows) {
        world w;
        row.spoil(w);
        auto& alice = w.add(account_of("alice", "8248ca9ebb"));
        w.connect(alice);
        w.wish(alice, wish::sign_in{});
        w.pass(33s);
        const auto failed = alice.all<notice::sign_in_failed>();
        ASSERT_EQ(failed.size(), 1u) << row.name;
        EXPECT_EQ(failed[0].status, row.status) << row.name;
        EXPECT_TRUE(failed[0].why.contains(row.why)) << row.name << ": " << failed[0].why;
        EXPECT_FALSE(alice.machine.is_signed_in()) << row.name;
        EXPECT_EQ(alice.count<notice::signed_in>(), 0u) << row.name;
    }
}

TEST(sign_in, trusts_a_server_that_trusts_us) {
    world w;
    w.authenticates = false;
    auto a = account_of("alice", "8248ca9ebb");
    a.authenticate = false;
    auto& alice = w.add(a);
    w.connect(alice);
    w.wish(alice, wish::sign_in{});
    EXPECT_TRUE(alice.machine.is_signed_in());
    EXPECT_EQ(w.count_sent("REGISTER"), 1u);
}

TEST(sign_in, asks_for_what_is_enough) {
    world w;
    w.instead = [](const sip::message& m) -> std::optional<sip::message> {
        if (m.value(header::expires) == "600") return std::nullopt;
        auto r = sip::make_response(m, 423, {}, "srv");
        r.append(header::min_expires, "600");
        return r;
    };
    auto a = account_of("alice", "8248ca9ebb");
    a.expires = 60s;
    auto& alice = w.add(a);
    w.connect(alice);
    w.wish(alice, wish::sign_in{});
    EXPECT_TRUE(alice.machine.is_signed_in());
}

TEST(sign_in, refreshes_before_the_end) {
    for (const auto& [expires, after] :
         {std::pair{7200, 7170s}, std::pair{61, 31s}, std::pair{60, 30s}, std::pair{10, 5s}}) {
        world w;
        w.expires = expires;
        auto& alice = w.sign_in("alice", "8248ca9ebb");
        w.pass(after - 1ms);
        EXPECT_EQ(alice.count<notice::signed_in>(), 1u) << expires;
        w.pass(1ms);
        const auto in = alice.all<notice::signed_in>();
        ASSERT_EQ(in.size(), 2u) << expires;
        EXPECT_FALSE(in[1].anew);
        EXPECT_EQ(w.count_sent("REGISTER"), 4u); // signed with the keys that stand
    }
}

TEST(sign_in, survives_a_refresh_that_fails) {
    world w;
    w.expires = 600;
    auto& alice = w.sign_in("alice", "8248ca9ebb");
    // refresh at 570: too late to try again in 30 s; so it is asked for earlier.
    w.instead = [](const sip::message& m) {
        return std::optional(sip::make_response(m, 503, {}, "srv"));
    };
    w.wish(alice, wish::refresh{});
    EXPECT_TRUE(alice.machine.is_signed_in());
    w.instead = [](auto&) { return std::nullopt; };
    w.pass(30s);
    EXPECT_EQ(alice.count<notice::signed_in>(), 2u);
    // Nobody home until the registration ends.
    w.instead = [](const sip::message& m) {
        return std::optional(sip::make_response(m, 503, {}, "srv"));
    };
    w.pass(600s);
    EXPECT_FALSE(alice.machine.is_signed_in());
    EXPECT_EQ(alice.count<notice::sign_in_failed>(), 1u);
}

TEST(sign_in, makes_new_keys_in_time) {
    world w;
    w.expires = 40000;
    auto& alice = w.sign_in("alice", "8248ca9ebb");
    w.pass(8h - 5min - 1s);
    EXPECT_EQ(w.count_sent("REGISTER"), 3u);
    w.pass(2s);
    EXPECT_EQ(w.count_sent("REGISTER"), 6u);
    EXPECT_TRUE(alice.machine.is_signed_in());
    EXPECT_EQ(alice.count<notice::signed_in>(), 2u);
    // The new keys are in use.
    w.wish(alice, wish::refresh{});
    EXPECT_EQ(w.count_sent("REGISTER"), 7u);
    EXPECT_EQ(alice.count<notice::signed_in>(), 3u);
    EXPECT_EQ(alice.count<notice::discarded>(), 0u);
}

TEST(sign_in, starts_over_when_challenged) {
    world w;
    auto& alice = w.sign_in("alice", "8248ca9ebb");
    w.forget_associations(alice);
    w.wish(alice, wish::refresh{});
    EXPECT_TRUE(alice.machine.is_signed_in());
    // Refresh, refused; asked, answered: three more.
    EXPECT_EQ(w.count_sent("REGISTER"), 6u);
    EXPECT_EQ(alice.count<notice::signed_in>(), 2u);
}

TEST(sign_in, keeps_the_connection_alive) {
    world w;
    w.keep_alive = 100;
    w.sign_in("alice", "8248ca9ebb");
    const auto before = w.sent.size();
    w.pass(90s - 1ms);
    EXPECT_EQ(w.sent.size(), before);
    w.pass(1ms);
    ASSERT_EQ(w.sent.size(), before + 1);
    EXPECT_EQ(w.sent.back(), "");
    w.pass(180s);
    EXPECT_EQ(w.sent.size(), before + 3);
}

TEST(sign_in, ends) {
    world w;
    auto& alice = w.sign_in("alice", "8248ca9ebb");
    w.wish(alice, wish::sign_out{});
    EXPECT_FALSE(alice.machine.is_signed_in());
    EXPECT_EQ(alice.count<notice::signed_out>(), 1u);
    const auto sent = w.sent.size();
    w.pass(3h);
    EXPECT_EQ(w.sent.size(), sent); // neither refreshes nor keep-alives
}

// One REGISTER at a time, also to leave. RFC 3261 10.2
TEST(sign_in, ends_while_a_register_is_under_way) {
    struct row {
        const char* what;
        bool renews;        // it was signed in, and makes new keys
        std::size_t during; // which REGISTER is on its way when its user leaves
        std::size_t sent;   // how many there are in all
    };
    for (const auto& r : {row{"asked", false, 1, 3},
                          row{"challenged", false, 2, 3},
                          row{"proven: signed in, then out", false, 3, 4},
                          row{"renewal asked", true, 4, 6},
                          row{"renewal challenged", true, 5, 6},
                          row{"renewal proven", true, 6, 7}}) {
        SCOPED_TRACE(r.what);
        world w;
        auto& alice = w.add(account_of("alice", "8248ca9ebb"));
        w.connect(alice);
        std::size_t seen = 0;
        std::string last;
        w.meddle = [&](std::size_t, bool to_server, sip::message& m) {
            if (!to_server) return true;
            last = m.value(header::expires);
            if (++seen == r.during) w.wish(alice, wish::sign_out{});
            return true;
        };
        w.wish(alice, wish::sign_in{});
        if (r.renews) w.wish(alice, wish::renew{});
        EXPECT_FALSE(alice.machine.is_signed_in());
        EXPECT_EQ(alice.count<notice::signed_out>(), 1u);
        EXPECT_EQ(alice.count<notice::discarded>(), 0u);
        EXPECT_EQ(w.count_sent("REGISTER"), r.sent);
        EXPECT_EQ(last, "0");
        EXPECT_EQ(alice.machine.deadline(), std::nullopt);
    }
}

TEST(sign_in, ends_when_nobody_answers_or_the_connection_goes) {
    for (const bool goes : {false, true}) {
        SCOPED_TRACE(goes);
        world w;
        auto& alice = w.sign_in("alice", "8248ca9ebb");
        w.meddle = [](auto, auto, auto&) { return false; };
        w.wish(alice, wish::refresh{});
        w.wish(alice, wish::sign_out{});
        EXPECT_EQ(alice.count<notice::signed_out>(), 0u);
        if (goes) w.disconnect(alice);
        w.pass(70s); // the refresh, and then the leaving, have 32 s each. RFC 3261 17.1.2.2
        EXPECT_FALSE(alice.machine.is_signed_in());
        EXPECT_EQ(alice.count<notice::signed_out>(), 1u);
        EXPECT_EQ(alice.count<notice::sign_in_failed>(), 0u);
    }
}

TEST(sign_in, begins_again_when_wanted_while_it_leaves) {
    world w;
    auto& alice = w.sign_in("alice", "8248ca9ebb");
    bool once = true;
    w.meddle = [&](std::size_t, bool to_server, sip::message&) {
        if (to_server && std::exchange(once, false)) w.wish(alice, wish::sign_in{});
        return true;
    };
    w.wish(alice, wish::sign_out{});
    EXPECT_EQ(alice.count<notice::signed_out>(), 1u);
    EXPECT_EQ(alice.count<notice::signed_in>(), 2u);
    EXPECT_TRUE(alice.machine.is_signed_in());
}

TEST(sign_in, is_ended_by_the_server) {
    world w;
    auto& alice = w.sign_in("alice", "8248ca9ebb");
    auto m = sip::message::request("NOTIFY", "sip:192.0.2.1:40000");
    m.append(header::from, "<sip:alice@contoso.test>;tag=1");
    m.append(header::to, "<sip:alice@contoso.test>;tag=2;epid=8248ca9ebb");
    m.append(header::call_id, "c");
    m.append(header::cseq, "1 NOTIFY");
    m.append(header::event, "registration-notify");
    m.append(header::ms_diagnostics_public, "4141;reason=\"User disabled\"");
    m.set_body("text/registration-event", "deregistered;event=rejected");
    w.send(alice, m);
    EXPECT_FALSE(alice.machine.is_signed_in());
    const auto out = alice.all<notice::signed_out>();
    ASSERT_EQ(out.size(), 1u);
    EXPECT_EQ(out[0].why, "the account was disabled or removed by an administrator");
    EXPECT_EQ(w.count_sent("SIP/2.0 200"), 1u);
}

TEST(sign_in, believes_only_what_is_signed) {
    const struct {
        std::string_view why;
        std::function<void(sip::message&)> spoil;
    } rows[] = {
        {"not signed", [](sip::message& m) { m.remove(header::authentication_info); }},
        {"its signature is wrong",
         [](sip::message& m) { m.set(header::from, "<sip:mallory@contoso.test>;tag=1"); }},
    };
    for (const auto& row : rows) {
        world w;
        auto& alice = w.sign_in("alice", "8248ca9ebb");
        auto& bob = w.sign_in("bob", "c8ca638a15");
        w.meddle = [&](std::size_t to, bool to_server, sip::message& m) {
            if (to == 1 && !to_server && m.method_id() == sip::method::message) row.spoil(m);
            return true;
        };
        w.wish(alice, wish::page{1, aor_of("bob"), "hello"});
        EXPECT_EQ(bob.count<notice::im_received>(), 0u) << row.why;
        const auto discarded = bob.all<notice::discarded>();
        ASSERT_EQ(discarded.size(), 1u) << row.why;
        EXPECT_EQ(discarded[0].what, "MESSAGE");
        EXPECT_EQ(discarded[0].why, row.why);
        w.pass(33s);
        ASSERT_EQ(alice.count<notice::undelivered>(), 1u);
        EXPECT_EQ(alice.all<notice::undelivered>()[0].status, 408);
    }
}

TEST(sign_in, does_not_take_a_message_twice) {
    world w;
    auto& alice = w.sign_in("alice", "8248ca9ebb");
    auto& bob = w.sign_in("bob", "c8ca638a15");
    std::optional<sip::message> kept;
    w.meddle = [&](std::size_t to, bool to_server, sip::message& m) {
        if (to == 1 && !to_server && m.method_id() == sip::method::message) kept = m;
        return true;
    };
    w.wish(alice, wish::page{1, aor_of("bob"), "hello"});
    ASSERT_TRUE(kept);
    w.hand(bob, *kept);
    ASSERT_EQ(bob.count<notice::discarded>(), 1u);
    EXPECT_EQ(bob.all<notice::discarded>()[0].why, "it was sent before");
    EXPECT_EQ(bob.count<notice::im_received>(), 1u);
}

} // namespace
} // namespace lyceum::user_agent::test
