#include "net/caching_resolver.h"
#include "net/sim/sim_resolver.h"
#include "sipstack/next_hop/next_hop.h"

#include <gtest/gtest.h>

namespace lyceum::sipstack {
namespace {

using namespace std::chrono_literals;
using net::sim::sim_resolver;

class nobody final : public credentials::verifier {
public:
    credentials::verdict verify(const credentials::ntlm_proof&) override {
        return credentials::refused{};
    }
};

struct house {
    explicit house(next_hop_settings s = {}, bool udp = true, std::string_view address = "10.0.0.1")
        : names(w), h(w.make_host(*ip_address::parse(address))),
          st(h.shard(0), h.links(0), settings, checks), hops(st, names, s) {
        if (udp) h.listen(net::transport::udp, net::audience::trusted, 5060);
        h.set_events(0, st.lower());
    }

    static std::string text(const next_hop::result& r) {
        if (!r) {
            return std::to_string(r.error().status) + " " +
                   std::to_string(std::to_underlying(r.error().id));
        }
        std::string out;
        for (const auto& t : *r) {
            if (!out.empty()) out += ", ";
            out += std::string(net::name(t.kind)) + " " + t.peer.text();
        }
        return out;
    }
    next_hop::ticket
    find(const std::string& uri, std::uint64_t affinity = 1, const std::string& asker = "alice") {
        return hops.find(*sip::parse_uri(uri), affinity, asker, [this](next_hop::result r) {
            heard += text(r) + "; ";
        });
    }
    /// What comes of it, however long it takes.
    std::string outcome(const std::string& uri, std::uint64_t affinity = 1) {
        heard.clear();
        find(uri, affinity);
        w.run_for(20s);
        return heard;
    }

    net::sim::world w{1};
    sim_resolver names;
    net::sim::host& h;
    nobody checks;
    stack_settings settings;
    stack st;
    next_hop hops;
    std::string heard;
};

void fill(sim_resolver& n) {
    n.add_srv("_sip._tcp.pstn.test", {10, 0, 5070, "a.pstn.test"});
    n.add_srv("_sip._tcp.pstn.test", {20, 0, 5080, "b.pstn.test"});
    n.add_srv("_sip._udp.pstn.test", {10, 0, 5060, "a.pstn.test"});
    n.add_srv("_sips._tcp.safe.test", {10, 0, 5061, "a.safe.test"});
    n.add_srv("_sip._tcp.safe.test", {10, 0, 5060, "a.safe.test"});
    n.add_srv("_sip._tcp.broken.test", {10, 0, 5060, "nowhere.broken.test"});
    n.add_srv("_sip._tcp.half.test", {10, 0, 5060, "nowhere.half.test"});
    n.add_srv("_sip._tcp.half.test", {20, 0, 5060, "a.pstn.test"});
    n.add_host("a.pstn.test", "10.0.0.11");
    n.add_host("b.pstn.test", "10.0.0.12");
    n.add_host("b.pstn.test", "2001:db8::12");
    n.add_host("a.safe.test", "10.0.0.13");
    n.add_host("plain.test", "10.0.0.14");
    n.add_host("six.test", "2001:db8::14");
}

TEST(next_hop, leads_to_places) {
    const struct {
        const char* rule;
        std::string uri;
        std::string_view wants;
    } rows[] = {
        {"numeric: nothing to look up", "sip:1@10.0.0.9:5070;transport=tcp", "tcp 10.0.0.9:5070; "},
        {"RFC 3263 4.1: UDP when nothing is said", "sip:1@10.0.0.9", "udp 10.0.0.9:5060; "},
        {"RFC 3263 4.1: sips means TLS", "sips:1@10.0.0.9", "tls 10.0.0.9:5061; "},
        {"numeric IPv6", "sip:1@[2001:db8::9];transport=tcp", "tcp [2001:db8::9]:5060; "},
        {"maddr counts before the host", "sip:1@pstn.test;maddr=10.0.0.9", "udp 10.0.0.9:5060; "},
        {"RFC 2782: by priority; both families, IPv4 first",
         "sip:1@pstn.test;transport=tcp",
         "tcp 10.0.0.11:5070, tcp 10.0.0.12:5080, tcp [2001:db8::12]:5080; "},
        {"the transport parameter chooses the SRV name",
         "sip:1@pstn.test;transport=udp",
         "udp 10.0.0.11:5060; "},
        {"RFC 3263 4.1: no transport: the best that has records",
         "sip:1@safe.test",
         "tls 10.0.0.13:5061; "},
        {"RFC 3263 4.2: a port means no SRV", "sip:1@a.pstn.test:5099", "udp 10.0.0.11:5099; "},
        {"RFC 3263 4.2: no SRV record: the address", "sip:1@plain.test", "udp 10.0.0.14:5060; "},
        {"only AAAA", "sip:1@six.test;transport=tcp", "tcp [2001:db8::14]:5060; "},
        {"a UDP socket of the other family is none", "sip:1@six.test;transport=udp", "503 1005; "},
        {"a record whose host there is not is passed over",
         "sip:1@half.test;transport=tcp",
         "tcp 10.0.0.11:5060; "},
        {"no record of any kind", "sip:1@gone.test", "504 1008; "},
        {"no address of the SRV record's host", "sip:1@broken.test", "504 1014; "},
        {"no address, and a port", "sip:1@gone.test:5060", "504 1014; "},
        {"an unknown transport", "sip:1@pstn.test;transport=sctp", "404 1005; "},
        {"tel is no SIP URI", "tel:+1", "404 1005; "},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.rule);
        house x;
        fill(x.names);
        EXPECT_EQ(x.outcome(row.uri), row.wants);
        EXPECT_EQ(x.hops.waiting(), 0U);
    }
}

TEST(next_hop, speaks_what_it_has_sockets_for) {
    house x({}, false);
    fill(x.names);
    EXPECT_EQ(x.outcome("sip:1@plain.test"), "tcp 10.0.0.14:5060; ");
    EXPECT_EQ(x.outcome("sip:1@10.0.0.9;transport=udp"), "404 1005; ");
    house v6({}, true, "2001:db8::1");
    fill(v6.names);
    EXPECT_EQ(v6.outcome("sip:1@six.test"), "udp [2001:db8::14]:5060; ");
    house v4({.ipv6 = false});
    fill(v4.names);
    EXPECT_EQ(v4.outcome("sip:1@six.test;transport=tcp"), "504 1008; ");
    for (const auto& q : v4.names.asked())
        EXPECT_NE(q.kind, net::dns_record::aaaa);
}

TEST(next_hop, weights_follow_the_affinity) {
    house x;
    x.names.add_srv("_sip._udp.pool.test", {10, 10, 1, "a.pool.test"});
    x.names.add_srv("_sip._udp.pool.test", {10, 30, 2, "a.pool.test"});
    x.names.add_host("a.pool.test", "10.0.0.20");
    unsigned second = 0;
    constexpr unsigned tries = 400;
    for (std::uint64_t i = 0; i < tries; ++i) {
        const auto first = x.outcome("sip:pool.test", i * 7919);
        EXPECT_EQ(x.outcome("sip:pool.test", i * 7919), first); // the same dialog, the same server
        second += first.starts_with("udp 10.0.0.20:2");
    }
    EXPECT_GT(second, tries * 65 / 100); // three out of four
    EXPECT_LT(second, tries * 85 / 100);
}

TEST(next_hop, waits_only_so_long) {
    house x;
    x.names.set(sim_resolver::mood::is_silent);
    x.find("sip:1@pstn.test");
    x.find("sip:1@a.pstn.test:5060");
    x.w.run_for(11s);
    EXPECT_EQ(x.heard, "");
    x.w.run_for(2s);
    EXPECT_EQ(x.heard, "504 1008; 504 1014; ");
    x.names.set(sim_resolver::mood::fails);
    EXPECT_EQ(x.outcome("sip:1@pstn.test"), "504 1008; ");
}

TEST(next_hop, does_not_wait_long_for_naptr) {
    house x;
    fill(x.names);
    x.names.ignore(net::dns_record::naptr);
    x.find("sip:1@safe.test");
    x.w.run_for(900ms);
    EXPECT_EQ(x.heard, "");
    x.w.run_for(200ms);
    EXPECT_EQ(x.heard, "tls 10.0.0.13:5061; ");
}

TEST(next_hop, is_bounded_and_can_be_forgotten) {
    house x({.max_waiting = 2});
    fill(x.names);
    const auto first = x.find("sip:1@pstn.test;transport=tcp");
    EXPECT_NE(first, 0U);
    x.find("sip:1@plain.test");
    EXPECT_EQ(x.find("sip:1@safe.test"), 0U);
    EXPECT_EQ(x.heard, "503 1; ");
    EXPECT_EQ(x.find("sip:1@10.0.0.9"), 0U); // needs no search
    EXPECT_EQ(x.heard, "503 1; udp 10.0.0.9:5060; ");
    x.hops.forget(first);
    x.w.run_for(20s);
    EXPECT_EQ(x.heard, "503 1; udp 10.0.0.9:5060; udp 10.0.0.14:5060; ");
    EXPECT_EQ(x.hops.waiting(), 0U);
}

TEST(next_hop, who_waits_for_the_same_name_waits_for_one_search) {
    house x;
    for (int n = 0; n < 8; ++n) {
        x.names.add_srv("_sip._udp.pool.test",
                        {10, 10, static_cast<std::uint16_t>(5000 + n), "a.pool.test"});
    }
    x.names.add_host("a.pool.test", "10.0.0.20");
    std::string alone; // each by itself
    for (std::uint64_t n = 0; n < 20; ++n)
        alone += x.outcome("sip:pool.test", n * 7919);
    x.heard.clear();
    const auto before = x.names.asked().size();
    for (std::uint64_t n = 0; n < 20; ++n)
        x.find("sip:" + std::to_string(n) + "@pool.test", n * 7919);
    EXPECT_EQ(x.hops.waiting(), 20U);
    x.find("sip:pool.test:5060"); // another question
    EXPECT_EQ(x.names.asked().size() - before, 4U + 2U);
    x.w.run_for(20s);
    EXPECT_EQ(x.names.asked().size() - before, 4U + 2U + 2U);
    EXPECT_EQ(x.hops.waiting(), 0U);
    std::string rest = x.heard; // every one has its own order
    const std::string other = "504 1014; ";
    ASSERT_TRUE(rest.contains(other));
    rest.erase(rest.find(other), other.size());
    EXPECT_EQ(rest, alone);
}

TEST(next_hop, one_askers_nonsense_leaves_room_for_others) {
    house x(
        {.max_waiting = 100, .max_waiting_of_one = 8, .max_searches = 8, .max_searches_of_one = 3});
    fill(x.names);
    const auto nonsense = [](int n) { return "sip:x@n" + std::to_string(n) + ".test"; };
    std::vector<next_hop::ticket> tickets;
    for (int n = 0; n < 3; ++n)
        tickets.push_back(x.find(nonsense(n), 1, "eve"));
    EXPECT_EQ(x.find(nonsense(3), 1, "eve"), 0U);
    EXPECT_EQ(x.heard, "503 1; ");
    // Who gives up has asked nevertheless.
    for (const auto t : tickets)
        x.hops.forget(t);
    EXPECT_EQ(x.hops.waiting(), 0U);
    EXPECT_EQ(x.find(nonsense(4), 1, "eve"), 0U);
    // Others have room, and what they ask for she may wait for, too.
    EXPECT_NE(x.find("sip:1@plain.test", 1, "alice"), 0U);
    EXPECT_NE(x.find("sip:2@plain.test", 1, "eve"), 0U);
    x.w.run_for(20s);
    EXPECT_EQ(x.heard, "503 1; 503 1; udp 10.0.0.14:5060; udp 10.0.0.14:5060; ");
    EXPECT_NE(x.find(nonsense(5), 1, "eve"), 0U); // all of hers are over
}

TEST(next_hop, one_name_keeps_not_everybody) {
    house x({.max_waiting = 100, .max_waiting_of_one = 4});
    fill(x.names);
    x.names.set(sim_resolver::mood::is_silent);
    std::vector<next_hop::ticket> tickets;
    for (int n = 0; n < 4; ++n)
        tickets.push_back(x.find("sip:1@dead.test", 1, "asker" + std::to_string(n)));
    EXPECT_EQ(x.find("sip:1@dead.test", 1, "asker4"), 0U);
    EXPECT_EQ(x.heard, "503 1; ");
    EXPECT_NE(x.find("sip:1@plain.test", 1, "asker4"), 0U);
    for (int n = 0; n < 3; ++n)
        EXPECT_NE(x.find("sip:1@other" + std::to_string(n) + ".test", 1, "asker4"), 0U);
    EXPECT_EQ(x.find("sip:1@plain.test", 1, "asker4"), 0U); // has four that wait
    x.hops.forget(tickets.back());
    EXPECT_NE(x.find("sip:1@dead.test", 1, "asker5"), 0U);
}

TEST(next_hop, what_did_not_answer_comes_last_for_a_while) {
    house x({.max_targets = 2});
    fill(x.names);
    const std::string uri = "sip:1@pstn.test;transport=tcp";
    EXPECT_EQ(x.outcome(uri), "tcp 10.0.0.11:5070, tcp 10.0.0.12:5080; ");
    x.hops.unreachable(
        {net::transport::tcp, {*ip_address::parse("10.0.0.11"), 5070}, "a.pstn.test"});
    EXPECT_EQ(x.outcome(uri), "tcp 10.0.0.12:5080, tcp [2001:db8::12]:5080; ");
    x.w.run_for(30s);
    EXPECT_EQ(x.outcome(uri), "tcp 10.0.0.11:5070, tcp 10.0.0.12:5080; ");
}

TEST(next_hop, answers_that_are_there_at_once) {
    house x;
    fill(x.names);
    net::caching_resolver memory(x.names, x.h.shard(0), {});
    next_hop hops(x.st, memory, {});
    std::string heard;
    const auto find = [&] {
        return hops.find(*sip::parse_uri("sip:1@pstn.test;transport=tcp"),
                         1,
                         "alice",
                         [&](next_hop::result r) { heard += house::text(r) + "; "; });
    };
    EXPECT_NE(find(), 0U);
    EXPECT_EQ(heard, "");
    x.w.run_for(1s);
    const auto once = heard;
    EXPECT_EQ(find(), 0U);
    EXPECT_EQ(heard, once + once);
    EXPECT_EQ(hops.waiting(), 0U);
}

} // namespace
} // namespace lyceum::sipstack
