// Requests to other hosts.
#include "roles/router/rim/tests/one_shard.h"

namespace lyceum::roles::router::test {
namespace {

constexpr std::string_view gateway = "sip:1@pstn.test;transport=tcp";

TEST(elsewhere, a_request_finds_its_gateway) {
    house_of_one_shard x;
    agent a(x.w, "10.0.0.11");
    agent b(x.w, "10.0.0.12");
    a.listen(net::transport::tcp, 5060);
    b.listen(net::transport::tcp, 5060);
    EXPECT_EQ(x.ask("OPTIONS", gateway), "200 ");
    EXPECT_EQ(a.heard, "OPTIONS ");
    EXPECT_EQ(b.heard, "");
    EXPECT_EQ(a.kept.back().uri(), gateway);
    const auto via = sip::parse_via(x.caller.kept.back().first(header::via));
    ASSERT_TRUE(via); // ours has come off again
    EXPECT_EQ(via->host, "10.0.0.9");
}

TEST(elsewhere, the_next_place_when_one_is_unreachable) {
    const struct {
        const char* rule;
        bool a_listens;
        int a_says;
        std::string_view at_caller;
        std::string_view at_a;
        std::string_view at_b;
    } rows[] = {
        {"RFC 3263 4.3: nobody listens", false, 0, "100 200 ", "", "INVITE "},
        {"RFC 3263 4.3: 503", true, 503, "100 200 ", "INVITE ACK ", "INVITE "},
        {"RFC 3263 4.3: no answer", true, 0, "100 200 ", "INVITE ", "INVITE "},
        {"any other answer is the gateway's own", true, 486, "100 486 ", "INVITE ACK ", ""},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.rule);
        house_of_one_shard x;
        agent a(x.w, "10.0.0.11");
        agent b(x.w, "10.0.0.12");
        if (row.a_listens) a.listen(net::transport::tcp, 5060);
        a.answer_with(row.a_says);
        b.listen(net::transport::tcp, 5060);
        auto invite = x.request("INVITE", gateway);
        x.caller.send(invite);
        x.w.run_for(33s);
        // The caller repeats no ACK here, so its final response comes more than once over UDP.
        EXPECT_TRUE(x.caller.heard.starts_with(row.at_caller)) << x.caller.heard;
        EXPECT_EQ(a.heard, row.at_a);
        EXPECT_EQ(b.heard, row.at_b);
    }
}

TEST(elsewhere, a_dead_place_is_not_tried_first_again_at_once) {
    house_of_one_shard x;
    agent a(x.w, "10.0.0.11");
    agent b(x.w, "10.0.0.12");
    a.listen(net::transport::tcp, 5060);
    a.answer_with(0);
    b.listen(net::transport::tcp, 5060);
    EXPECT_EQ(x.ask("OPTIONS", gateway, 33s), "200 ");
    EXPECT_EQ(x.ask("OPTIONS", gateway, 1s), "200 ");
    EXPECT_EQ(a.heard, "OPTIONS ");
    EXPECT_EQ(b.heard, "OPTIONS OPTIONS ");
    a.answer_with(200);
    x.w.run_for(30s);
    EXPECT_EQ(x.ask("OPTIONS", gateway, 1s), "200 ");
    EXPECT_EQ(a.heard, "OPTIONS OPTIONS ");
}

TEST(elsewhere, what_the_caller_hears_when_there_is_no_way) {
    const struct {
        const char* rule;
        sim_resolver::mood mood;
        std::string uri;
        std::string_view status;
        std::string_view diagnosis;
        bool asks; ///< a name server
    } rows[] = {
        {"[MS-OCER] 1008: no SRV record, nor an address",
         sim_resolver::mood::answers,
         "sip:1@void.pstn.test",
         "504 ",
         "1008;",
         true},
        {"[MS-OCER] 1014: no address",
         sim_resolver::mood::answers,
         "sip:1@void.pstn.test:5060",
         "504 ",
         "1014;",
         true},
        {"nobody answers", sim_resolver::mood::is_silent, "sip:1@pstn.test", "504 ", "1008;", true},
        {"nobody can tell",
         sim_resolver::mood::fails,
         "sip:1@pstn.test:5060",
         "504 ",
         "1014;",
         true},
        {"not on the list, nor what it leads to",
         sim_resolver::mood::answers,
         "sip:1@stranger.test",
         "404 ",
         "1005;",
         true},
        {"not on the list", sim_resolver::mood::answers, "sip:1@192.0.2.1", "404 ", "1005;", false},
        {"all places are dead",
         sim_resolver::mood::answers,
         std::string(gateway),
         "500 ",
         "13001",
         true},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.rule);
        house_of_one_shard x;
        x.trust({"pstn.test", "void.pstn.test"});
        x.names.add_host("stranger.test", "192.0.2.1");
        x.names.set(row.mood);
        EXPECT_EQ(x.ask("OPTIONS", row.uri), row.status);
        EXPECT_EQ(x.diagnosis(), row.diagnosis);
        EXPECT_EQ(!x.names.asked().empty(), row.asks);
    }
}

TEST(elsewhere, only_to_who_is_on_the_trusted_list) {
    house_of_one_shard x;
    agent a(x.w, "10.0.0.11");
    agent b(x.w, "10.0.0.12");
    a.listen(net::transport::tcp, 5060);
    b.listen(net::transport::tcp, 5060);
    // By address: the first place that the name leads to is a stranger's, the second is listed.
    x.trust({"10.0.0.12"});
    EXPECT_EQ(x.ask("OPTIONS", gateway), "200 ");
    EXPECT_EQ(a.heard, "");
    EXPECT_EQ(b.heard, "OPTIONS ");
    x.trust({"10.0.0.13"});
    EXPECT_EQ(x.ask("OPTIONS", gateway), "404 ");
    EXPECT_EQ(a.heard + b.heard, "OPTIONS ");
}

TEST(elsewhere, no_look_ups_for_whoever_likes) {
    house_of_one_shard x;
    x.people.set_trusted(
        {{"pstn.test", "", false, {}}}); // no address that an unknown name could lead to
    const auto alice = std::make_shared<people::user>();
    alice->aor = *sip::aor::from("sip:alice@contoso.test");
    for (const auto* uri : {"sip:1@stranger.test", "sip:1@pstn.test"}) {
        x.router.on_request({x.request("ACK", uri), {}, {}, alice, nullptr});
        x.w.run_for(1s);
    }
    ASSERT_FALSE(x.names.asked().empty());
    for (const auto& q : x.names.asked())
        EXPECT_FALSE(q.name.contains("stranger")) << q.name;
}

TEST(elsewhere, an_invite_is_cancelled_while_its_name_is_looked_up) {
    house_of_one_shard x;
    x.names.set(sim_resolver::mood::is_silent);
    const auto invite = x.request("INVITE", gateway);
    x.caller.send(invite);
    x.w.run_for(1s);
    EXPECT_EQ(x.hops.waiting(), 1U);
    auto cancel = sip::message::request("CANCEL", gateway);
    for (const auto what :
         {header::via, header::max_forwards, header::from, header::to, header::call_id})
        cancel.append(what, invite.value(what));
    cancel.append(header::cseq, "1 CANCEL");
    x.caller.heard.clear();
    x.caller.send(cancel);
    x.w.run_for(100ms);
    EXPECT_EQ(x.caller.heard, "200 487 ");
    EXPECT_EQ(x.hops.waiting(), 0U);
}

TEST(elsewhere, only_so_many_wait) {
    house_of_one_shard x({.max_waiting = 2});
    x.names.set(sim_resolver::mood::is_silent);
    EXPECT_EQ(x.ask("OPTIONS", gateway, 100ms), "");
    EXPECT_EQ(x.ask("OPTIONS", gateway, 100ms), "");
    EXPECT_EQ(x.ask("OPTIONS", gateway, 100ms), "503 ");
    x.w.run_for(13s);
    EXPECT_EQ(x.caller.heard, "503 504 504 ");
}

TEST(elsewhere, an_ack_goes_to_one_place) {
    house_of_one_shard x;
    agent a(x.w, "10.0.0.11");
    agent b(x.w, "10.0.0.12");
    a.listen(net::transport::tcp, 5060);
    b.listen(net::transport::tcp, 5060);
    EXPECT_EQ(x.ask("ACK", gateway), "");
    EXPECT_EQ(a.heard, "ACK ");
    EXPECT_EQ(b.heard, "");
}

TEST(elsewhere, a_gateway_that_is_listed_by_name_may_answer_over_udp) {
    house_of_one_shard x;
    x.names.add_srv("_sip._udp.pstn.test", {10, 0, 5060, "a.pstn.test"});
    agent a(x.w, "10.0.0.11");
    a.listen(net::transport::udp, 5060);
    EXPECT_EQ(x.ask("OPTIONS", "sip:1@pstn.test;transport=udp"), "200 ");
    // Somebody else may not, even if he knew the branch.
    a.answer_with(0);
    x.caller.heard.clear();
    x.caller.send(x.request("OPTIONS", "sip:1@pstn.test;transport=udp"));
    x.w.run_for(100ms);
    agent stranger(x.w, "10.0.0.66");
    stranger.listen(net::transport::udp, 5060);
    stranger.send(sip::make_response(a.kept.back(), 200, {}, "there"));
    x.w.run_for(1s);
    EXPECT_EQ(x.caller.heard, "");
}

TEST(elsewhere, responses_over_udp_go_where_the_via_says) {
    house_of_one_shard x;
    // It sends from one port and listens at another, and has no rport. RFC 3261 18.2.2
    agent two_ports(x.w, "10.0.0.10");
    x.people.set_trusted({{"10.0.0.10", "udp", false, {}}});
    two_ports.listen(net::transport::udp, 5090); // the lower one is the one it sends from
    two_ports.listen(net::transport::udp, 5070);
    auto m = x.request("OPTIONS", "sip:fe.contoso.test");
    m.set(header::via, "SIP/2.0/UDP 10.0.0.10:5090;branch=z9hG4bKa");
    two_ports.send(m);
    x.w.run_for(1s);
    EXPECT_EQ(two_ports.heard, "200 ");
    m.set(header::via, "SIP/2.0/UDP 10.0.0.10:5999;branch=z9hG4bKb;rport");
    m.set(header::cseq, "2 OPTIONS"); // the same one by another way would be merged
    two_ports.send(m);
    x.w.run_for(1s);
    EXPECT_EQ(two_ports.heard, "200 200 ");
    // Nobody is at the port that this one names.
    m.set(header::via, "SIP/2.0/UDP 10.0.0.10:5999;branch=z9hG4bKc");
    m.set(header::cseq, "3 OPTIONS");
    two_ports.send(m);
    x.w.run_for(1s);
    EXPECT_EQ(two_ports.heard, "200 200 ");
}

} // namespace
} // namespace lyceum::roles::router::test
