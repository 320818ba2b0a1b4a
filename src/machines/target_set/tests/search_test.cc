// Bare sections: RFC 3263.
#include "base/overloaded.h"
#include "machines/target_set/search.h"

#include <gtest/gtest.h>

namespace lyceum::target_set {
namespace {

using enum transport;

std::string text(const actions& list) {
    std::string out;
    for (const auto& a : list) {
        if (!out.empty()) out += ", ";
        out += std::visit(overloaded{
                              [](const lookup_naptr& l) { return "naptr " + l.name; },
                              [](const lookup_srv& l) { return "srv " + l.name; },
                              [](const lookup_host& l) { return "host " + l.name; },
                              [](const found&) { return std::string("found"); },
                          },
                          a);
    }
    return out;
}

std::string text(const search& s) {
    std::string out;
    for (const auto& w : s.targets()) {
        if (!out.empty()) out += ", ";
        out += w.kind == udp ? "udp " : w.kind == tcp ? "tcp " : "tls ";
        out += w.peer.text() + " as " + w.tls_name;
    }
    return out;
}

event srv(std::string name, std::vector<srv_record> records) {
    return srv_found{std::move(name), std::move(records)};
}
event none(std::string name) {
    return lookup_failed{std::move(name)};
}
event host(std::string name, std::vector<std::string_view> addresses) {
    host_found h{std::move(name), {}};
    for (const auto a : addresses)
        h.addresses.push_back(*ip_address::parse(a));
    return h;
}

/// As if nobody had NAPTR records: those have rows of their own.
plan plan_of(std::string_view uri) {
    auto p = *plan_for(*sip::parse_uri(uri), {});
    p.asks_naptr = false;
    return p;
}
event naptr(std::vector<naptr_record> records) {
    return naptr_found{"contoso.test", std::move(records)};
}

struct step {
    event what;
    std::string_view wants;
};
struct row {
    const char* rule;
    plan how;
    std::string_view asks;
    std::vector<step> steps;
    std::string_view targets;
};

void play(std::span<const row> rows) {
    for (const auto& r : rows) {
        SCOPED_TRACE(r.rule);
        search s(r.how, 1);
        actions out;
        s.begin(out);
        EXPECT_EQ(text(out), r.asks);
        for (const auto& step : r.steps) {
            out.clear();
            s.on(event(step.what), out);
            EXPECT_EQ(text(out), step.wants);
        }
        EXPECT_TRUE(s.is_done());
        EXPECT_EQ(text(s), r.targets);
    }
}

TEST(search, finds) {
    const plan any = plan_of("sip:contoso.test");
    const plan over_tls = plan_of("sips:contoso.test");
    constexpr auto any_asks =
        "srv _sips._tcp.contoso.test, srv _sip._tcp.contoso.test, srv _sip._udp.contoso.test";
    const row rows[] = {
        {"4.2: numeric: nothing to ask",
         plan_of("sip:192.0.2.1"),
         "found",
         {},
         "udp 192.0.2.1:5060 as 192.0.2.1"},
        {"4.2: a port: addresses only, in their order",
         plan_of("sip:contoso.test:5070"),
         "host contoso.test",
         {{host("contoso.test", {"192.0.2.2", "192.0.2.1", "2001:db8::1"}), "found"}},
         "udp 192.0.2.2:5070 as contoso.test, udp 192.0.2.1:5070 as contoso.test, udp "
         "[2001:db8::1]:5070 as contoso.test"},
        {"4.1: the transport we like best of those that have records",
         any,
         any_asks,
         {{srv("_sip._udp.contoso.test", {{0, 0, 5060, "u.contoso.test"}}), ""},
          {none("_sips._tcp.contoso.test"), ""},
          {srv("_sip._tcp.contoso.test", {{0, 0, 5062, "t.contoso.test"}}), "host t.contoso.test"},
          {host("t.contoso.test", {"192.0.2.1"}), "found"}},
         "tcp 192.0.2.1:5062 as t.contoso.test"},
        {"4.1: no need to wait for those we like less",
         any,
         any_asks,
         {{srv("_sips._tcp.contoso.test", {{0, 0, 5061, "s.contoso.test"}}), "host s.contoso.test"},
          {host("s.contoso.test", {"192.0.2.1"}), "found"},
          {srv("_sip._tcp.contoso.test", {{0, 0, 5062, "t.contoso.test"}}), ""}},
         "tls 192.0.2.1:5061 as s.contoso.test"},
        {"4.1, 4.2: no SRV records: the name itself by UDP",
         any,
         any_asks,
         {{none("_sips._tcp.contoso.test"), ""},
          {none("_sip._tcp.contoso.test"), ""},
          {srv("_sip._udp.contoso.test", {}), "host contoso.test"},
          {host("contoso.test", {"192.0.2.1"}), "found"}},
         "udp 192.0.2.1:5060 as contoso.test"},
        {"RFC 2782: by priority",
         over_tls,
         "srv _sips._tcp.contoso.test",
         {{srv("_sips._tcp.contoso.test",
               {{20, 0, 5061, "b.contoso.test"}, {10, 0, 5061, "a.contoso.test"}}),
           "host a.contoso.test, host b.contoso.test"},
          {host("b.contoso.test", {"192.0.2.2"}), ""},
          {host("a.contoso.test", {"192.0.2.1", "192.0.2.3"}), "found"}},
         "tls 192.0.2.1:5061 as a.contoso.test, tls 192.0.2.3:5061 as a.contoso.test, tls "
         "192.0.2.2:5061 as b.contoso.test"},
        {"RFC 2782: a host without addresses is passed over",
         over_tls,
         "srv _sips._tcp.contoso.test",
         {{srv("_sips._tcp.contoso.test",
               {{20, 0, 5061, "b.contoso.test"}, {10, 0, 5061, "a.contoso.test"}}),
           "host a.contoso.test, host b.contoso.test"},
          {none("a.contoso.test"), ""},
          {host("b.contoso.test", {"192.0.2.2"}), "found"}},
         "tls 192.0.2.2:5061 as b.contoso.test"},
        {"RFC 2782: target . : the service is not there",
         over_tls,
         "srv _sips._tcp.contoso.test",
         {{srv("_sips._tcp.contoso.test", {{0, 0, 0, "."}}), "found"}},
         ""},
        {"RFC 2782: that speaks of TLS only; by UDP the name may answer",
         any,
         any_asks,
         {{srv("_sips._tcp.contoso.test", {{0, 0, 0, "."}}), ""},
          {none("_sip._tcp.contoso.test"), ""},
          {none("_sip._udp.contoso.test"), "host contoso.test"},
          {none("contoso.test"), "found"}},
         ""},
        {"one host on two ports is looked up once",
         over_tls,
         "srv _sips._tcp.contoso.test",
         {{srv("_sips._tcp.contoso.test",
               {{1, 0, 5061, "a.contoso.test"}, {2, 0, 443, "A.contoso.test."}}),
           "host a.contoso.test"},
          {host("a.contoso.test", {"192.0.2.1"}), "found"}},
         "tls 192.0.2.1:5061 as a.contoso.test, tls 192.0.2.1:443 as a.contoso.test"},
        {"the same place twice is tried once",
         over_tls,
         "srv _sips._tcp.contoso.test",
         {{srv("_sips._tcp.contoso.test",
               {{1, 0, 5061, "a.contoso.test"}, {2, 0, 5061, "a.contoso.test"}}),
           "host a.contoso.test"},
          {host("a.contoso.test", {"192.0.2.1", "192.0.2.1"}), "found"}},
         "tls 192.0.2.1:5061 as a.contoso.test"},
        {"an address instead of a name",
         over_tls,
         "srv _sips._tcp.contoso.test",
         {{srv("_sips._tcp.contoso.test", {{1, 0, 5061, "192.0.2.7"}}), "found"}},
         "tls 192.0.2.7:5061 as contoso.test"},
        {"4.1, strict DNS naming: a host outside the domain must prove the domain",
         over_tls,
         "srv _sips._tcp.contoso.test",
         {{srv("_sips._tcp.contoso.test",
               {{1, 0, 5061, "sip.evil.test"}, {2, 0, 5061, "notcontoso.test"}}),
           "host sip.evil.test, host notcontoso.test"},
          {host("sip.evil.test", {"192.0.2.66"}), ""},
          {host("notcontoso.test", {"192.0.2.67"}), "found"}},
         "tls 192.0.2.66:5061 as contoso.test, tls 192.0.2.67:5061 as contoso.test"},
        {"digest MS-CONMGMT: a client tries every name in order",
         client_plan("contoso.test", true),
         "srv _sipinternaltls._tcp.contoso.test, srv _sip._tls.contoso.test",
         {{srv("_sip._tls.contoso.test", {{0, 0, 443, "edge.contoso.test"}}), ""},
          {srv("_sipinternaltls._tcp.contoso.test", {{0, 0, 5061, "pool.contoso.test"}}),
           "host pool.contoso.test, host edge.contoso.test, host sipinternal.contoso.test, host "
           "sip.contoso.test, "
           "host sipexternal.contoso.test"},
          {host("edge.contoso.test", {"198.51.100.1"}), ""},
          {host("pool.contoso.test", {"192.0.2.1"}), ""},
          {none("sipinternal.contoso.test"), ""},
          {host("sip.contoso.test", {"198.51.100.1"}), ""},
          {none("sipexternal.contoso.test"), "found"}},
         "tls 192.0.2.1:5061 as pool.contoso.test, tls 198.51.100.1:443 as edge.contoso.test, "
         "tls 198.51.100.1:443 as sip.contoso.test"},
        {"answers nobody asked for, and answers that come twice",
         over_tls,
         "srv _sips._tcp.contoso.test",
         {{host("contoso.test", {"192.0.2.66"}), ""},
          {srv("_sip._tcp.contoso.test", {{0, 0, 5060, "evil.test"}}), ""},
          {srv("_sips._tcp.contoso.test",
               {{0, 0, 5061, "a.contoso.test"}, {1, 0, 5061, "b.contoso.test"}}),
           "host a.contoso.test, host b.contoso.test"},
          {srv("_sips._tcp.contoso.test", {{0, 0, 5061, "evil.test"}}), ""},
          {host("a.contoso.test", {"192.0.2.1"}), ""},
          {host("a.contoso.test", {"192.0.2.66"}), ""},
          {none("b.contoso.test"), "found"},
          {none("b.contoso.test"), ""}},
         "tls 192.0.2.1:5061 as a.contoso.test"},
    };
    play(rows);
}

// RFC 3263 4.1
TEST(search, follows_naptr) {
    const plan any = *plan_for(*sip::parse_uri("sip:contoso.test"), {});
    const plan over_tls = *plan_for(*sip::parse_uri("sips:contoso.test"), {});
    constexpr auto asks = "naptr contoso.test, srv _sips._tcp.contoso.test, "
                          "srv _sip._tcp.contoso.test, srv _sip._udp.contoso.test";
    const row rows[] = {
        {"no record: the names that are usual",
         any,
         asks,
         {{none("_sips._tcp.contoso.test"), ""},
          {srv("_sip._tcp.contoso.test", {{0, 0, 5060, "a.contoso.test"}}), ""},
          {none("_sip._udp.contoso.test"), ""},
          {naptr_failed{"contoso.test"}, "host a.contoso.test"},
          {host("a.contoso.test", {"192.0.2.1"}), "found"}},
         "tcp 192.0.2.1:5060 as a.contoso.test"},
        {"by order, then by preference; a name that was asked already is not asked again",
         any,
         asks,
         {{srv("_sips._tcp.contoso.test", {{0, 0, 5061, "a.contoso.test"}}), ""},
          {naptr({{20, 0, "s", "SIPS+D2T", "_sips._tcp.contoso.test"},
                  {10, 20, "s", "SIP+D2U", "_udp.other.test"},
                  {10, 10, "S", "sip+d2t", "_tcp.other.test."}}),
           "srv _tcp.other.test, srv _udp.other.test"},
          {none("_tcp.other.test"), ""},
          {srv("_udp.other.test", {{0, 0, 5070, "u.other.test"}}), "host u.other.test"},
          {host("u.other.test", {"192.0.2.2"}), "found"}},
         "udp 192.0.2.2:5070 as contoso.test"},
        {"services and flags that are no use here",
         any,
         asks,
         {{naptr({{1, 0, "s", "SIP+D2S", "_sctp.contoso.test"},
                  {2, 0, "u", "E2U+sip", ""},
                  {3, 0, "a", "SIP+D2T", "host.contoso.test"},
                  {4, 0, "s", "SIP+D2T", "."}}),
           ""},
          {none("_sips._tcp.contoso.test"), ""},
          {none("_sip._tcp.contoso.test"), ""},
          {none("_sip._udp.contoso.test"), "host contoso.test"},
          {host("contoso.test", {"192.0.2.1"}), "found"}},
         "udp 192.0.2.1:5060 as contoso.test"},
        {"sips: only what goes over TLS",
         over_tls,
         "naptr contoso.test, srv _sips._tcp.contoso.test",
         {{naptr({{1, 0, "s", "SIP+D2T", "_sip._tcp.contoso.test"},
                  {2, 0, "s", "SIPS+D2T", "_tls.contoso.test"},
                  {3, 0, "s", "SIPS+D2T", "_tls.contoso.test"}}),
           "srv _tls.contoso.test"},
          {srv("_tls.contoso.test", {{0, 0, 5061, "a.contoso.test"}}), "host a.contoso.test"},
          {host("a.contoso.test", {"192.0.2.1"}), "found"}},
         "tls 192.0.2.1:5061 as a.contoso.test"},
        {"answers nobody asked for",
         over_tls,
         "naptr contoso.test, srv _sips._tcp.contoso.test",
         {{srv("_sips._tcp.contoso.test", {{0, 0, 5061, "a.contoso.test"}}), ""},
          {naptr_found{"evil.test", {{1, 0, "s", "SIPS+D2T", "_tls.evil.test"}}}, ""},
          {naptr_failed{"contoso.test"}, "host a.contoso.test"},
          {naptr({{1, 0, "s", "SIPS+D2T", "_tls.evil.test"}}), ""},
          {host("a.contoso.test", {"192.0.2.1"}), "found"}},
         "tls 192.0.2.1:5061 as a.contoso.test"},
        {"no more than four",
         any,
         asks,
         {{naptr({{1, 0, "s", "SIP+D2T", "a.test"},
                  {2, 0, "s", "SIP+D2T", "b.test"},
                  {3, 0, "s", "SIP+D2T", "c.test"},
                  {4, 0, "s", "SIP+D2T", "d.test"},
                  {5, 0, "s", "SIP+D2T", "e.test"}}),
           "srv a.test, srv b.test, srv c.test, srv d.test"},
          {srv("a.test", {{0, 0, 5060, "192.0.2.1"}}), "found"}},
         "tcp 192.0.2.1:5060 as contoso.test"},
    };
    play(rows);
}

// RFC 3263 4.3
TEST(search, goes_on_to_the_next_when_one_fails) {
    search s(plan_of("sip:contoso.test:5070"), 1);
    actions out;
    s.begin(out);
    EXPECT_EQ(s.next(), std::nullopt) << "not yet";
    s.on(host("contoso.test", {"192.0.2.1", "192.0.2.2"}), out);
    EXPECT_EQ(s.next()->peer.text(), "192.0.2.1:5070");
    EXPECT_EQ(s.next()->peer.text(), "192.0.2.2:5070");
    EXPECT_EQ(s.next(), std::nullopt);
}

TEST(search, takes_no_more_than_it_can_use) {
    search s(plan_of("sips:contoso.test"), 1);
    actions out;
    s.begin(out);
    std::vector<srv_record> records;
    for (int i = 0; i < 1000; ++i)
        records.push_back({0, 0, 5061, "h" + std::to_string(i) + ".contoso.test"});
    out.clear();
    s.on(srv("_sips._tcp.contoso.test", records), out);
    EXPECT_EQ(out.size(), search::max_records);

    search one(plan_of("sip:contoso.test:5060"), 1);
    one.begin(out);
    one.on(host("contoso.test", std::vector<std::string_view>(1000, "192.0.2.1")), out);
    EXPECT_EQ(one.targets().size(), 1U);
    search other(plan_of("sip:contoso.test:5060"), 1);
    other.begin(out);
    std::vector<std::string> addresses;
    for (int i = 0; i < 200; ++i)
        addresses.push_back("192.0.2." + std::to_string(i));
    other.on(host("contoso.test", {addresses.begin(), addresses.end()}), out);
    EXPECT_EQ(other.targets().size(), search::max_addresses);
}

TEST(search, has_an_order_for_everybody) {
    const auto run = [](std::uint64_t random, int turned) {
        search s(plan_of("sips:contoso.test"), random);
        actions out;
        s.begin(out);
        std::vector<srv_record> records;
        for (int i = 0; i < 40; ++i) // more than are used
            records.push_back({0, 5, static_cast<std::uint16_t>(5000 + i), "h.contoso.test"});
        std::ranges::rotate(records, records.begin() + turned);
        out.clear();
        s.on(srv("_sips._tcp.contoso.test", records), out);
        s.on(host("h.contoso.test", {"192.0.2.1"}), out);
        EXPECT_TRUE(s.is_done());
        return s;
    };
    const auto first = run(1, 0);
    const auto second = run(2, 7);
    EXPECT_EQ(first.targets().size(), search::max_records);
    EXPECT_NE(first.targets(), second.targets());
    EXPECT_EQ(first.targets_for(1), first.targets());
    EXPECT_EQ(first.targets_for(2), second.targets());
    EXPECT_EQ(second.targets_for(1), first.targets());
}

TEST(order, follows_priority_and_weight) {
    // RFC 2782: weight 0 has a very small chance beside others; larger weights a proportionate one.
    const std::vector<srv_record> records{{10, 10, 1, "a"},
                                          {10, 30, 1, "b"},
                                          {10, 0, 1, "c"},
                                          {5, 0, 1, "first"},
                                          {20, 65535, 1, "last"}};
    constexpr int rounds = 20000;
    constexpr double part = rounds / 41.0;
    int a = 0;
    int b = 0;
    int c = 0;
    for (std::uint64_t seed = 0; seed < rounds; ++seed) {
        auto r = records;
        order(r, seed * 0x9E3779B97F4A7C15U);
        ASSERT_EQ(r.size(), records.size());
        ASSERT_EQ(r[0].target, "first");
        ASSERT_EQ(r[4].target, "last");
        a += r[1].target == "a" ? 1 : 0;
        b += r[1].target == "b" ? 1 : 0;
        c += r[1].target == "c" ? 1 : 0;
    }
    // Of the numbers 0 to 40: c for 0, a for 1 to 10, b for 11 to 40.
    EXPECT_NEAR(a, 10 * part, rounds * 0.02);
    EXPECT_NEAR(b, 30 * part, rounds * 0.02);
    EXPECT_NEAR(c, part, rounds * 0.02);
    EXPECT_GT(c, 0);
}

TEST(order, is_the_same_for_the_same_number) {
    std::vector<srv_record> one{{0, 5, 1, "a"}, {0, 5, 1, "b"}, {0, 5, 1, "c"}, {0, 5, 1, "d"}};
    auto two = one;
    order(one, 42);
    order(two, 42);
    for (std::size_t i = 0; i < one.size(); ++i)
        EXPECT_EQ(one[i].target, two[i].target);
    // Name servers turn them round.
    std::vector<srv_record> three{{0, 5, 1, "c"}, {0, 5, 1, "d"}, {0, 5, 1, "a"}, {0, 5, 1, "b"}};
    order(three, 42);
    for (std::size_t i = 0; i < one.size(); ++i)
        EXPECT_EQ(one[i].target, three[i].target);
    std::vector<srv_record> none;
    order(none, 42);
    EXPECT_TRUE(none.empty());
}

} // namespace
} // namespace lyceum::target_set
