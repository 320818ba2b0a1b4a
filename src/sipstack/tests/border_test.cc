// What is told to whom: diagnostics and asserted identities at the edges of the house.
#include "sipstack/border.h"
#include "sipstack/tests/people.h"

namespace lyceum::sipstack::test {
namespace {

using sip::header;

TEST(border, what_each_receiver_is_told) {
    struct line {
        std::string_view name, value;
    };
    const struct {
        const char* what;
        receiver who;
        std::vector<line> before, after;
    } rows[] = {
        {"a client of ours",
         receiver::signed_in,
         {{"ms-diagnostics", R"(1003;reason="x";source="fe")"}},
         {{"ms-diagnostics", R"(1003;reason="x";source="fe")"}}},
        {"a server of ours",
         receiver::inside,
         {{"ms-diagnostics", R"(1003;reason="x";source="fe")"}, {"ms-client-diagnostics", "52063"}},
         {{"ms-diagnostics", R"(1003;reason="x";source="fe")"},
          {"ms-client-diagnostics", "52063"}}},
        {"a stranger",
         receiver::stranger,
         {{"ms-diagnostics", R"(1000;reason="x";source="fe";HRESULT="0x1")"}},
         {{"ms-diagnostics-public", R"(1000;reason="x")"}}},
        {"a gateway",
         receiver::outside,
         {{"ms-diagnostics", R"(1003;reason="x";source="fe")"}, {"ms-client-diagnostics", "52063"}},
         {{"ms-diagnostics-public", R"(1003;reason="x")"}}},
        {"one is enough",
         receiver::outside,
         {{"ms-diagnostics", R"(1003;reason="x";source="fe")"},
          {"ms-diagnostics-public", R"(1;reason="y")"}},
         {{"ms-diagnostics-public", R"(1;reason="y")"}}},
        {"nonsense of somebody else's", receiver::outside, {{"ms-diagnostics", "words"}}, {}},
        {"nothing was asked for",
         receiver::outside,
         {{"P-Asserted-Identity", "<sip:a@b.test>"}, {"Privacy", "none"}},
         {{"P-Asserted-Identity", "<sip:a@b.test>"}, {"Privacy", "none"}}},
        {"not to a gateway",
         receiver::outside,
         {{"P-Asserted-Identity", "<sip:a@b.test>"}, {"Privacy", "id"}},
         {{"Privacy", "id"}}},
        {"nor to a client",
         receiver::signed_in,
         {{"P-Asserted-Identity", "<sip:a@b.test>"},
          {"P-Asserted-Identity", "<tel:+1>"},
          {"Privacy", "header ; ID;critical"}},
         {{"Privacy", "header ; ID;critical"}}},
        {"but among ourselves",
         receiver::inside,
         {{"P-Asserted-Identity", "<sip:a@b.test>"}, {"Privacy", "id"}},
         {{"P-Asserted-Identity", "<sip:a@b.test>"}, {"Privacy", "id"}}},
    };
    for (const auto& row : rows) {
        auto m = sip::message::response(404);
        for (const auto& [name, value] : row.before)
            m.append(name, value);
        keep_inside(m, row.who);
        auto want = sip::message::response(404);
        for (const auto& [name, value] : row.after)
            want.append(name, value);
        EXPECT_EQ(m.text(), want.text()) << row.what;
    }
}

TEST(border, every_refusal_says_why_and_only_to_ours_from_where) {
    house h;
    h.add_user("alice");
    client alice(h, "alice", "10.0.1.1");
    gateway partner(h, "10.0.9.1", false);
    gateway server(h, "10.0.9.2", true);
    alice.sign_in();
    const struct {
        const char* what;
        std::string_view method, uri, name, value, status, diagnosis;
    } rows[] = {
        {"nobody of that name", "MESSAGE", "sip:nobody@contoso.test", "", "", "404", "1003"},
        {"what must be there", "OPTIONS", "sip:contoso.test", "CSeq", "x", "400", "4000"},
        {"Proxy-Require",
         "MESSAGE",
         "sip:alice@contoso.test",
         "Proxy-Require",
         "unheard-of",
         "420",
         "4000"},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        const auto with = [&](sip::message m) {
            if (!row.name.empty()) m.set(row.name, row.value);
            return m;
        };
        alice.send(with(alice.request(row.method, row.uri)));
        partner.send(with(partner.request(row.method, row.uri)));
        server.send(with(server.request(row.method, row.uri)));
        h.run_for(100ms);
        const auto full = [&](const sip::message& r) {
            const auto d = diagnostics::parse(r.value(header::ms_diagnostics));
            return d && std::to_string(d->number) == row.diagnosis &&
                   d->source == "fe.contoso.test" && !r.has(header::ms_diagnostics_public);
        };
        EXPECT_TRUE(full(alice.expect(row.status)));
        EXPECT_TRUE(full(server.expect(row.status)));
        const auto told = partner.expect(row.status);
        EXPECT_FALSE(told.has(header::ms_diagnostics));
        const auto d = diagnostics::parse(told.value(header::ms_diagnostics_public));
        ASSERT_TRUE(d);
        EXPECT_EQ(std::to_string(d->number), row.diagnosis);
        EXPECT_EQ(d->source, "");
    }
    // The same over UDP when it is asked for again: what was kept is what was sent.
    auto again = partner.request("MESSAGE", "sip:nobody@contoso.test");
    partner.send(again);
    h.run_for(100ms);
    partner.send(again);
    h.run_for(100ms);
    EXPECT_EQ(partner.expect("404").text(), partner.expect("404").text());
    alice.hang_up();
    h.expect_nothing_left();
}

TEST(border, clients_reach_a_trusted_host_where_it_speaks_sip) {
    house h;
    h.add_user("alice");
    client alice(h, "alice", "10.0.1.1");
    gateway usual(h, "10.0.9.1", false), phones(h, "10.0.9.2", true);
    h.trust("10.0.9.3", false, {5070, 5080});
    h.trust("pstn.test");
    alice.sign_in();
    const struct {
        std::string_view uri;
        bool leads_somewhere;
    } rows[] = {
        {"sip:1@10.0.9.1", true},
        {"sip:1@10.0.9.1:5060;transport=tcp", true},
        {"sip:1@10.0.9.1:5061;transport=tls", true},
        {"sip:1@10.0.9.1:5061;transport=tcp", false},
        {"sip:1@10.0.9.1:6379;transport=tcp", false},
        {"sip:1@10.0.9.1:9090", false},
        {"sip:1@10.0.9.2:9090", true}, // its phones sit anywhere
        {"sip:1@10.0.9.3:5080", true},
        {"sip:1@10.0.9.3:5070;transport=tcp", true},
        {"sip:1@10.0.9.3", false},
        {"sip:1@10.0.9.3:5081", false},
        {"sip:1@elsewhere.test;maddr=10.0.9.1", true},
        {"sip:1@10.0.9.1;maddr=10.0.9.8", false},
        {"sip:1@stranger.test", false}, // may be the name of any of them: nobody looks
        {"sip:1@pstn.test:6379;transport=tcp", false},
    };
    h.name("stranger.test", "10.0.9.1");
    h.name("pstn.test", "10.0.9.1");
    for (const auto& row : rows) {
        alice.send(alice.request("MESSAGE", row.uri));
        h.run_for(40s);
        // Who leads somewhere may find nobody there; that is another answer.
        EXPECT_EQ(alice.take("404").has_value(), !row.leads_somewhere) << row.uri;
    }
    EXPECT_FALSE(h.was_asked_for("stranger.test"));
    alice.hang_up();
    h.run_for(2h); // what was opened to gateways is kept for an hour
    h.expect_nothing_left();
}

TEST(border, a_client_that_has_not_signed_in_learns_no_names_of_servers) {
    house h;
    client nobody(h, "nobody", "10.0.1.1"); // there is no such user
    nobody.connect();
    for (int i = 0; i < 3; ++i) {
        nobody.send(nobody.request("REGISTER", "sip:contoso.test"));
        h.run_for(300ms);
        (void)nobody.association().on_challenge(nobody.expect("401"), h.world.wall_now());
    }
    bool told = false;
    for (const auto& o : nobody.octets()) {
        EXPECT_FALSE(o.contains("ms-diagnostics:")) << o;
        told = told || o.contains("ms-diagnostics-public: 1000;");
    }
    EXPECT_TRUE(told);
    nobody.hang_up();
    h.expect_nothing_left();
}

TEST(border, a_caller_who_gives_up_is_told_why_too) {
    house h;
    h.add_user("alice");
    h.add_user("bob");
    client alice(h, "alice", "10.0.1.1"), bob(h, "bob", "10.0.2.1");
    alice.sign_in();
    bob.sign_in();
    auto invite = alice.request("INVITE", "sip:bob@contoso.test");
    alice.send(invite);
    h.run_for(100ms);
    const auto there = bob.expect("INVITE");
    bob.send(bob.answer(there, 180));
    h.run_for(100ms);
    auto cancel = alice.request("CANCEL", "sip:bob@contoso.test");
    for (const auto f : {header::via, header::from, header::to, header::call_id})
        cancel.set(f, invite.value(f));
    cancel.set(header::cseq, std::to_string(invite.cseq_number()) + " CANCEL");
    alice.send(cancel);
    h.run_for(40s); // bob does not answer the CANCEL: the house gives up. RFC 3261 9.1
    const auto r = alice.expect("487");
    EXPECT_TRUE(r.value(header::ms_diagnostics).starts_with("13002;")) << r.text();
    alice.hang_up();
    bob.hang_up();
    h.expect_nothing_left();
}

} // namespace
} // namespace lyceum::sipstack::test
