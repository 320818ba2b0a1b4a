// What is done for somebody on a trusted peer's account, and what becomes of it when the list
// changes.
#include "sipstack/tests/people.h"

namespace lyceum::sipstack::test {
namespace {

using sip::header;

/// A plain user agent that is on no list: it hears what is sent to its address.
class phone final : public party {
public:
    phone(house& h, std::string_view address) : party(h, address) {
        host_.listen(net::transport::udp, net::audience::trusted, 5060);
        host_.listen(net::transport::tcp, net::audience::trusted, 5060);
    }
    /// Back the way that the last message came.
    void send(const sip::message& response) {
        if (last_heard) {
            host_.links(0).send(last_heard, response.text());
        } else {
            host_.links(0).send_datagram(
                host_.links(0).udp_socket(), at(house_address, 5060), response.text());
        }
    }
};

/// That peer registers a user at somebody's address.
sip::message registration(gateway& by, std::string_view name, const std::string& address) {
    const auto aor = "<sip:" + std::string(name) + "@contoso.test>";
    auto m = by.request("REGISTER", "sip:contoso.test");
    m.set(header::from, aor + ";tag=1");
    m.set(header::to, aor);
    m.set(header::call_id, std::string(name) + "-" + by.contact);
    m.set(header::contact, "<sip:" + std::string(name) + "@" + address + ">");
    return m;
}

struct two_exchanges {
    two_exchanges()
        : alice(h, "alice", "10.0.1.1"), north(h, "10.0.8.1"), south(h, "10.0.8.2"),
          desk(h, "10.0.9.1"), hall(h, "10.0.9.2") {
        for (const auto* name : {"alice", "desk", "hall"})
            h.add_user(name);
        alice.sign_in();
    }
    void registers(gateway& by, std::string_view name, const std::string& address) {
        by.send(registration(by, name, address));
        h.run_for(100ms);
        ASSERT_EQ(by.heard(), "200 ");
    }
    /// alice writes to that user. What she hears within a moment.
    std::string writes_to(const std::string& name) {
        alice.send(alice.request("MESSAGE", "sip:" + name + "@contoso.test"));
        h.run_for(100ms);
        return alice.heard();
    }
    house h;
    client alice;
    gateway north, south;
    phone desk, hall;
};

TEST(accounts, a_phone_goes_with_the_peer_that_registered_it) {
    for (const auto* transport : {"", ";transport=tcp"}) {
        SCOPED_TRACE(transport);
        two_exchanges x;
        x.registers(x.north, "desk", std::string("10.0.9.1") + transport);
        x.registers(x.south, "hall", std::string("10.0.9.2") + transport);
        EXPECT_EQ(x.h.registrations(), 3U);
        x.h.distrust("10.0.8.1");
        x.h.run_for(100ms);
        EXPECT_EQ(x.h.registrations(), 2U);
        EXPECT_EQ(x.writes_to("desk"), "480 ");
        EXPECT_EQ(x.desk.heard(), "");
        EXPECT_EQ(x.writes_to("hall"), "");
        EXPECT_EQ(x.hall.heard(), "MESSAGE ");
    }
}

TEST(accounts, a_phone_asserts_nobody) { // digest MS-SIPAE 4.7 rule 27
    for (const auto* transport : {"", ";transport=tcp"}) {
        SCOPED_TRACE(transport);
        two_exchanges x;
        x.registers(x.north, "desk", std::string("10.0.9.1") + transport);
        EXPECT_EQ(x.writes_to("desk"), "");
        auto r = x.desk.answer(x.desk.expect("MESSAGE"), 200);
        r.append(header::p_asserted_identity, "<sip:boss@contoso.test>");
        r.append(header::p_preferred_identity, "<sip:boss@contoso.test>");
        x.desk.send(r);
        x.h.run_for(100ms);
        const auto heard = x.alice.expect("200");
        EXPECT_FALSE(heard.has(header::p_asserted_identity));
        EXPECT_FALSE(heard.has(header::p_preferred_identity));
    }
}

TEST(accounts, a_phone_goes_when_its_peer_may_register_no_more) {
    two_exchanges x;
    x.registers(x.north, "desk", "10.0.9.1");
    x.h.distrust("10.0.8.1");
    x.h.trust("10.0.8.1", false);
    x.h.run_for(100ms);
    EXPECT_EQ(x.writes_to("desk"), "480 ");
}

TEST(accounts, a_phone_stays_with_its_peer_under_another_entry) {
    two_exchanges x;
    x.registers(x.north, "desk", "10.0.9.1");
    x.h.trust("10.0.8.1", true, {5070}); // and the old entry goes
    x.h.distrust("10.0.8.2");
    x.h.run_for(100ms);
    EXPECT_EQ(x.writes_to("desk"), "");
    EXPECT_EQ(x.desk.heard(), "MESSAGE ");
}

TEST(accounts, a_phone_is_its_newest_registrars) {
    two_exchanges x;
    x.registers(x.north, "desk", "10.0.9.1");
    x.registers(x.south, "desk", "10.0.9.1");
    x.h.distrust("10.0.8.1");
    x.h.run_for(100ms);
    EXPECT_EQ(x.writes_to("desk"), "");
    EXPECT_EQ(x.desk.heard(), "MESSAGE ");
}

TEST(accounts, a_connection_to_a_phone_stays_while_its_peer_does) {
    two_exchanges x;
    x.registers(x.north, "desk", "10.0.9.1;transport=tcp");
    x.registers(x.south, "hall", "10.0.9.2;transport=tcp");
    EXPECT_EQ(x.writes_to("desk") + x.writes_to("hall"), "");
    EXPECT_EQ(x.desk.heard() + x.hall.heard(), "MESSAGE MESSAGE ");
    x.h.trust("10.0.8.7"); // somebody else comes, which is nothing to them
    x.h.run_for(100ms);
    EXPECT_EQ(x.desk.closed_by().size() + x.hall.closed_by().size(), 0U);
    x.h.distrust("10.0.8.1");
    x.h.run_for(100ms);
    EXPECT_EQ(x.desk.closed_by().size(), 1U);
    EXPECT_EQ(x.hall.closed_by().size(), 0U);
    EXPECT_EQ(x.writes_to("hall"), "500 "); // that of desk, whose connection is gone
    EXPECT_EQ(x.hall.heard(), "MESSAGE ");
    EXPECT_EQ(x.hall.closed_by().size(), 0U);
}

TEST(accounts, a_connection_of_two_peers_stays_for_the_other_one) {
    two_exchanges x; // one device, two lines
    x.registers(x.north, "desk", "10.0.9.1;transport=tcp");
    x.registers(x.south, "hall", "10.0.9.1;transport=tcp");
    EXPECT_EQ(x.writes_to("desk") + x.writes_to("hall"), "");
    EXPECT_EQ(x.desk.heard(), "MESSAGE MESSAGE ");
    x.h.distrust("10.0.8.1");
    x.h.run_for(100ms);
    EXPECT_EQ(x.desk.closed_by().size(), 0U);
    x.h.distrust("10.0.8.2");
    x.h.run_for(100ms);
    EXPECT_EQ(x.desk.closed_by().size(), 1U);
}

TEST(accounts, a_connection_that_a_long_request_wanted_is_the_phones_too) {
    two_exchanges x; // RFC 3261 18.1.1: registered for UDP, and yet a connection
    x.registers(x.north, "desk", "10.0.9.1");
    auto m = x.alice.request("MESSAGE", "sip:desk@contoso.test");
    m.set_body("text/plain", std::string(3000, 'x'));
    x.alice.send(m);
    x.h.run_for(100ms);
    EXPECT_EQ(x.desk.heard(), "MESSAGE ");
    ASSERT_TRUE(x.desk.last_heard);
    x.h.distrust("10.0.8.2");
    x.h.run_for(100ms);
    EXPECT_EQ(x.desk.closed_by().size(), 0U);
    x.h.distrust("10.0.8.1");
    x.h.run_for(100ms);
    EXPECT_EQ(x.desk.closed_by().size(), 1U);
}

TEST(accounts, a_connection_made_for_a_name_stays_while_the_name_does) {
    house h;
    h.add_user("alice");
    client alice(h, "alice", "10.0.1.1");
    alice.sign_in();
    phone carrier(h, "10.0.9.1");
    h.name("carrier.test", "10.0.9.1");
    h.trust("carrier.test");
    h.trust("10.0.8.7");
    alice.send(alice.request("MESSAGE", "sip:line@carrier.test;transport=tcp"));
    h.run_for(100ms);
    EXPECT_EQ(carrier.heard(), "MESSAGE ");
    h.distrust("10.0.8.7");
    h.run_for(100ms);
    EXPECT_EQ(carrier.closed_by().size(), 0U);
    h.distrust("carrier.test");
    h.run_for(100ms);
    EXPECT_EQ(carrier.closed_by().size(), 1U);
}

TEST(accounts, a_phone_that_is_registered_while_its_peer_leaves_the_list) {
    // Wherever its REGISTER is at that moment: on the wire, or on its way to the user's home shard.
    for (auto when = 0us; when < 3ms; when += 100us) {
        SCOPED_TRACE(when.count());
        house h(static_cast<std::uint64_t>(when.count()) + 1);
        h.add_user("desk");
        h.add_user("hall"); // at home on the other shard, one of them
        gateway north(h, "10.0.8.1");
        north.send(registration(north, "desk", "10.0.9.1"));
        north.send(registration(north, "hall", "10.0.9.2"));
        h.world.at(h.world.now() + when, [&] { h.distrust("10.0.8.1"); });
        h.run_for(1s);
        EXPECT_EQ(h.registrations(), 0U);
    }
}

TEST(accounts, a_phone_that_is_registered_while_its_user_is_disabled) {
    // A phone has no connection that would close.
    for (const auto* name : {"desk", "hall"}) { // at home on different shards
        for (auto when = 0us; when < 3ms; when += 100us) {
            SCOPED_TRACE(std::string(name) + " " + std::to_string(when.count()));
            house h(static_cast<std::uint64_t>(when.count()) + 1);
            h.add_user(name);
            gateway north(h, "10.0.8.1");
            north.send(registration(north, name, "10.0.9.1"));
            h.world.at(h.world.now() + when, [&] { h.expel(name); });
            h.run_for(1s);
            EXPECT_EQ(h.registrations(), 0U);
        }
    }
}

TEST(accounts, who_writes_to_a_phone_while_its_peer_leaves_the_list) {
    // Wherever the request is, and whichever shard hears of the change first: no connection is left
    // that nobody on the list answers for.
    for (const auto* name : {"desk", "hall"}) { // at home on different shards
        for (auto when = 0us; when < 5ms; when += 100us) {
            SCOPED_TRACE(std::string(name) + " " + std::to_string(when.count()));
            two_exchanges x;
            x.registers(x.north, name, "10.0.9.1;transport=tcp");
            x.alice.send(x.alice.request("MESSAGE", "sip:" + std::string(name) + "@contoso.test"));
            x.h.world.at(x.h.world.now() + when, [&] { x.h.distrust("10.0.8.1"); });
            x.h.run_for(1s);
            EXPECT_EQ(x.h.registrations(), 1U);
            EXPECT_EQ(x.h.load().flows, 1U); // hers
        }
    }
}

} // namespace
} // namespace lyceum::sipstack::test
