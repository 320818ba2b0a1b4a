#include "machines/security_association/tests/world.h"

namespace lyceum::security_association::test {
namespace {

std::string first_leg(std::string_view version = "4",
                      std::string_view realm = "SIP Communications Service",
                      std::string_view target = "fe.contoso.test") {
    return "NTLM qop=\"auth\", realm=\"" + std::string(realm) + "\", targetname=\"" +
           std::string(target) + "\", gssapi-data=\"\", version=" + std::string(version);
}

/// Both challenges of a handshake: what the client sends next is its answer.
void be_challenged_twice(world& w) {
    for (unsigned leg = 1; leg <= 2; ++leg) {
        auto m = request(leg);
        const auto a = w.send(m);
        const auto* c = as<authenticator::challenge>(a);
        ASSERT_TRUE(c) << leg;
        ASSERT_TRUE(w.client.on_challenge(world::as_message(m, *c), w0)) << leg;
    }
}

/// The second leg's request with its own token replaced, and what becomes of it.
authenticator::action final_leg_with(world& w, void (*change)(std::string& authorization)) {
    be_challenged_twice(w);
    auto m = request(3);
    w.client.authorise(m);
    std::string authorization(m.value(sip::header::authorization));
    change(authorization);
    m.set(sip::header::authorization, authorization);
    auto a = w.receive(m);
    if (const auto* v = as<authenticator::verify_ntlm>(a)) return w.judge(*v);
    return a;
}

void replace_value(std::string& s, std::string_view name, std::string_view value) {
    const auto at = s.find(std::string(name) + "=\"");
    ASSERT_NE(at, std::string::npos);
    const auto begin = at + name.size() + 2;
    s.replace(begin, s.find('"', begin) - begin, value);
}

TEST(challenge, whoever_is_not_signed) {
    const struct {
        const char* what;
        std::string authorization;
    } rows[] = {
        {"nothing", ""},
        {"wrong realm", first_leg("4", "sip communications service")},
        {"wrong target", first_leg("4", "SIP Communications Service", "fe2.contoso.test")},
        {"another scheme",
         "Kerberos qop=\"auth\", realm=\"SIP Communications Service\", "
         "targetname=\"fe.contoso.test\", gssapi-data=\"AAAA\", version=4"},
        {"unreadable", "NTLM realm=\"SIP Communications Service"},
        {"Digest", "Digest username=\"alice\", realm=\"SIP Communications Service\", nonce=\"1\""},
        {"no signature",
         R"(NTLM realm="SIP Communications Service", targetname="fe.contoso.test", opaque="0")"},
        {"unknown opaque",
         R"(NTLM realm="SIP Communications Service", targetname="fe.contoso.test", opaque="2BDBAC9D", )"
         R"(crand="00000000", cnum="1", response="01000000000000000000000064000000")"},
    };
    for (const auto& row : rows) {
        world w;
        auto m = request(1);
        if (!row.authorization.empty()) m.append(sip::header::authorization, row.authorization);
        const auto a = w.receive(m);
        EXPECT_EQ(
            challenge_value(a),
            R"(NTLM realm="SIP Communications Service", targetname="fe.contoso.test", version=4)")
            << row.what;
        EXPECT_EQ(as<authenticator::challenge>(a)->why, std::nullopt) << row.what;
        EXPECT_EQ(w.server.half_open(), 0u) << row.what;

        // ACK and CANCEL cannot be answered. [MS-SIPAE] 3.3.5.1
        for (const auto* method : {"ACK", "CANCEL"}) {
            auto silent = request(1, {.method = method});
            if (!row.authorization.empty())
                silent.append(sip::header::authorization, row.authorization);
            EXPECT_TRUE(as<authenticator::drop>(w.receive(silent))) << row.what;
        }
        auto response = respond(request(1), 200);
        if (!row.authorization.empty())
            response.append(sip::header::authorization, row.authorization);
        EXPECT_TRUE(as<authenticator::drop>(w.receive_response(response))) << row.what;
    }
}

TEST(first_leg, other_spellings) {
    for (const auto& authorization :
         {first_leg(),
          first_leg("3"),
          std::string(R"(ntlm GSSAPI-DATA="",TARGETNAME="fe.contoso.test",)"
                      R"(realm="SIP Communications Service")")}) {
        world w;
        auto m = request(1);
        m.append(sip::header::authorization,
                 "Kerberos realm=\"x\", targetname=\"y\", gssapi-data=\"\"");
        m.append(sip::header::proxy_authorization, authorization);
        const auto a = w.receive(m);
        const auto f = sipauth::parse_fields(challenge_value(a));
        ASSERT_TRUE(f) << authorization;
        EXPECT_TRUE(f->gssapi_data) << authorization;
        EXPECT_EQ(sipauth::version_of(*f),
                  sipauth::version_of(*sipauth::parse_fields(authorization)));
    }
}

TEST(first_leg, refuses) {
    const struct {
        const char* what;
        shape s;
        unsigned id;
    } rows[] = {
        {"no endpoint", {.from = "<sip:alice@contoso.test>;tag=1"}, 4010},
        {"no From", {.from = "nonsense"}, 4010},
        {"From is a number", {.from = "<tel:+1>;tag=1;epid=01"}, 4010},
        {"long epid",
         {.from = "<sip:alice@contoso.test>;tag=1;epid=" + std::string(65, 'a')},
         4012},
        {"instance of another epid",
         {.more =
              R"(<sip:192.0.2.1:4320>;+sip.instance="<urn:uuid:124841e4-264d-52e8-96c5-d22aa8cdc316>")"},
         4010},
        {"GRUU of another endpoint",
         {.more = "<sip:alice@contoso.test;opaque=user:epid:R4bCDaUj51a06PUbkraS0QAA;gruu>"},
         4010},
    };
    for (const auto& row : rows) {
        world w;
        auto m = request(1, row.s);
        m.append(sip::header::authorization, first_leg());
        const auto a = w.receive(m);
        ASSERT_TRUE(as<authenticator::refuse>(a)) << row.what;
        EXPECT_EQ(as<authenticator::refuse>(a)->status, 400) << row.what;
        EXPECT_EQ(as<authenticator::refuse>(a)->why.id, row.id) << row.what;
        EXPECT_EQ(w.server.half_open(), 0u) << row.what;
    }
}

TEST(first_leg, versions) {
    for (const std::string_view version : {"0", "1", "5", "\"x\""}) {
        world w;
        auto m = request(1);
        m.append(sip::header::authorization, first_leg(version));
        const auto a = w.receive(m);
        ASSERT_TRUE(as<authenticator::challenge>(a)) << version;
        EXPECT_EQ(as<authenticator::challenge>(a)->why, final_handshake_failed) << version;
        EXPECT_EQ(w.server.half_open(), 0u);
    }
}

TEST(first_leg, versions_below_the_lowest) {
    // A settings' lowest, a client's, and whether it gets further.
    const struct {
        unsigned lowest;
        std::string_view chosen;
        bool goes_on;
    } rows[] = {
        {2, "2", true},
        {2, "3", true},
        {3, "2", false},
        {3, "3", true},
        {4, "3", false},
        {4, "4", true},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(std::to_string(row.lowest) + " " + std::string(row.chosen));
        auto strict = server_settings();
        strict.lowest_version = row.lowest;
        world w(strict);
        auto m = request(1);
        m.append(sip::header::authorization, first_leg(row.chosen));
        const auto a = w.receive(m);
        ASSERT_TRUE(as<authenticator::challenge>(a));
        EXPECT_EQ(w.server.half_open(), row.goes_on ? 1U : 0U);
        if (row.goes_on) {
            EXPECT_FALSE(as<authenticator::challenge>(a)->why);
        } else {
            EXPECT_EQ(as<authenticator::challenge>(a)->why, version_too_low);
        }
    }
}

TEST(final_leg, a_version_below_the_lowest) {
    // Begun with version 4, ended with 3, where nothing of it would have to be signed.
    auto strict = server_settings();
    strict.lowest_version = 4;
    world w(strict);
    for (unsigned cseq = 1;; ++cseq) {
        auto m = request(cseq);
        w.client.authorise(m);
        std::string field(m.value(sip::header::authorization));
        const bool is_last = field.contains("gssapi-data=\"TlRMTVNTUAAD"); // AUTHENTICATE_MESSAGE
        if (is_last) {
            field.replace(field.find("version=4"), 9, "version=3");
            m.set(sip::header::authorization, field);
        }
        const auto a = w.receive(m);
        ASSERT_TRUE(as<authenticator::challenge>(a));
        if (is_last) {
            EXPECT_EQ(as<authenticator::challenge>(a)->why, version_too_low);
            break;
        }
        ASSERT_TRUE(
            w.client.on_challenge(world::as_message(m, *as<authenticator::challenge>(a)), w0));
    }
}

TEST(final_leg, what_cannot_be_an_answer) {
    const struct {
        const char* what;
        void (*change)(std::string&);
    } rows[] = {
        {"bad base64", [](std::string& s) { replace_value(s, "gssapi-data", "TlRM*A=="); }},
        {"blank in base64", [](std::string& s) { replace_value(s, "gssapi-data", "TlRM TVNT"); }},
        {"no NTLM", [](std::string& s) { replace_value(s, "gssapi-data", "AAAA"); }},
        {"too long",
         [](std::string& s) { replace_value(s, "gssapi-data", std::string(8196, 'A')); }},
        {"a challenge",
         [](std::string& s) { replace_value(s, "gssapi-data", "TlRMTVNTUAACAAAAAAAAADgAAAA="); }},
        {"another opaque", [](std::string& s) { replace_value(s, "opaque", "00000000"); }},
        {"another signature",
         [](std::string& s) { replace_value(s, "response", "01000000000000000000000064000000"); }},
        {"another number", [](std::string& s) { replace_value(s, "cnum", "2"); }},
        {"a number that is none", [](std::string& s) { replace_value(s, "cnum", "4294967297"); }},
        {"a signature that is none", [](std::string& s) { replace_value(s, "response", "0100"); }},
        {"version 4, not signed", [](std::string& s) { s.resize(s.find(", crand")); }},
        {"fewer flags",
         [](std::string& s) {
             const auto f = sipauth::parse_fields(s);
             auto octets = *from_base64(*f->gssapi_data);
             octets[63] = 0; // KEY_EXCH, 128
             replace_value(s, "gssapi-data", to_base64(octets));
         }},
    };
    for (const auto& row : rows) {
        world w;
        const auto a = final_leg_with(w, row.change);
        ASSERT_TRUE(as<authenticator::challenge>(a)) << row.what;
        EXPECT_EQ(as<authenticator::challenge>(a)->why, final_handshake_failed) << row.what;
        EXPECT_EQ(w.server.established(), 0u) << row.what;
    }
    world w; // and unchanged it is one
    EXPECT_TRUE(as<authenticator::pass>(final_leg_with(w, [](std::string&) {})));
}

// Another endpoint, or another connection, cannot go on with a handshake that it did not begin.
TEST(final_leg, of_somebody_elses_handshake) {
    for (const std::string_view from : {"<sip:bob@contoso.test>;tag=1;epid=8248ca9ebb"sv,
                                        "<sip:alice@contoso.test>;tag=1;epid=2ebb6f264f"sv}) {
        world w;
        ASSERT_NO_FATAL_FAILURE(be_challenged_twice(w));
        auto m = request(3, {.from = std::string(from)});
        w.client.authorise(m);
        EXPECT_EQ(as<authenticator::challenge>(w.receive(m))->why, final_handshake_failed) << from;
        world other;
        EXPECT_EQ(as<authenticator::challenge>(other.receive(m))->why, final_handshake_failed);
        EXPECT_EQ(w.server.half_open(), 1u);
    }
}

// The credentials are bob's, the name in From is alice's.
TEST(final_leg, forged_from) {
    world w;
    w.client = client_association(who("bob"), w.client_random);
    auto [a, m] = w.sign_in();
    ASSERT_TRUE(as<authenticator::refuse>(a));
    EXPECT_EQ(as<authenticator::refuse>(a)->status, 403);
    EXPECT_EQ(as<authenticator::refuse>(a)->why, from_not_yours);
    EXPECT_TRUE(as<authenticator::refuse>(a)->why.is_public);
    EXPECT_NE(as<authenticator::refuse>(a)->of, 0u);
    EXPECT_EQ(w.server.established(), 0u);
}

TEST(verdict, unavailable_late_or_twice) {
    world w;
    ASSERT_NO_FATAL_FAILURE(be_challenged_twice(w));
    auto m = request(3);
    w.client.authorise(m);

    auto a = w.receive(m);
    const auto waiting = *as<authenticator::verify_ntlm>(a);
    // The same again while the verdict is awaited does not start another.
    EXPECT_EQ(as<authenticator::challenge>(w.receive(m))->why, final_handshake_failed);
    a = w.only(authenticator::ntlm_unavailable{waiting.of, 7s});
    ASSERT_TRUE(as<authenticator::refuse>(a));
    EXPECT_EQ(as<authenticator::refuse>(a)->status, 503);
    EXPECT_EQ(as<authenticator::refuse>(a)->retry_after, 7s);
    // It is over: verdicts for it come to nothing, and so do those for tickets that never were.
    EXPECT_EQ(w.count(authenticator::ntlm_refused{waiting.of, w0}), 0u);
    EXPECT_EQ(w.count(authenticator::ntlm_proven{waiting.of, user("alice"), {}, w0}), 0u);
    EXPECT_EQ(w.count(authenticator::ntlm_refused{0, w0}), 0u);
    EXPECT_EQ(w.count(authenticator::ntlm_unavailable{99, 1s}), 0u);
}

TEST(verdict, never) {
    world w;
    ASSERT_NO_FATAL_FAILURE(be_challenged_twice(w));
    EXPECT_EQ(w.server.deadline(), t0 + 30s);
    auto m = request(3);
    w.client.authorise(m);
    auto a = w.receive(m);
    const auto of = as<authenticator::verify_ntlm>(a)->of;
    w.now = t0 + 30s - 1ns;
    EXPECT_EQ(w.count(authenticator::tick{}), 0u);
    w.now = t0 + 30s;
    a = w.only(authenticator::tick{});
    ASSERT_TRUE(as<authenticator::refuse>(a));
    EXPECT_EQ(as<authenticator::refuse>(a)->of, of);
    EXPECT_EQ(as<authenticator::refuse>(a)->status, 503);
    EXPECT_EQ(w.server.deadline(), std::nullopt);
}

TEST(limits, handshakes_that_nobody_ends) {
    world w;
    for (unsigned i = 0; i < 300; ++i) { // one endpoint: each replaces the one before
        auto m = request(i);
        m.append(sip::header::authorization, first_leg());
        ASSERT_TRUE(as<authenticator::challenge>(w.receive(m)));
        EXPECT_EQ(w.server.half_open(), 1u);
    }
    unsigned refused = 0;
    for (unsigned i = 0; i < 300; ++i) { // three hundred endpoints
        auto m = request(i, {.from = "<sip:alice@contoso.test>;tag=1;epid=" + std::to_string(i)});
        m.append(sip::header::authorization, first_leg());
        const auto a = w.receive(m);
        if (const auto* r = as<authenticator::refuse>(a)) {
            ++refused;
            EXPECT_EQ(r->status, 503);
            EXPECT_EQ(r->retry_after, 30s);
        }
        EXPECT_LE(w.server.half_open(), 8u);
    }
    EXPECT_EQ(refused, 293u);
    w.now += 30s;
    EXPECT_EQ(w.count(authenticator::tick{}), 0u);
    EXPECT_EQ(w.server.half_open(), 0u);
    EXPECT_TRUE(as<authenticator::pass>(w.sign_in().first));
}

TEST(limits, associations) {
    auto few = server_settings();
    few.max_associations = 2;
    world w(few);
    const auto shape_of = [](unsigned i) {
        return shape{.from = "<sip:alice@contoso.test>;tag=1;epid=" + std::to_string(i)};
    };
    for (unsigned i = 0; i < 2; ++i) {
        w.client.start_over();
        ASSERT_TRUE(as<authenticator::pass>(w.sign_in(shape_of(i)).first));
    }
    w.client.start_over();
    EXPECT_EQ(as<authenticator::refuse>(w.sign_in(shape_of(2)).first)->status, 503);
    w.client.start_over();
    EXPECT_TRUE(as<authenticator::pass>(w.sign_in(shape_of(1)).first)); // who has one may renew it
    EXPECT_EQ(w.server.established(), 2u);
    EXPECT_EQ(w.count(authenticator::closed{}), 0u);
    EXPECT_EQ(w.server.established(), 0u);
}

TEST(limits, weak_sessions_only_when_told) {
    for (const bool weak : {false, true}) {
        auto s = server_settings();
        s.weak_sessions = weak;
        world w(s);
        const auto a = final_leg_with(w, [](std::string& text) {
            // Version 3: without a signature, which would be made with the other keys.
            text.resize(text.find(", version"));
            text += ", version=3";
            auto octets = *from_base64(*sipauth::parse_fields(text)->gssapi_data);
            octets[62] &= 0xF7U; // EXTENDED_SESSIONSECURITY
            replace_value(text, "gssapi-data", to_base64(octets));
        });
        EXPECT_EQ(as<authenticator::pass>(a) != nullptr, weak);
    }
}

} // namespace
} // namespace lyceum::security_association::test
