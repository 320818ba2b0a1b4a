// Connections as contacts name them, and dialogs whose other end's connection is gone.
#include "protocol/sip/address.h"
#include "sipstack/tests/people.h"

namespace lyceum::sipstack::test {
namespace {

using sip::header;

TEST(flows, a_contact_without_a_user_part_is_found) { // seen: pidgin-sipe 1.25 registers such
    alice_and_bob x;
    const auto contact = x.contact_of_bob();
    ASSERT_FALSE(contact.contains('@'));
    ASSERT_TRUE(contact.contains(";ms-received-cid="));
    (void)x.bob.heard();
    x.alice.send(x.alice.request("MESSAGE", contact));
    x.h.run_for(100ms);
    const auto there = x.bob.expect("MESSAGE");
    EXPECT_EQ(there.uri(), contact);
    x.bob.send(x.bob.answer(there, 200));
    x.h.run_for(100ms);
    EXPECT_EQ(x.alice.heard(), "200 ");
    // All of it has to be true, and of somebody who is signed in.
    const auto cid = contact.substr(contact.find(";ms-received-cid="));
    for (const auto& other :
         {"sip:10.0.2.1:1;transport=tls" + cid,
          std::string("sip:10.0.2.1;transport=tls;ms-received-cid=FFFFFFFFFFFFFFFF"),
          std::string("sip:10.0.2.1;transport=tls;ms-received-cid=7")})
        EXPECT_EQ(x.ask(x.alice.request("MESSAGE", other)), "480 ") << other;
    EXPECT_EQ(x.bob.heard(), "MESSAGE ");
    x.everybody_leaves();
}

// Nobody is left to acknowledge what the call came to, so nothing waits for that.
TEST(flows, who_calls_himself_and_is_gone) {
    house h(1);
    h.add_user("alice");
    client alice(h, "alice", "10.0.1.1");
    alice.sign_in();
    alice.send(alice.request("INVITE", "sip:alice@contoso.test"));
    h.run_for(100ms);
    EXPECT_TRUE(alice.take("INVITE"));
    EXPECT_EQ(h.load().server_transactions, 1U);
    alice.hang_up();
    h.run_for(100ms);
    EXPECT_EQ(h.load().server_transactions, 0U);
    h.expect_nothing_left();
}

TEST(flows, a_dialog_whose_other_end_is_gone) { // [MS-SIPRE] 3.7.5.1
    alice_and_bob x;
    const auto contact = x.contact_of_bob();
    const std::string gruu = x.bob.contact.substr(1, x.bob.contact.size() - 2);
    x.bob.hang_up();
    x.h.run_for(1s);
    (void)x.alice.heard(); // what became of the message that bob did not answer
    const struct {
        std::string uri;
        bool in_dialog;
        std::string_view supported, heard, action;
    } rows[] = {
        {gruu, false, "ms-dialog-route-set-update", "480 ", ""},
        {gruu, true, "", "481 ", ""},
        {gruu, true, "timer", "481 ", ""},
        {gruu, true, "timer, Ms-Dialog-Route-Set-Update", "430 ", "Wait-For-Session-Update"},
        {contact, true, "", "481 ", ""},
        {contact, true, "ms-dialog-route-set-update", "430 ", "Wait-For-Session-Update"},
        {"sip:bob@contoso.test", true, "ms-dialog-route-set-update", "480 ", ""},
    };
    for (const auto& row : rows) {
        auto m = x.alice.request("UPDATE", row.uri);
        if (row.in_dialog) m.set(header::to, "<sip:bob@contoso.test>;tag=1");
        if (!row.supported.empty()) m.append(header::supported, row.supported);
        EXPECT_EQ(x.ask(m), row.heard) << row.uri << row.supported;
        const auto r = x.alice.expect(row.heard.substr(0, 3));
        EXPECT_EQ(r.value("P-Dialog-Recovery-Action"), row.action);
        EXPECT_TRUE(r.has(header::ms_diagnostics));
    }
    x.everybody_leaves();
}

TEST(flows, the_via_says_whether_others_were_asked_too) { // digest MS-SIPRE 4 rule 7
    alice_and_bob x;
    client tablet(x.h, "bob", "10.0.2.2");
    const auto branched = [&](client& c) {
        const auto m = c.expect("MESSAGE");
        const auto via = sip::parse_via(m.first(header::via));
        return via ? std::string(via->params.value_or("branched", "")) : std::string();
    };
    x.alice.send(x.alice.request("MESSAGE", "sip:bob@contoso.test"));
    x.h.run_for(100ms);
    EXPECT_EQ(branched(x.bob), "FALSE");
    tablet.sign_in();
    x.alice.send(x.alice.request("MESSAGE", "sip:bob@contoso.test"));
    x.h.run_for(100ms);
    EXPECT_EQ(branched(x.bob), "TRUE");
    EXPECT_EQ(branched(tablet), "TRUE");
    tablet.hang_up();
    x.everybody_leaves();
}

TEST(flows, who_may_ask_to_be_made_reachable) { // digest MS-SIPRE 4 rule 3
    alice_and_bob x;
    const struct {
        std::string_view contact, via, heard;
    } rows[] = {
        {"<sip:10.0.1.1:5060;transport=tls>;proxy=replace", "", ""},
        {"<sip:10.0.1.1:5060;transport=tls>;proxy=keep", "", "400 "},
        {"<sip:a@b.test>, <sip:10.0.1.1:5060;transport=tls>;proxy=keep", "", "400 "},
        {"<sip:10.0.1.1:5060;transport=tcp>;proxy=replace", "", "400 "},
        {"<sip:10.0.1.1:5060;transport=tls>;proxy=replace",
         "SIP/2.0/TLS 10.0.1.9;branch=z9hG4bK9",
         "400 "},
        {"<sip:10.0.1.1:5060;transport=tcp>", "SIP/2.0/TLS 10.0.1.9;branch=z9hG4bK9", ""},
    };
    for (const auto& row : rows) {
        auto m = x.alice.request("MESSAGE", "sip:bob@contoso.test");
        m.set(header::contact, row.contact);
        if (!row.via.empty()) m.append(header::via, row.via);
        EXPECT_EQ(x.ask(m), row.heard) << row.contact << row.via;
        if (!row.heard.empty()) continue;
        const auto there = x.bob.expect("MESSAGE");
        EXPECT_EQ(there.value(header::contact).contains("ms-received-cid"),
                  row.contact.ends_with("proxy=replace"));
        EXPECT_FALSE(there.value(header::contact).contains("proxy="));
        x.bob.send(x.bob.answer(there, 200));
        x.h.run_for(100ms);
        (void)x.alice.heard();
    }
    x.everybody_leaves();
}

TEST(flows, who_may_ask_to_be_made_reachable_in_a_response) { // [MS-SIPRE], digest 4 rule 3
    alice_and_bob x;
    const struct {
        std::string_view contact;
        bool passes, is_changed;
    } rows[] = {
        {"<sip:bob@10.0.2.1:5060;transport=tls>;proxy=replace", true, true},
        {"<sip:bob@10.0.2.1:5060>;Proxy=Replace;text=\"proxy=keep\"", true, true},
        {"<sip:10.0.2.1:5060;transport=tls>;proxy=replace", true, true},
        {"<sip:alice@contoso.test;maddr=10.0.2.1;transport=tls>;proxy=replace", true, true},
        {"<sip:bob@10.0.2.1:5060;transport=tls;proxy=keep>", true, false},
        {"<sip:bob@10.0.2.1:5060;transport=tls>", true, false},
        {"<sip:bob@10.0.2.1:5060;transport=tls>;proxy=keep", false, false},
        {"<sip:bob@10.0.2.1:5060;transport=tcp>;proxy=replace", false, false},
        {"<tel:+4930>;proxy=replace", false, false},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.contact);
        x.alice.send(x.alice.request("INVITE", "sip:bob@contoso.test"));
        x.h.run_for(100ms);
        auto ok = x.bob.answer(x.bob.expect("INVITE"), 200);
        ok.set(header::contact, row.contact);
        x.bob.send(ok);
        x.h.run_for(100ms);
        EXPECT_EQ(x.alice.heard(), row.passes ? "100 200 " : "100 ");
        if (!row.passes) {
            x.bob.send(x.bob.answer(ok, 486));
            x.h.run_for(100ms);
            EXPECT_EQ(x.alice.heard(), "486 ");
            (void)x.alice.expect("486");
            continue;
        }
        const auto back = x.alice.expect("200");
        EXPECT_EQ(back.value(header::contact) == row.contact, !row.is_changed);
        if (!row.is_changed) continue;
        const auto target = sip::parse_address(back.value(header::contact));
        ASSERT_TRUE(target && !target->params.has("proxy")) << back.value(header::contact);
        EXPECT_EQ(target->params.value_or("text", ""),
                  row.contact.contains("text") ? "proxy=keep" : "");
        x.alice.send(x.alice.request("MESSAGE", target->uri)); // and it leads there
        x.h.run_for(100ms);
        x.bob.send(x.bob.answer(x.bob.expect("MESSAGE"), 200));
        x.h.run_for(100ms);
        EXPECT_EQ(x.alice.heard(), "200 ");
        (void)x.alice.take("200");
        // All of it has to be true.
        auto elsewhere = std::string(target->uri);
        const auto host = elsewhere.find("10.0.2.1");
        ASSERT_NE(host, std::string::npos) << elsewhere;
        elsewhere.replace(host, 8, "10.0.2.2");
        EXPECT_EQ(x.ask(x.alice.request("MESSAGE", elsewhere)), "480 ");
        (void)x.alice.take("480");
    }
    x.h.run_for(1min);
    x.everybody_leaves();
}

TEST(flows, who_is_told_to_keep_a_connection_alive) { // digest MS-CONMGMT 4 rules 5, 6
    alice_and_bob x;
    const struct {
        std::string_view asks;
        bool leaves;
        bool told;
    } rows[] = {
        {"UAC;hop-hop=yes", false, true},
        {"uac ; tcp=no; Hop-Hop = YES", false, true},
        {"UAC", false, false},
        {"UAC;hop-hop=no", false, false},
        {"UAS;hop-hop=yes", false, false},
        {"UACX;hop-hop=yes", false, false},
        {"", false, false},
        {"UAC;hop-hop=yes", true, false},
    };
    for (const auto& row : rows) {
        auto m = x.alice.request("REGISTER", "sip:contoso.test");
        if (!row.asks.empty()) m.append(header::ms_keep_alive, row.asks);
        if (row.leaves) m.set(header::expires, "0");
        EXPECT_EQ(x.ask(m), "200 ");
        EXPECT_EQ(x.alice.expect("200").has(header::ms_keep_alive), row.told) << row.asks;
    }
    x.everybody_leaves();
}

} // namespace
} // namespace lyceum::sipstack::test
