// Requests to users: over which connection, and on whose account.
#include "roles/router/rim/tests/one_shard.h"

namespace lyceum::roles::router::test {
namespace {

/// Bob has phones that a trusted exchange registered; itself it is not seen here.
struct bobs_house : house_of_one_shard {
    bobs_house() : a(w, "10.0.0.11"), b(w, "10.0.0.12") {
        const auto bob = std::make_shared<people::user>();
        bob->aor = aor;
        people.put(bob);
        let_in({exchange, "other.test"});
    }
    void let_in(const std::vector<std::string>& hosts) {
        std::vector<store::trusted_peer> peers{{"10.0.0.9", "udp", false, {}}};
        for (const auto& x : hosts)
            peers.push_back({x, "", true, {}});
        people.set_trusted(peers);
        st.gate_keeper().on_trusted_changed();
    }
    void has_phones(const sipstack::reachable_endpoints& all) {
        location.put(aor, std::make_shared<const sipstack::reachable_endpoints>(all));
    }
    /// One that is reached at its address.
    static sipstack::reachable_endpoint
    phone(net::transport kind, std::string_view address, std::uint16_t q) {
        sipstack::reachable_endpoint e;
        e.contact = "sip:bob@" + std::string(address);
        e.way = {kind, {}, at(address, 5060)};
        e.on_account_of = {exchange, net::transport::tls};
        e.q = q;
        return e;
    }
    /// One whose contact names what it registered over: our UDP socket.
    sipstack::reachable_endpoint phone_that_names_our_socket(std::string_view address) {
        auto e = phone(net::transport::udp, address, 1000);
        e.way.flow = h.links(0).udp_socket();
        e.contact = "sip:bob@contoso.test;maddr=" + std::string(address) +
                    ";ms-received-cid=" + sipstack::cid_of(e.way.flow);
        return e;
    }
    inline static const std::string exchange = "exchange.test";
    const sip::aor aor = *sip::aor::from("sip:bob@contoso.test");
    agent a, b;
};

TEST(people, a_contact_leads_to_its_connection_while_the_peer_that_registered_it_is_trusted) {
    bobs_house x;
    x.a.listen(net::transport::udp, 5060);
    const auto phone = x.phone_that_names_our_socket("10.0.0.11");
    x.has_phones({phone});
    EXPECT_EQ(x.ask("MESSAGE", phone.contact), "200 ");
    x.let_in({"other.test"}); // and the registrar has not heard of it yet
    EXPECT_EQ(x.ask("MESSAGE", phone.contact), "480 ");
    EXPECT_EQ(x.a.heard, "MESSAGE ");
}

TEST(people, what_a_contact_needs_is_on_its_peers_account) {
    bobs_house x;
    x.a.listen(net::transport::udp, 5060);
    x.a.listen(net::transport::tcp, 5060);
    const auto phone = x.phone_that_names_our_socket("10.0.0.11");
    x.has_phones({phone});
    auto m = x.request("MESSAGE", phone.contact);
    m.set_body("text/plain", std::string(3000, 'x')); // RFC 3261 18.1.1
    x.caller.send(m);
    x.w.run_for(1s);
    EXPECT_EQ(x.caller.heard, "200 ");
    EXPECT_EQ(x.a.connections, 1U);
    x.let_in({x.exchange});
    x.w.run_for(1s);
    EXPECT_EQ(x.a.ended, 0U);
    x.let_in({"other.test"});
    x.w.run_for(1s);
    EXPECT_EQ(x.a.ended, 1U);
}

TEST(people, of_two_phones_at_one_socket_the_contact_says_which) {
    bobs_house x;
    x.a.listen(net::transport::udp, 5060);
    x.b.listen(net::transport::udp, 5060);
    const auto first = x.phone_that_names_our_socket("10.0.0.11");
    const auto second = x.phone_that_names_our_socket("10.0.0.12");
    x.has_phones({first, second});
    EXPECT_EQ(x.ask("MESSAGE", second.contact), "200 ");
    EXPECT_EQ(x.a.heard, "");
    EXPECT_EQ(x.b.heard, "MESSAGE ");
}

TEST(people, a_phone_is_connected_to_when_it_is_its_turn) { // RFC 3261 16.6: by q
    const struct {
        const char* what;
        int first_says;
        unsigned connections;
    } rows[] = {{"taken by the first", 200, 0}, {"busy there", 486, 1}};
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        bobs_house x;
        x.a.listen(net::transport::udp, 5060);
        x.b.listen(net::transport::tcp, 5060);
        x.a.answer_with(row.first_says);
        x.has_phones({x.phone(net::transport::udp, "10.0.0.11", 1000),
                      x.phone(net::transport::tcp, "10.0.0.12", 500)});
        EXPECT_EQ(x.ask("MESSAGE", "sip:bob@contoso.test"), "200 ");
        EXPECT_EQ(x.b.connections, row.connections);
        EXPECT_EQ(x.st.lower().flows(), row.connections);
    }
}

TEST(people, a_phone_that_cannot_be_reached_costs_its_own_branch_only) {
    const struct {
        const char* what;
        bool listens; ///< and says nothing; else the connection is refused
        net::transport kind;
    } rows[] = {{"refused", false, net::transport::tcp},
                {"silent", true, net::transport::tcp},
                {"no TLS there", true, net::transport::tls}};
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        bobs_house x;
        x.a.listen(net::transport::udp, 5060);
        if (row.listens) x.b.listen(net::transport::tcp, 5060);
        x.b.answer_with(0);
        x.has_phones({x.phone(row.kind, "10.0.0.12", 1000),
                      x.phone(net::transport::udp, "10.0.0.11", 1000)});
        EXPECT_EQ(x.ask("INVITE", "sip:bob@contoso.test", 100ms), "100 200 ");
        EXPECT_EQ(x.a.heard, "INVITE ");
    }
}

TEST(people, a_phone_whose_turn_comes_when_its_peer_has_gone) {
    bobs_house x;
    x.a.listen(net::transport::udp, 5060);
    x.b.listen(net::transport::tcp, 5060);
    x.a.answer_with(0);
    x.has_phones({x.phone(net::transport::udp, "10.0.0.11", 1000),
                  x.phone(net::transport::tcp, "10.0.0.12", 500)});
    EXPECT_EQ(x.ask("MESSAGE", "sip:bob@contoso.test", 1s), "");
    x.let_in({"other.test"});
    x.w.run_for(40s); // timer F, then it is the other one's turn
    EXPECT_EQ(x.b.connections, 0U);
    EXPECT_EQ(x.st.lower().flows(), 0U) << "nobody on the list answers for it";
    EXPECT_EQ(x.caller.heard, "408 ");
}

} // namespace
} // namespace lyceum::roles::router::test
