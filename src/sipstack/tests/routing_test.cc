// Where requests end, and what they look like when they get there.
#include "sipstack/tests/people.h"

namespace lyceum::sipstack::test {
namespace {

using sip::header;

TEST(routing, who_cannot_be_reached) {
    alice_and_bob x;
    const auto gone = sip::make_gruu(*sip::aor::from("sip:bob@contoso.test"),
                                     sip::instance_id::from_epid("0000"));
    const struct {
        const char* what;
        std::string_view method;
        std::string uri;
        std::string_view more;
        std::string_view heard;
        std::string_view diagnosis;
    } rows[] = {
        {"nobody of that name", "MESSAGE", "sip:nobody@contoso.test", "", "404 ", "1003"},
        {"not signed in", "MESSAGE", "sip:eve@contoso.test", "", "480 ", ""},
        {"a call", "INVITE", "sip:eve@contoso.test", "", "100 480 ", ""},
        {"disabled", "MESSAGE", "sip:dora@contoso.test", "", "404 ", "4005"},
        {"a device that is gone, outside a dialog", "MESSAGE", gone, "", "480 ", ""},
        {"in a dialog", "BYE", gone, "tag", "481 ", ""},
        {"in a dialog", "INFO", gone, "tag", "481 ", ""},
        {"no domain of ours", "MESSAGE", "sip:bob@elsewhere.test", "", "404 ", ""},
        {"a component that does not run",
         "INVITE",
         "sip:bob@contoso.test;gruu;opaque=app:conf:focusfactory",
         "",
         "100 404 ",
         ""},
        {"a number", "INVITE", "tel:+4930", "", "100 404 ", ""},
        {"no SIP", "MESSAGE", "mailto:bob@contoso.test", "", "416 ", ""},
        {"hops are spent. RFC 3261 16.3", "MESSAGE", "sip:bob@contoso.test", "0", "483 ", ""},
        {"what the house answers itself needs no hop",
         "SUBSCRIBE",
         "sip:bob@contoso.test",
         "0",
         "489 ",
         ""},
        {"not a thing that can be done to a server",
         "PUBLISH",
         "sip:bob@contoso.test",
         "",
         "405 ",
         ""},
        {"an unknown extension", "MESSAGE", "sip:bob@contoso.test", "require", "420 ", ""},
        {"an unknown event", "SUBSCRIBE", "sip:bob@contoso.test", "", "489 ", ""},
        {"an unknown content", "SERVICE", "sip:bob@contoso.test", "", "415 ", ""},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        auto m = x.alice.request(row.method, row.uri);
        if (row.more == "tag") m.set(header::to, "<sip:bob@contoso.test>;tag=1");
        if (row.more == "0") m.set(header::max_forwards, "0");
        if (row.more == "require") m.append(header::proxy_require, "unheard-of");
        EXPECT_EQ(x.ask(m), row.heard);
        auto last = row.heard.substr(0, row.heard.size() - 1);
        const auto r = x.alice.expect(last.substr(last.rfind(' ') + 1));
        if (r.status() == 420) {
            EXPECT_EQ(r.value(header::unsupported), "unheard-of");
            continue;
        }
        EXPECT_EQ(r.has(header::allow), r.status() == 405); // RFC 3261 8.2.1
        EXPECT_TRUE(r.has(header::ms_diagnostics));
        EXPECT_TRUE(r.value(header::ms_diagnostics).starts_with(row.diagnosis))
            << r.value(header::ms_diagnostics);
        EXPECT_FALSE(r.to_tag().empty());
    }
    EXPECT_EQ(x.bob.heard(), "");
    x.everybody_leaves();
}

TEST(routing, forged_routes_lead_nowhere) {
    alice_and_bob x;
    const struct {
        std::string_view uri, route, heard;
    } rows[] = {
        {"sip:bob@contoso.test", "<sip:192.0.2.1;lr>", "404 "},
        {"sip:bob@contoso.test", "<sip:192.0.2.1;transport=tcp;lr>", "404 "},
        {"sip:bob@contoso.test", "<sip:127.0.0.1:9090;transport=tcp;lr>", "404 "},
        {"sip:bob@contoso.test",
         "<sip:fe.contoso.test:9090;transport=tcp;lr>",
         "404 "}, // a port that is not ours
        {"sip:bob@contoso.test",
         "<sip:fe.contoso.test;maddr=192.0.2.1;lr>",
         "200 "}, // the name is ours
        {"sip:bob@contoso.test", "<sip:evil.test;lr>", "404 "},
        {"sip:bob@contoso.test", "<mailto:bob@contoso.test>", "400 "},
        {"sip:bob@contoso.test", "nonsense", "400 "},
        // RFC 3261 16.5: where maddr says, and nobody is trusted there
        {"sip:bob@contoso.test;maddr=192.0.2.1", "", "404 "},
        {"sip:bob@contoso.test;maddr=fe.contoso.test", "", "200 "},
        {"sip:192.0.2.1", "", "404 "},
        {"sip:bob@192.0.2.1;maddr=127.0.0.1", "", "404 "},
        {"sip:bob@contoso.test",
         "<sip:fe.contoso.test:5061;transport=tls;lr>, <sip:fe.contoso.test:5060;lr>",
         "200 "},
        {"sip:bob@contoso.test", "<sip:fe.contoso.test;lr>, <sip:192.0.2.1;lr>", "404 "},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(std::string(row.uri) + " " + std::string(row.route));
        auto m = x.alice.request("MESSAGE", row.uri);
        if (!row.route.empty()) m.append(header::route, row.route);
        x.alice.send(m);
        x.h.run_for(100ms);
        if (const auto there = x.bob.take("MESSAGE")) x.bob.send(x.bob.answer(*there, 200));
        x.h.run_for(100ms);
        EXPECT_EQ(x.alice.heard(), row.heard);
    }
    x.everybody_leaves();
}

TEST(routing, another_ones_connection_is_not_to_be_named) { // digest MS-SIPRE 7
    alice_and_bob x;
    // What bob's own contact says of his connection.
    x.alice.send(x.alice.request("MESSAGE", "sip:bob@contoso.test"));
    x.h.run_for(100ms);
    const std::string way(x.bob.expect("MESSAGE").uri());
    const auto cid = way.substr(way.find(";ms-received-cid="));
    EXPECT_EQ(x.ask(x.alice.request("MESSAGE", "sip:eve@contoso.test" + cid)), "480 ");
    EXPECT_EQ(x.ask(x.alice.request("MESSAGE", "sip:alice@contoso.test" + cid)), "480 ");
    EXPECT_EQ(x.ask(x.alice.request("MESSAGE", "sip:bob@contoso.test;ms-received-cid=7")), "480 ");
    EXPECT_EQ(x.ask(x.alice.request("MESSAGE", "sip:bob@contoso.test;ms-received-cid=zz")), "480 ");
    auto in_dialog = x.alice.request("BYE", "sip:eve@contoso.test" + cid);
    in_dialog.set(header::to, "<sip:eve@contoso.test>;tag=1");
    EXPECT_EQ(x.ask(in_dialog), "481 ");
    EXPECT_EQ(x.bob.heard(), "MESSAGE ");
    x.everybody_leaves();
}

TEST(routing, who_it_is_from_says_the_house) { // digest MS-SIPAE 4.7, RFC 3325 5
    alice_and_bob x;
    auto m = x.alice.request("MESSAGE", "sip:bob@contoso.test");
    m.append(header::p_asserted_identity, "<sip:boss@contoso.test>");
    m.append(header::p_asserted_identity, "<tel:+1>");
    m.append(header::p_preferred_identity, "<sip:boss@contoso.test>");
    m.append(header::ms_diagnostics, "1;reason=\"mine\"");
    m.append(header::ms_keep_alive, "UAC;hop-hop=yes");
    m.append(header::proxy_authorization, "Basic bm9uZQ==");
    m.append("X-Kept", "as it is");
    const auto there = x.deliver(m);
    EXPECT_EQ(there.values(header::p_asserted_identity),
              (std::vector<std::string_view>{"\"alice\"<sip:alice@contoso.test>", "<tel:+4930>"}));
    for (const auto h : {header::p_preferred_identity,
                         header::authorization,
                         header::proxy_authorization,
                         header::ms_keep_alive,
                         header::ms_diagnostics}) {
        EXPECT_FALSE(there.has(h)) << sip::name(h);
    }
    EXPECT_EQ(there.value("X-Kept"), "as it is");
    EXPECT_EQ(there.value(header::max_forwards), "69");
    EXPECT_TRUE(there.has(header::authentication_info)); // of bob's association
    x.everybody_leaves();
}

TEST(routing, who_answers_says_the_house_too) { // digest MS-SIPAE 4.7 rule 25
    alice_and_bob x;
    x.alice.send(x.alice.request("MESSAGE", "sip:bob@contoso.test"));
    x.h.run_for(100ms);
    auto r = x.bob.answer(x.bob.expect("MESSAGE"), 200);
    r.append(header::p_asserted_identity, "<sip:boss@contoso.test>");
    r.append(header::p_preferred_identity, "<sip:boss@contoso.test>");
    r.append(header::ms_keep_alive, "UAS;timeout=1");
    r.append("X-Kept", "as it is");
    x.bob.send(r);
    x.h.run_for(100ms);
    const auto there = x.alice.expect("200");
    for (const auto h :
         {header::p_preferred_identity, header::authorization, header::ms_keep_alive}) {
        EXPECT_FALSE(there.has(h)) << sip::name(h);
    }
    EXPECT_EQ(there.values(header::p_asserted_identity),
              (std::vector{"\"bob\"<sip:bob@contoso.test>"sv}));
    EXPECT_EQ(there.value("X-Kept"), "as it is");
    x.everybody_leaves();
}

TEST(routing, a_loop_ends) { // RFC 3261 16.3 steps 3 and 4
    const struct {
        const char* what;
        bool changes_target;
        std::size_t rounds;
        std::string_view end;
    } rows[] = {
        {"what comes back as it went", false, 1, "482"},
        {"a spiral goes on while there are hops", true, 70, "483"},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        house h;
        h.add_user("bob");
        gateway gw(h, "10.0.0.9");
        auto m = gw.request("MESSAGE", "sip:pbx@10.0.0.9;transport=tcp");
        gw.use_tcp();
        gw.send(m);
        std::size_t rounds = 0;
        for (;; ++rounds) {
            h.run_for(50ms);
            auto back = gw.take("MESSAGE");
            if (!back) break;
            const auto n = std::to_string(rounds);
            back->prepend(header::via, "SIP/2.0/TCP 10.0.0.9;branch=z9hG4bKloop" + n);
            if (row.changes_target) back->set_uri("sip:pbx" + n + "@10.0.0.9;transport=tcp");
            gw.send(*back);
        }
        EXPECT_EQ(rounds, row.rounds);
        EXPECT_TRUE(gw.take(row.end));
        gw.hang_up();
        h.run_for(2h);
        h.expect_nothing_left();
    }
}

TEST(routing, whom_a_gateway_may_speak_for) {
    house h;
    h.add_user("bob");
    gateway gw(h, "10.0.0.9"); // it may register ours
    auto m = gw.request("OPTIONS", "sip:contoso.test");
    m.set(header::from, "<sip:bob@contoso.test>;tag=1");
    gw.send(m);
    h.run_for(100ms);
    EXPECT_EQ(gw.heard(), "200 ");
    gateway other(h, "10.0.0.10");
    m = other.request("OPTIONS", "sip:contoso.test");
    m.set(header::from, "\"no URI\"");
    other.send(m);
    h.run_for(100ms);
    EXPECT_EQ(other.heard(), "400 ");
    h.expect_nothing_left();
}

} // namespace
} // namespace lyceum::sipstack::test
