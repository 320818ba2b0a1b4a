#include "machines/security_association/tests/world.h"

// What a build with LYCEUM_BREAK_SIGNATURE signs cannot be verified: conversation_test.cc has its
// test.
#ifndef LYCEUM_BREAK_SIGNATURE
namespace lyceum::security_association::test {
namespace {

enum class outcome { pass, challenge, refuse, silence };

outcome outcome_of(const authenticator::action& a) {
    if (as<authenticator::pass>(a)) return outcome::pass;
    if (as<authenticator::challenge>(a)) return outcome::challenge;
    if (as<authenticator::refuse>(a)) return outcome::refuse;
    return outcome::silence;
}

void replace(sip::message& m, std::string_view what, std::string_view by) {
    std::string value(m.value(sip::header::authorization));
    const auto at = value.find(what);
    ASSERT_NE(at, std::string::npos) << what;
    value.replace(at, what.size(), by);
    m.set(sip::header::authorization, value);
}

// A signature says whose keys they are; From must say the same, also while no From was seen yet.
TEST(signed_request, from_nobody) {
    world w;
    w.establish();
    for (const auto* from : {"", "sip:", "<>", "x"}) {
        auto m = request(10, {.method = "MESSAGE", .from = from});
        EXPECT_EQ(outcome_of(w.send(m)), outcome::refuse) << from;
    }
    auto none = request(11, {.method = "MESSAGE"});
    none.remove(sip::header::from);
    EXPECT_EQ(outcome_of(w.send(none)), outcome::refuse);
}

// Every covered field, changed on the way. digest MS-SIPAE 3.5
TEST(signed_request, changed_on_the_way) {
    const struct {
        const char* what;
        void (*change)(sip::message&);
        outcome expected;
    } rows[] = {
        {"nothing", [](sip::message&) {}, outcome::pass},
        {"what is not covered", [](sip::message& m) { m.append("X-Other", "1"); }, outcome::pass},
        {"crand", [](sip::message& m) { replace(m, "crand=\"", "crand=\"0"); }, outcome::challenge},
        {"cnum",
         [](sip::message& m) { replace(m, "cnum=\"2\"", "cnum=\"3\""); },
         outcome::challenge},
        {"cnum, as written",
         [](sip::message& m) { replace(m, "cnum=\"2\"", "cnum=\"02\""); },
         outcome::challenge},
        {"scheme, as written",
         [](sip::message& m) { replace(m, "NTLM", "ntlm"); },
         outcome::challenge},
        {"realm",
         [](sip::message& m) { replace(m, "realm=\"SIP", "realm=\"sip"); },
         outcome::challenge},
        {"target", [](sip::message& m) { replace(m, "fe.", "FE."); }, outcome::challenge},
        {"opaque",
         [](sip::message& m) { replace(m, "opaque=\"", "opaque=\"1"); },
         outcome::challenge},
        {"no response", [](sip::message& m) { replace(m, "response=", "x="); }, outcome::challenge},
        {"Call-ID",
         [](sip::message& m) { m.set(sip::header::call_id, "other"); },
         outcome::challenge},
        {"CSeq",
         [](sip::message& m) { m.set(sip::header::cseq, "11 MESSAGE"); },
         outcome::challenge},
        {"CSeq method",
         [](sip::message& m) { m.set(sip::header::cseq, "10 INVITE"); },
         outcome::challenge},
        {"From tag",
         [](sip::message& m) {
             m.set(sip::header::from, "<sip:alice@contoso.test>;tag=1;epid=8248ca9ebb");
         },
         outcome::challenge},
        {"From",
         [](sip::message& m) { m.set(sip::header::from, "<sip:bob@contoso.test>;tag=4a2b44d131"); },
         outcome::challenge},
        {"To",
         [](sip::message& m) { m.set(sip::header::to, "<sip:carol@contoso.test>"); },
         outcome::challenge},
        {"To tag",
         [](sip::message& m) { m.set(sip::header::to, "<sip:alice@contoso.test>;tag=1"); },
         outcome::challenge},
        {"Expires", [](sip::message& m) { m.set(sip::header::expires, "1"); }, outcome::challenge},
        {"identity",
         [](sip::message& m) {
             m.set(sip::header::p_preferred_identity, "<sip:boss@contoso.test>");
         },
         outcome::challenge},
    };
    for (const auto& row : rows) {
        world w;
        w.establish();
        auto m = request(10, {.method = "MESSAGE"});
        w.client.authorise(m);
        row.change(m);
        EXPECT_EQ(outcome_of(w.receive(m)), row.expected) << row.what;
    }
}

// The keys are alice's, whoever From names. digest MS-SIPAE 4.3 (12), 7
TEST(signed_request, from) {
    const struct {
        const char* what;
        std::string from;
        outcome expected, of_an_ack;
    } rows[] = {
        {"as before",
         "<sip:alice@contoso.test>;tag=1;epid=8248ca9ebb",
         outcome::pass,
         outcome::pass},
        {"other case",
         "\"A\" <sip:Alice@CONTOSO.test>;tag=1;epid=8248ca9ebb",
         outcome::pass,
         outcome::pass},
        {"no epid", "<sip:alice@contoso.test>;tag=1", outcome::pass, outcome::pass},
        {"another endpoint's epid",
         "<sip:alice@contoso.test>;tag=1;epid=2ebb6f264f",
         outcome::challenge,
         outcome::silence},
        {"somebody else",
         "<sip:bob@contoso.test>;tag=1;epid=8248ca9ebb",
         outcome::refuse,
         outcome::silence},
        {"another domain",
         "<sip:alice@contoso.test.example>;tag=1;epid=8248ca9ebb",
         outcome::refuse,
         outcome::silence},
        {"no user", "<tel:+15550100>;tag=1", outcome::refuse, outcome::silence},
    };
    for (const auto& row : rows) {
        world w;
        w.establish();
        for (unsigned i = 0; i < 2; ++i) { // the second time it is remembered
            auto m = request(10 + i, {.method = "INVITE", .from = row.from});
            const auto a = w.send(m);
            EXPECT_EQ(outcome_of(a), row.expected) << row.what;
            if (const auto* r = as<authenticator::refuse>(a)) {
                EXPECT_EQ(r->status, 403);
                EXPECT_EQ(r->why, from_not_yours);
            }
            auto ack = request(10, {.method = "ACK", .from = row.from});
            EXPECT_EQ(outcome_of(w.send(ack)), row.of_an_ack) << row.what;
        }
    }
}

// What names another of the user's endpoints than the one that signed in. digest MS-SIPAE 4.3 (6)
TEST(signed_request, contact) {
    const auto alice = *sip::aor::from("sip:alice@contoso.test");
    const auto own = sip::instance_id::from_epid(alice_epid);
    const auto other = sip::instance_id::from_epid("2ebb6f264f");
    const struct {
        const char* what;
        std::string contact;
        outcome expected;
    } rows[] = {
        {"an address", "<sip:192.0.2.1:4320;transport=tls;ms-opaque=1>", outcome::pass},
        {"its instance", "<sip:192.0.2.1>;+sip.instance=\"<" + own.urn() + ">\"", outcome::pass},
        {"its GRUU", "<" + sip::make_gruu(alice, own) + ">", outcome::pass},
        {"another instance",
         "<sip:192.0.2.1>;+sip.instance=\"<" + other.urn() + ">\"",
         outcome::refuse},
        {"another GRUU", "<" + sip::make_gruu(alice, other) + ">", outcome::refuse},
        {"bob's GRUU",
         "<" + sip::make_gruu(*sip::aor::from("sip:bob@contoso.test"), own) + ">",
         outcome::refuse},
        {"a component of hers", "<sip:alice@contoso.test;gruu;opaque=app:x>", outcome::pass},
    };
    world w;
    w.establish();
    unsigned cseq = 10;
    for (const auto& row : rows) {
        auto m = request(cseq++, {.method = "INVITE", .more = row.contact});
        const auto a = w.send(m);
        EXPECT_EQ(outcome_of(a), row.expected) << row.what;
        if (const auto* r = as<authenticator::refuse>(a)) {
            EXPECT_EQ(r->status, 400);
            EXPECT_EQ(r->why.id, 4010u);
        }
    }
}

// seen: pidgin-sipe 1.25 sends what is answered 401 again, and again
TEST(not_proven, is_challenged_once) {
    const auto ask = [](world& w, unsigned cseq, std::string method) {
        auto m = request(cseq, {.method = std::move(method)});
        return w.receive(m);
    };
    world w;
    EXPECT_EQ(outcome_of(ask(w, 1, "SUBSCRIBE")), outcome::challenge);
    EXPECT_EQ(outcome_of(ask(w, 2, "SUBSCRIBE")), outcome::challenge); // its next one
    EXPECT_EQ(outcome_of(ask(w, 1, "REGISTER")), outcome::challenge);
    EXPECT_EQ(outcome_of(ask(w, 1, "REGISTER")), outcome::challenge); // it has to begin somewhere
    EXPECT_EQ(outcome_of(ask(w, 1, "ACK")), outcome::silence);
    const auto a = ask(w, 1, "SUBSCRIBE");
    ASSERT_EQ(outcome_of(a), outcome::refuse);
    EXPECT_EQ(as<authenticator::refuse>(a)->status, 403);
    EXPECT_TRUE(as<authenticator::refuse>(a)->hang_up);
    w.establish(); // which begins it anew
    EXPECT_EQ(outcome_of(ask(w, 1, "SUBSCRIBE")), outcome::challenge);
    const auto b = ask(w, 1, "SUBSCRIBE");
    ASSERT_EQ(outcome_of(b), outcome::refuse);
    EXPECT_FALSE(as<authenticator::refuse>(b)->hang_up); // somebody else is at home
    // And no more than so many different ones.
    for (unsigned i = 2; i < 65; ++i)
        EXPECT_EQ(outcome_of(ask(w, i, "SUBSCRIBE")), outcome::challenge) << i;
    EXPECT_EQ(outcome_of(ask(w, 65, "SUBSCRIBE")), outcome::refuse);
    auto good = request(99, {.method = "MESSAGE"});
    EXPECT_EQ(outcome_of(w.send(good)), outcome::pass);
    EXPECT_EQ(outcome_of(ask(w, 65, "SUBSCRIBE")), outcome::challenge);
}

TEST(signed_request, replayed_and_reordered) {
    world w;
    w.establish();
    std::vector<sip::message> sent;
    for (unsigned i = 0; i < 300; ++i) {
        sent.push_back(request(10 + i, {.method = "MESSAGE"}));
        w.client.authorise(sent.back());
    }
    // Backwards within the window of 256: cnum 1 was the REGISTER.
    for (unsigned i = 200; i-- > 0;)
        EXPECT_EQ(outcome_of(w.receive(sent[i])), outcome::pass) << i;
    for (const unsigned i : {0U, 7U, 199U}) {
        const auto a = w.receive(sent[i]);
        ASSERT_TRUE(as<authenticator::drop>(a)) << i;
        EXPECT_EQ(as<authenticator::drop>(a)->why, authenticator::drop_why::replayed);
    }
    EXPECT_EQ(outcome_of(w.receive(sent[299])), outcome::pass);
    EXPECT_EQ(outcome_of(w.receive(sent[250])), outcome::pass);
    EXPECT_EQ(outcome_of(w.receive(sent[0])), outcome::silence);
    // The final leg, played again in the same connection.
    auto response = respond(request(1), 200);
    w.client.authorise(response);
    EXPECT_EQ(outcome_of(w.receive_response(response)), outcome::pass);
    EXPECT_EQ(as<authenticator::drop>(w.receive_response(response))->why,
              authenticator::drop_why::replayed);
}

// What alice's connection knows is worth nothing on another.
TEST(signed_request, stolen_opaque) {
    world alices;
    alices.establish();
    auto m = request(10, {.method = "MESSAGE"});
    alices.client.authorise(m);
    world others;
    EXPECT_EQ(outcome_of(others.receive(m)), outcome::challenge);

    // Bob, with an association of his own, uses alice's opaque on their shared connection.
    world shared;
    shared.establish();
    const std::string stolen(*sipauth::parse_fields([&] {
                                  auto r = request(11);
                                  shared.client.authorise(r);
                                  return std::string(r.value(sip::header::authorization));
                              }())
                                  ->opaque);
    const shape bobs{.method = "REGISTER",
                     .from = "<sip:bob@contoso.test>;tag=7;epid=2ebb6f264f",
                     .to = "<sip:bob@contoso.test>"};
    shared.client = client_association(who("bob"), shared.client_random);
    shared.establish(bobs);
    auto theft = request(12, bobs);
    shared.client.authorise(theft);
    const std::string own(
        *sipauth::parse_fields(std::string(theft.value(sip::header::authorization)))->opaque);
    replace(theft, own, stolen);
    EXPECT_EQ(outcome_of(shared.receive(theft)), outcome::challenge);
    auto as_alice = request(13, {.method = "MESSAGE"}); // signed by bob, From alice
    EXPECT_EQ(outcome_of(shared.send(as_alice)), outcome::refuse);
}

TEST(signed_request, expired_association) {
    world w;
    w.establish();
    w.now = t0 + 8h + 15min - 1ns;
    auto m = request(10, {.method = "MESSAGE"});
    EXPECT_EQ(outcome_of(w.send(m)), outcome::pass);
    auto notify = request(11, {.method = "BENOTIFY"});
    EXPECT_TRUE(w.server.sign(notify, w.now));
    w.now = t0 + 8h + 15min; // before the tick comes
    m = request(12, {.method = "MESSAGE"});
    EXPECT_EQ(outcome_of(w.send(m)), outcome::challenge);
    EXPECT_FALSE(w.server.sign(notify, w.now));
    auto response = respond(request(1), 200);
    w.client.authorise(response);
    EXPECT_EQ(outcome_of(w.receive_response(response)), outcome::silence);
    EXPECT_EQ(w.server.deadline(), w.now);
    EXPECT_EQ(w.count(authenticator::tick{}), 0u);
    EXPECT_EQ(w.server.established(), 0u);
}

TEST(response, of_whom) {
    const struct {
        std::string to;
        outcome expected;
    } rows[] = {
        {"<sip:alice@contoso.test>;tag=2", outcome::pass},
        {"<sip:alice@contoso.test>;tag=2;epid=8248ca9ebb", outcome::pass},
        {"<sip:alice@contoso.test>;tag=2;epid=2ebb6f264f", outcome::silence},
        {"<sip:sales@contoso.test>;tag=2;epid=01", outcome::pass}, // called as somebody else
    };
    for (const auto& row : rows) {
        world w;
        w.establish();
        auto m = respond(
            request(7, {.method = "INVITE", .from = "<sip:bob@contoso.test>;tag=1", .to = row.to}),
            180);
        auto unsigned_ = m;
        EXPECT_EQ(as<authenticator::drop>(w.receive_response(unsigned_))->why,
                  authenticator::drop_why::unsigned_);
        w.client.authorise(m);
        auto changed = m;
        changed.set(sip::header::cseq, "8 INVITE");
        EXPECT_EQ(as<authenticator::drop>(w.receive_response(changed))->why,
                  authenticator::drop_why::bad_signature);
        EXPECT_EQ(outcome_of(w.receive_response(m)), row.expected) << row.to;
    }
}

TEST(client, what_it_makes_of_the_server) {
    world w;
    w.establish();
    auto m = request(7, {.method = "MESSAGE", .from = "<sip:bob@contoso.test>;tag=1"});
    EXPECT_EQ(w.client.verify(m, w.now), client_association::verdict::unsigned_);
    ASSERT_TRUE(w.server.sign(m, w.now));
    auto changed = m;
    changed.set(sip::header::from, "<sip:carol@contoso.test>;tag=1");
    EXPECT_EQ(w.client.verify(changed, w.now), client_association::verdict::bad);
    EXPECT_EQ(w.client.verify(m, w.now), client_association::verdict::good);
    EXPECT_EQ(w.client.verify(m, w.now), client_association::verdict::replayed);
    m.set(sip::header::authentication_info,
          R"(NTLM realm="another", targetname="fe.contoso.test")");
    EXPECT_EQ(w.client.verify(m, w.now), client_association::verdict::unsigned_);
}

TEST(client, challenges_it_cannot_answer) {
    const struct {
        const char* what;
        std::string value;
    } rows[] = {
        {"none", ""},
        {"another scheme", R"(Kerberos realm="r", targetname="sip/t", version=4)"},
        {"no target", R"(NTLM realm="r", version=4)"},
        {"version 1", R"(NTLM realm="r", targetname="t", version=1)"},
    };
    for (const auto& row : rows) {
        world w;
        auto m = respond(request(1), 401);
        if (!row.value.empty()) m.append(sip::header::www_authenticate, row.value);
        EXPECT_FALSE(w.client.on_challenge(m, w0)) << row.what;
        EXPECT_EQ(w.client.now_is(), client_association::state::failed);
        auto next = request(2);
        w.client.authorise(next);
        EXPECT_FALSE(next.has(sip::header::authorization));
    }
    for (const std::string_view token : {"", "****", "AAAA", "TlRMTVNTUAACAAAAAAAAADgAAAA="}) {
        world w;
        auto m = respond(request(1), 401);
        m.append(sip::header::www_authenticate, R"(NTLM realm="r", targetname="t", version=4)");
        ASSERT_TRUE(w.client.on_challenge(m, w0));
        m.set(sip::header::www_authenticate,
              R"(NTLM opaque="1", realm="r", targetname="t", version=4, gssapi-data=")" +
                  std::string(token) + '"');
        EXPECT_FALSE(w.client.on_challenge(m, w0)) << token;
    }
}

} // namespace
} // namespace lyceum::security_association::test
#endif
