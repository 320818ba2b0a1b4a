#include "machines/user_agent/tests/fake_server.h"

namespace lyceum::user_agent::test {
namespace {

/// Alice and bob, signed in.
struct two : world {
    seat& alice = sign_in("alice", "8248ca9ebb");
    seat& bob = sign_in("bob", "c8ca638a15");
    im_id last = 0;

    im_id say(seat& s, std::string_view to, std::string_view text) {
        wish(s, user_agent::wish::say{++last, aor_of(to), std::string(text)});
        return last;
    }
    static std::vector<std::string> texts(const seat& s) {
        std::vector<std::string> out;
        for (const auto& m : s.all<notice::im_received>())
            out.push_back(m.text);
        return out;
    }
    static std::vector<im_id> delivered(const seat& s) {
        std::vector<im_id> out;
        for (const auto& d : s.all<notice::delivered>())
            out.push_back(d.id);
        return out;
    }
};

using texts = std::vector<std::string>;
using ids = std::vector<im_id>;

TEST(im, is_a_conversation) {
    two w;
    w.say(w.alice, "bob", "hello");
    EXPECT_EQ(two::texts(w.bob), texts{"hello"});
    EXPECT_EQ(two::delivered(w.alice), ids{1});
    EXPECT_EQ(w.bob.all<notice::im_received>()[0].from, aor_of("alice"));
    EXPECT_EQ(w.count_sent("INVITE"), 1u);
    EXPECT_EQ(w.count_sent("ACK"), 1u);
    EXPECT_EQ(w.count_sent("MESSAGE"), 0u); // it went with the INVITE
    w.say(w.bob, "alice", "hello yourself");
    w.say(w.alice, "bob", "caf\xc3\xa9\nline two");
    EXPECT_EQ(two::texts(w.alice), texts{"hello yourself"});
    EXPECT_EQ(two::texts(w.bob), (texts{"hello", "caf\xc3\xa9\nline two"}));
    EXPECT_EQ(w.count_sent("INVITE"), 1u);
    // In the dialog, to the GRUU.
    EXPECT_EQ(w.count_sent("MESSAGE sip:alice@contoso.test;opaque=user:epid:"), 1u);
    EXPECT_EQ(w.count_sent("MESSAGE sip:bob@contoso.test;opaque=user:epid:"), 1u);
    EXPECT_EQ(w.alice.all<notice::conversation_opened>()[0].by_us, true);
    EXPECT_EQ(w.bob.all<notice::conversation_opened>()[0].by_us, false);
    w.pass(60s);
    EXPECT_EQ(w.alice.count<notice::undelivered>(), 0u);
    EXPECT_EQ(w.alice.count<notice::discarded>() + w.bob.count<notice::discarded>(), 0u);
}

TEST(im, repeats_the_text_to_who_ignores_it_in_the_invitation) {
    two w;
    w.meddle = [](auto, bool to_server, sip::message& m) {
        if (!to_server && m.status() == 200 && m.cseq_method() == "INVITE")
            m.remove(header::supported);
        return true;
    };
    w.say(w.alice, "bob", "hello");
    EXPECT_EQ(w.count_sent("MESSAGE"), 1u);
    EXPECT_EQ(two::delivered(w.alice), ids{1});
}

TEST(im, keeps_the_order_of_what_is_said_before_the_answer) {
    two w;
    std::optional<sip::message> held;
    w.meddle = [&](auto, bool to_server, sip::message& m) {
        if (!to_server && m.status() == 200 && m.cseq_method() == "INVITE" && !held) {
            held = m;
            return false;
        }
        return true;
    };
    w.say(w.alice, "bob", "one");
    w.say(w.alice, "bob", "two");
    w.say(w.alice, "bob", "three");
    EXPECT_EQ(two::texts(w.bob), texts{"one"});
    ASSERT_TRUE(held);
    w.hand(w.alice, *held);
    EXPECT_EQ(two::texts(w.bob), (texts{"one", "two", "three"}));
    EXPECT_EQ(two::delivered(w.alice), (ids{1, 2, 3}));
    EXPECT_EQ(w.count_sent("INVITE"), 1u);
}

TEST(im, fails_when_nobody_is_there) {
    const struct {
        std::string_view name;
        std::function<void(two&)> spoil;
        std::chrono::seconds after;
        int status;
    } rows[] = {
        {"unknown", [](two&) {}, 0s, 404},
        {"declined",
         [](two& w2) {
             w2.instead = [](const sip::message& m) {
                 return std::optional(sip::make_response(m, 603, {}, "srv"));
             };
         },
         0s,
         603},
        {"moved",
         [](two& w2) {
             w2.instead = [](const sip::message& m) {
                 return std::optional(sip::make_response(m, 302, {}, "srv"));
             };
         },
         0s,
         302},
        {"silence",
         [](two& w2) { w2.meddle = [](auto, bool to_server, auto&) { return to_server; }; },
         33s,
         408},
    };
    for (const auto& row : rows) {
        two v;
        row.spoil(v);
        v.say(v.alice, "nobody", "hello");
        v.say(v.alice, "nobody", "hello?");
        v.pass(row.after);
        const auto failed = v.alice.all<notice::undelivered>();
        ASSERT_FALSE(failed.empty()) << row.name;
        EXPECT_EQ(failed[0].id, 1u) << row.name;
        EXPECT_EQ(failed[0].status, row.status) << row.name;
        EXPECT_EQ(failed.size(), 2u) << row.name;
        EXPECT_EQ(v.count_sent("ACK"), v.count_sent("INVITE") * (row.status == 408 ? 0 : 1))
            << row.name;
    }
}

TEST(im, needs_a_sign_in) {
    two w;
    w.wish(w.alice, wish::sign_out{});
    w.say(w.alice, "bob", "hello");
    w.wish(w.alice, wish::page{2, aor_of("bob"), "hello"});
    ASSERT_EQ(w.alice.count<notice::undelivered>(), 2u);
    EXPECT_EQ(w.alice.all<notice::undelivered>()[0].status, 0);
}

TEST(im, pages) {
    two w;
    w.wish(w.alice, wish::page{7, aor_of("bob"), "hello"});
    EXPECT_EQ(two::texts(w.bob), texts{"hello"});
    EXPECT_TRUE(w.bob.all<notice::im_received>()[0].paged);
    EXPECT_EQ(two::delivered(w.alice), ids{7});
    EXPECT_EQ(w.count_sent("INVITE"), 0u);
    w.wish(w.alice, wish::page{8, aor_of("nobody"), "hello"});
    w.wish(w.alice, wish::page{9, aor_of("bob"), "\x01", "application/octet-stream"});
    const auto failed = w.alice.all<notice::undelivered>();
    ASSERT_EQ(failed.size(), 2u);
    EXPECT_EQ(failed[0].status, 404);
    EXPECT_EQ(failed[0].to, aor_of("nobody"));
    EXPECT_EQ(failed[1].status, 415);
}

TEST(im, shows_typing) {
    two w;
    w.wish(w.alice, wish::type{aor_of("bob")}); // nobody to tell yet
    EXPECT_EQ(w.count_sent("INFO"), 0u);
    w.say(w.alice, "bob", "hello");
    w.wish(w.alice, wish::type{aor_of("bob")});
    w.wish(w.bob, wish::type{aor_of("alice")});
    ASSERT_EQ(w.bob.count<notice::typing_received>(), 1u);
    ASSERT_EQ(w.alice.count<notice::typing_received>(), 1u);
    EXPECT_EQ(w.alice.all<notice::typing_received>()[0].from, aor_of("bob"));
    EXPECT_TRUE(w.alice.all<notice::typing_received>()[0].typing);
}

TEST(im, ends_by_bye) {
    two w;
    w.say(w.alice, "bob", "hello");
    w.wish(w.bob, wish::leave{aor_of("alice")});
    EXPECT_EQ(w.count_sent("BYE"), 1u);
    EXPECT_EQ(w.alice.all<notice::conversation_closed>()[0].why, "by the other side");
    EXPECT_EQ(w.bob.all<notice::conversation_closed>()[0].why, "by our wish");
    w.say(w.alice, "bob", "and again");
    EXPECT_EQ(w.count_sent("INVITE"), 2u);
    EXPECT_EQ(two::texts(w.bob), (texts{"hello", "and again"}));
    // Signing out says goodbye, too.
    w.wish(w.bob, wish::sign_out{});
    EXPECT_EQ(w.count_sent("BYE"), 2u);
    EXPECT_EQ(w.alice.count<notice::conversation_closed>(), 2u);
}

TEST(im, begins_anew_when_the_other_side_forgot) {
    for (const int status : {404, 410, 480, 481}) {
        two w;
        w.say(w.alice, "bob", "hello");
        // Bob's client crashed and came back: no BYE.
        w.disconnect(w.bob);
        w.connect(w.bob);
        w.instead = [status,
                     once = true](const sip::message& m) mutable -> std::optional<sip::message> {
            if (m.method_id() != sip::method::message || !once) return std::nullopt;
            once = false;
            return sip::make_response(m, status, {}, "srv");
        };
        w.say(w.alice, "bob", "still there?");
        EXPECT_EQ(two::texts(w.bob), (texts{"hello", "still there?"})) << status;
        EXPECT_EQ(two::delivered(w.alice), (ids{1, 2})) << status;
        EXPECT_EQ(w.count_sent("INVITE"), 2u) << status;
    }
}

TEST(im, gives_up_when_it_is_refused_twice) {
    two w;
    w.say(w.alice, "bob", "hello");
    w.instead = [](const sip::message& m) {
        return std::optional(sip::make_response(m, 481, {}, "srv"));
    };
    w.say(w.alice, "bob", "still there?");
    ASSERT_EQ(w.alice.count<notice::undelivered>(), 1u);
    EXPECT_EQ(w.alice.all<notice::undelivered>()[0].id, 2u);
    EXPECT_EQ(w.count_sent("INVITE"), 2u);
}

TEST(im, does_not_say_twice_what_may_have_arrived) {
    two w;
    w.say(w.alice, "bob", "hello");
    w.meddle = [](std::size_t to, bool to_server, sip::message& m) {
        return to_server || to != 0 || m.status() != 200 || m.cseq_method() != "MESSAGE";
    };
    w.say(w.alice, "bob", "lost answer");
    w.pass(33s);
    EXPECT_EQ(two::texts(w.bob), (texts{"hello", "lost answer"}));
    ASSERT_EQ(w.alice.count<notice::undelivered>(), 1u);
    EXPECT_EQ(w.alice.all<notice::undelivered>()[0].status, 408);
    EXPECT_EQ(w.alice.count<notice::conversation_closed>(), 1u);
}

TEST(im, survives_two_invitations_at_once) {
    two w;
    std::vector<sip::message> held;
    w.meddle = [&](auto, bool to_server, sip::message& m) {
        if (to_server || m.method_id() != sip::method::invite || held.size() == 2) return true;
        held.push_back(m);
        return false;
    };
    w.say(w.alice, "bob", "from alice");
    w.say(w.bob, "alice", "from bob");
    ASSERT_EQ(held.size(), 2u);
    w.hand(w.bob, held[0]);
    w.hand(w.alice, held[1]);
    EXPECT_EQ(two::texts(w.alice), texts{"from bob"});
    EXPECT_EQ(two::texts(w.bob), texts{"from alice"});
    w.say(w.alice, "bob", "more");
    w.say(w.bob, "alice", "and more");
    EXPECT_EQ(two::texts(w.alice), (texts{"from bob", "and more"}));
    EXPECT_EQ(two::texts(w.bob), (texts{"from alice", "more"}));
    EXPECT_EQ(w.count_sent("INVITE"), 2u);
    EXPECT_EQ(w.alice.count<notice::undelivered>() + w.bob.count<notice::undelivered>(), 0u);
}

TEST(im, takes_a_new_invitation_for_the_old_conversation) {
    two w;
    w.say(w.alice, "bob", "hello");
    // Alice's client lost its memory, and bob does not know.
    w.disconnect(w.alice);
    w.connect(w.alice);
    w.say(w.alice, "bob", "me again");
    EXPECT_EQ(two::texts(w.bob), (texts{"hello", "me again"}));
    EXPECT_EQ(w.count_sent("BYE"), 1u); // for the old one, answered 481
    w.say(w.bob, "alice", "welcome back");
    EXPECT_EQ(two::texts(w.alice), texts{"welcome back"});
    EXPECT_EQ(w.count_sent("INVITE"), 2u);
}

TEST(im, refuses_what_it_cannot_do) {
    const struct {
        std::string_view method;
        std::string_view to_tag;
        std::string_view type;
        std::string_view body;
        int status;
    } rows[] = {
        {"INVITE", "", "application/sdp", "v=0\r\nm=audio 5060 RTP/AVP 0\r\n", 488},
        {"INVITE", ";tag=9", "application/sdp", "v=0\r\nm=message 5060 sip null\r\n", 481},
        {"MESSAGE", ";tag=9", "text/plain", "hello", 481},
        {"MESSAGE", "", "image/gif", "GIF", 415},
        {"MESSAGE", "", "text/html", "<b>hello</b>", 200},
        {"INFO", ";tag=9", "application/xml", "<KeyboardActivity/>", 481},
        {"BYE", ";tag=9", "", "", 481},
        {"UPDATE", ";tag=9", "", "", 481},
        {"NOTIFY", "", "", "", 481},
        {"OPTIONS", "", "", "", 200},
        {"SUBSCRIBE", "", "", "", 405},
        {"REFER", "", "", "", 405},
        {"PUBLISH", "", "", "", 405},
    };
    for (const auto& row : rows) {
        two w;
        std::optional<sip::message> answer;
        w.meddle = [&](std::size_t from, bool to_server, sip::message& m) {
            if (from == 1 && to_server && m.is_response() && m.status() >= 200) answer = m;
            return true;
        };
        auto m = sip::message::request(row.method, "sip:bob@contoso.test");
        m.append(header::from, "<sip:alice@contoso.test>;tag=1");
        m.append(header::to, "<sip:bob@contoso.test>" + std::string(row.to_tag));
        m.append(header::call_id, "c");
        m.append(header::cseq, "5 " + std::string(row.method));
        m.append(header::contact, "<sip:alice@contoso.test>");
        if (!row.body.empty()) m.set_body(row.type, row.body);
        w.send(w.bob, m);
        ASSERT_TRUE(answer) << row.method;
        EXPECT_EQ(answer->status(), row.status) << row.method << row.to_tag;
        EXPECT_TRUE(answer->has(header::authorization)) << row.method;
        EXPECT_FALSE(answer->to_tag().empty()) << row.method;
        if (row.status == 405) {
            EXPECT_TRUE(answer->value("Allow").contains("MESSAGE"));
        }
    }
}

TEST(im, answers_a_repeated_invitation_in_its_dialog) {
    two w;
    w.say(w.alice, "bob", "hello");
    std::optional<sip::message> message;
    w.meddle = [&](std::size_t to, bool to_server, sip::message& m) {
        if (to == 1 && !to_server && m.method_id() == sip::method::message) message = m;
        return true;
    };
    w.say(w.alice, "bob", "two");
    ASSERT_TRUE(message);
    const struct {
        std::string_view method;
        unsigned cseq;
        int status;
    } rows[] = {{"INVITE", 10, 200},
                {"UPDATE", 11, 200},
                {"OPTIONS", 12, 200},
                {"REFER", 13, 405},
                {"MESSAGE", 3, 500}};
    for (const auto& row : rows) {
        std::optional<sip::message> answer;
        w.meddle = [&](std::size_t from, bool to_server, sip::message& m) {
            if (from == 1 && to_server && m.is_response()) answer = m;
            return true;
        };
        auto m = sip::message::request(row.method, "sip:bob@contoso.test");
        for (const auto h : {header::from, header::to, header::call_id})
            m.append(h, message->value(h));
        m.append(header::cseq, std::to_string(row.cseq) + " " + std::string(row.method));
        m.append(header::contact, "<sip:alice@contoso.test;elsewhere>");
        w.send(w.bob, m);
        ASSERT_TRUE(answer) << row.method;
        EXPECT_EQ(answer->status(), row.status) << row.method;
    }
    EXPECT_EQ(w.alice.count<notice::conversation_closed>(), 0u);
}

/// Bob lets invitations ring.
struct ringing : two {
    ringing() {
        auto a = account_of("carol", "2ebb6f264f");
        a.answer_delay = 10s;
        carol = &add(a);
        connect(*carol);
        wish(*carol, user_agent::wish::sign_in{});
    }
    seat* carol;
};

TEST(im, rings_before_it_is_answered) {
    ringing w;
    w.say(w.alice, "carol", "hello");
    EXPECT_EQ(w.count_sent("SIP/2.0 180"), 1u);
    EXPECT_EQ(w.carol->count<notice::im_received>(), 0u);
    w.pass(10s);
    EXPECT_EQ(two::texts(*w.carol), texts{"hello"});
    EXPECT_EQ(two::delivered(w.alice), ids{1});
}

TEST(im, is_answered_at_once_by_who_writes) {
    ringing w;
    w.say(w.alice, "carol", "hello");
    w.say(*w.carol, "alice", "yes?");
    EXPECT_EQ(two::texts(*w.carol), texts{"hello"});
    EXPECT_EQ(two::texts(w.alice), texts{"yes?"});
    EXPECT_EQ(w.count_sent("INVITE"), 1u);
}

TEST(im, can_be_cancelled_while_it_rings) {
    ringing w;
    w.say(w.alice, "carol", "hello");
    w.wish(w.alice, wish::leave{aor_of("carol")});
    EXPECT_EQ(w.count_sent("CANCEL"), 1u);
    EXPECT_EQ(w.count_sent("SIP/2.0 487"), 1u);
    EXPECT_EQ(w.count_sent("SIP/2.0 200"), 1u); // the CANCEL's
    EXPECT_EQ(w.count_sent("ACK"), 1u);
    ASSERT_EQ(w.alice.count<notice::undelivered>(), 1u);
    w.pass(60s);
    EXPECT_EQ(w.carol->count<notice::im_received>(), 0u);
    // And once more, from the beginning.
    w.say(w.alice, "carol", "after all");
    w.pass(10s);
    EXPECT_EQ(two::texts(*w.carol), texts{"after all"});
}

TEST(im, lets_go_of_who_answers_too_late) {
    ringing w;
    // The CANCEL crosses the 200.
    w.meddle = [](std::size_t, bool to_server, sip::message& m) {
        return to_server || m.method_id() != sip::method::cancel;
    };
    w.say(w.alice, "carol", "hello");
    w.wish(w.alice, wish::leave{aor_of("carol")});
    w.pass(10s);
    EXPECT_EQ(w.count_sent("ACK"), 1u);
    EXPECT_EQ(w.count_sent("BYE"), 1u);
    EXPECT_EQ(w.carol->count<notice::conversation_closed>(), 1u);
}

TEST(im, says_it_again_after_a_new_handshake) {
    two w;
    w.say(w.alice, "bob", "hello");
    w.forget_associations(w.alice);
    w.say(w.alice, "bob", "two");
    w.wish(w.alice, wish::page{9, aor_of("bob"), "three"});
    EXPECT_EQ(two::texts(w.bob), (texts{"hello", "two", "three"}));
    EXPECT_EQ(two::delivered(w.alice), (ids{1, 2, 9}));
    EXPECT_EQ(w.alice.count<notice::undelivered>(), 0u);
}

TEST(im, fails_with_the_connection) {
    two w;
    w.meddle = [](auto, bool to_server, auto&) { return to_server; };
    w.say(w.alice, "bob", "in the invitation");
    w.wish(w.alice, wish::page{9, aor_of("bob"), "by itself"});
    w.disconnect(w.alice);
    const auto failed = w.alice.all<notice::undelivered>();
    ASSERT_EQ(failed.size(), 2u);
    for (const auto& f : failed)
        EXPECT_EQ(f.status, 503);
    EXPECT_FALSE(w.alice.machine.deadline());
}

TEST(im, repeats_itself_over_datagrams) {
    auto a = account_of("alice", "8248ca9ebb");
    a.authenticate = false;
    random::seeded random(1);
    endpoint e(a, random);
    actions out;
    e.on(connected{transport::udp, {*ip_address::parse("192.0.2.1"), 5060}}, t0, out);
    e.on(wish::sign_in{}, t0, out);
    ASSERT_EQ(out.size(), 1u);
    const auto first = std::get<notice::transmit>(out[0]).octets;
    EXPECT_TRUE(first.contains("Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK"));
    EXPECT_TRUE(first.contains(";rport"));
    std::size_t times = 0;
    auto now = t0;
    while (const auto d = e.deadline()) {
        now = *d;
        out.clear();
        e.on(tick{}, now, out);
        for (const auto& x : out) {
            if (const auto* t = std::get_if<notice::transmit>(&x)) {
                EXPECT_EQ(t->octets, first);
                ++times;
            }
        }
    }
    EXPECT_EQ(times, 10u); // RFC 3261 17.1.2.2: 0.5, 1.5, 3.5, then every 4 s until 32 s
    EXPECT_EQ(now, t0 + 32s);
    ASSERT_FALSE(out.empty());
    EXPECT_EQ(std::get<notice::sign_in_failed>(out.back()).status, 408);
}

} // namespace
} // namespace lyceum::user_agent::test
