#include "machines/security_association/tests/world.h"

namespace lyceum::security_association::test {
namespace {

// digest MS-SIPAE 6: REGISTER three times, then everything is signed.
TEST(conversation, sign_in_leg_by_leg) {
    world w;
    auto first = request(1);
    auto a = w.send(first);
    EXPECT_EQ(first.value(sip::header::authorization), "");
    ASSERT_TRUE(as<authenticator::challenge>(a));
    const auto& headers = as<authenticator::challenge>(a)->headers;
    ASSERT_EQ(headers.size(), 2u);
    EXPECT_EQ(headers[0].name, sip::header::www_authenticate);
    EXPECT_EQ(
        headers[0].value,
        R"(NTLM realm="SIP Communications Service", targetname="fe.contoso.test", version=4)");
    EXPECT_EQ(headers[1].name, sip::header::date);
    EXPECT_EQ(headers[1].value, "Thu, 31 Jan 2008 00:01:56 GMT");
    EXPECT_EQ(as<authenticator::challenge>(a)->why, std::nullopt);
    ASSERT_TRUE(
        w.client.on_challenge(world::as_message(first, *as<authenticator::challenge>(a)), w0));

    auto second = request(2);
    a = w.send(second);
    EXPECT_EQ(
        second.value(sip::header::authorization),
        R"(NTLM qop="auth", realm="SIP Communications Service", targetname="fe.contoso.test", gssapi-data="", version=4)");
    ASSERT_TRUE(as<authenticator::challenge>(a));
    const std::string asked = challenge_value(a);
    const auto f = sipauth::parse_fields(asked);
    ASSERT_TRUE(f);
    EXPECT_EQ(f->opaque->size(), 8u);
    EXPECT_EQ(f->version, "4");
    const auto token = ntlm::parse_challenge(*from_base64(*f->gssapi_data));
    ASSERT_TRUE(token);
    EXPECT_EQ(token->flags, ntlm::sip_challenge_flags);
    const std::vector<ntlm::av_pair> info{
        ntlm::av_pair::name(ntlm::av_id::netbios_domain, "CONTOSO"),
        ntlm::av_pair::name(ntlm::av_id::netbios_computer, "FE"),
        ntlm::av_pair::name(ntlm::av_id::dns_domain, "contoso.test"),
        ntlm::av_pair::name(ntlm::av_id::dns_computer, "fe.contoso.test")};
    EXPECT_EQ(token->target_info, info);
    EXPECT_EQ(w.server.half_open(), 1u);
    EXPECT_EQ(w.server.deadline(), t0 + 30s);
    ASSERT_TRUE(
        w.client.on_challenge(world::as_message(second, *as<authenticator::challenge>(a)), w0));

    auto third = request(3);
    a = w.send(third);
    const auto sent = sipauth::parse_fields(third.value(sip::header::authorization));
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->cnum, "1"); // version 4: signed already
    EXPECT_EQ(sent->opaque, f->opaque);
    ASSERT_TRUE(as<authenticator::pass>(a));
    EXPECT_NE(as<authenticator::pass>(a)->of, 0u);
    EXPECT_EQ(as<authenticator::pass>(a)->user->login, "alice");
    EXPECT_EQ(w.server.half_open(), 0u);
    EXPECT_EQ(w.server.established(), 1u);
    EXPECT_EQ(w.server.deadline(), t0 + 8h + 15min);

    auto ok = respond(third, 200);
    ASSERT_TRUE(w.server.sign(ok, w.now));
    const auto answered = sipauth::parse_fields(ok.value(sip::header::authentication_info));
    ASSERT_TRUE(answered);
    EXPECT_EQ(answered->snum, "1");
    EXPECT_EQ(answered->opaque, f->opaque);
    EXPECT_EQ(answered->rspauth->size(), 32u);
#ifndef LYCEUM_BREAK_SIGNATURE
    EXPECT_EQ(w.client.verify(ok, w.now), client_association::verdict::good);
    EXPECT_EQ(w.client.now_is(), client_association::state::established);
    EXPECT_EQ(w.client.renew_at(), t0 + 8h - 5min);
#endif
}

#ifdef LYCEUM_BREAK_SIGNATURE
TEST(conversation, a_broken_build_is_noticed) {
    world w;
    auto [a, m] = w.sign_in();
    ASSERT_TRUE(as<authenticator::pass>(a));
    auto ok = respond(m, 200);
    ASSERT_TRUE(w.server.sign(ok, w.now));
    EXPECT_EQ(w.client.verify(ok, w.now), client_association::verdict::bad);
}
#else

TEST(conversation, both_ways_in_every_version) {
    for (const unsigned version : {2U, 3U, 4U}) {
        SCOPED_TRACE(version);
        world w(server_settings(), version);
        w.establish();

        // A request and a response of the client's.
        for (unsigned i = 0; i < 300; ++i) {
            auto m = request(10 + i, {.method = "SUBSCRIBE"});
            const auto a = w.send(m);
            ASSERT_TRUE(as<authenticator::pass>(a)) << i;
            EXPECT_EQ(as<authenticator::pass>(a)->of, 0u);
            EXPECT_EQ(as<authenticator::pass>(a)->user->login, "alice");
        }
        auto theirs = respond(request(7,
                                      {.method = "MESSAGE",
                                       .from = "<sip:bob@contoso.test>;tag=1;epid=01",
                                       .to = "<sip:alice@contoso.test>;tag=2;epid=8248ca9ebb"}),
                              200);
        w.client.authorise(theirs);
        EXPECT_TRUE(as<authenticator::pass>(w.receive_response(theirs)));

        // A request and a response of the server's.
        for (unsigned i = 0; i < 300; ++i) {
            auto m =
                request(20 + i, {.method = "BENOTIFY", .from = "<sip:bob@contoso.test>;tag=1"});
            ASSERT_TRUE(w.server.sign(m, w.now));
            ASSERT_EQ(w.client.verify(m, w.now), client_association::verdict::good) << i;
        }
        auto ours = respond(request(9, {.method = "SUBSCRIBE"}), 202);
        ASSERT_TRUE(w.server.sign(ours, w.now));
        EXPECT_EQ(w.client.verify(ours, w.now), client_association::verdict::good);
        // Signing again replaces the signature: there is one header, and it is good.
        ASSERT_TRUE(w.server.sign(ours, w.now));
        EXPECT_EQ(ours.remove(sip::header::authentication_info), 1u);
    }
}

// A refresh of the association: the old one serves until the new one stands. digest MS-SIPAE 4.6
// (23)
TEST(conversation, signs_in_anew) {
    world w;
    w.establish();
    random::seeded random(3);
    client_association next(who("alice"), random);

    auto plain = request(200);
    auto a = w.receive(plain);
    ASSERT_TRUE(next.on_challenge(world::as_message(plain, *as<authenticator::challenge>(a)), w0));
    auto asking = request(201);
    next.authorise(asking);
    a = w.receive(asking);
    ASSERT_TRUE(next.on_challenge(world::as_message(asking, *as<authenticator::challenge>(a)), w0));

    auto pipelined = request(50, {.method = "SERVICE"});
    EXPECT_TRUE(as<authenticator::pass>(w.send(pipelined)));
    auto answering = request(202);
    next.authorise(answering);
    a = w.receive(answering);
    ASSERT_TRUE(as<authenticator::verify_ntlm>(a));
    auto meanwhile = request(51, {.method = "SERVICE"});
    EXPECT_TRUE(as<authenticator::pass>(w.send(meanwhile)));

    a = w.judge(*as<authenticator::verify_ntlm>(a));
    ASSERT_TRUE(as<authenticator::pass>(a));
    EXPECT_EQ(w.server.established(), 1u);
    auto ok = respond(answering, 200);
    ASSERT_TRUE(w.server.sign(ok, w.now));
    // What the client says before that 200 reaches it: an answer that somebody waits for.
    auto late = request(52, {.method = "SERVICE"});
    EXPECT_TRUE(as<authenticator::pass>(w.send(late)));
    auto answer = respond(request(9,
                                  {.method = "MESSAGE",
                                   .from = "<sip:bob@contoso.test>;tag=1;epid=01",
                                   .to = "<sip:alice@contoso.test>;tag=2;epid=8248ca9ebb"}),
                          200);
    w.client.authorise(answer);
    EXPECT_TRUE(as<authenticator::pass>(w.receive_response(answer)));
    EXPECT_EQ(next.verify(ok, w.now), client_association::verdict::good);
    // What the server says is signed with the new keys, also when To is somebody else.
    auto retargeted = request(60,
                              {.method = "MESSAGE",
                               .from = "<sip:bob@contoso.test>;tag=1",
                               .to = "<sip:sales@contoso.test>"});
    ASSERT_TRUE(w.server.sign(retargeted, w.now));
    EXPECT_EQ(next.verify(retargeted, w.now), client_association::verdict::good);
    w.now += server_settings().overlap;
    auto too_late = request(53, {.method = "SERVICE"});
    EXPECT_TRUE(as<authenticator::challenge>(w.send(too_late)));
}

TEST(conversation, wrong_password) {
    world w;
    auto [a, m] = w.sign_in({}, "another");
    ASSERT_TRUE(as<authenticator::challenge>(a));
    EXPECT_EQ(as<authenticator::challenge>(a)->why, final_handshake_failed);
    EXPECT_EQ(w.client.now_is(), client_association::state::failed);
    EXPECT_EQ(w.server.half_open() + w.server.established(), 0u);
    auto answer = respond(m, 401);
    EXPECT_FALSE(w.server.sign(answer, w.now));
    EXPECT_EQ(answer.value(sip::header::authentication_info), "");
    // Who failed stays so until told to start over.
    EXPECT_FALSE(w.client.on_challenge(world::as_message(m, *as<authenticator::challenge>(a)), w0));
    w.client.start_over();
    w.establish();
}

// Several endpoints behind one connection: each has its own association, and gets its own
// signatures.
TEST(conversation, two_users_on_one_connection) {
    world w;
    w.establish();
    const shape bobs{.from = "<sip:bob@contoso.test>;tag=77;epid=2ebb6f264f",
                     .to = "<sip:bob@contoso.test>"};
    client_association alices =
        std::exchange(w.client, client_association(who("bob"), w.client_random));
    w.establish(bobs);
    EXPECT_EQ(w.server.established(), 2u);

    auto for_bob =
        request(1, {.method = "MESSAGE", .to = "<sip:bob@contoso.test>;epid=2ebb6f264f"});
    ASSERT_TRUE(w.server.sign(for_bob, w.now));
    EXPECT_EQ(w.client.verify(for_bob, w.now), client_association::verdict::good);
    auto for_alice = request(2, {.method = "MESSAGE"});
    ASSERT_TRUE(w.server.sign(for_alice, w.now));
    EXPECT_EQ(alices.verify(for_alice, w.now), client_association::verdict::good);
    // To may name somebody else than the one it is sent to.
    auto forwarded = request(3, {.method = "MESSAGE", .to = "<sip:sales@contoso.test>"});
    EXPECT_FALSE(w.server.sign(forwarded, w.now));
    const auto bob = *sip::aor::from("sip:bob@contoso.test");
    ASSERT_TRUE(w.server.sign(forwarded, w.now, &bob));
    EXPECT_EQ(w.client.verify(forwarded, w.now), client_association::verdict::good);
}
#endif

} // namespace
} // namespace lyceum::security_association::test
