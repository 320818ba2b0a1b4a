// RFC 3263: from a URI to places, in the order in which to try them.
#include "base/overloaded.h"
#include "machines/target_set/search.h"
#include "tests/conformance/rows.h"
#include "tests/conformance/scene.h"

namespace lyceum::conformance {
namespace {

namespace ts = target_set;

/// A name server for one search.
struct zone {
    std::map<std::string, std::vector<ts::naptr_record>> naptr;
    std::map<std::string, std::vector<ts::srv_record>> srv;
    std::map<std::string, std::vector<std::string_view>> hosts;
    std::string asked;

    /// "udp 192.0.2.1:5060, ..." in the order of trying.
    std::string find(std::string_view uri) {
        const auto plan = ts::plan_for(*sip::parse_uri(uri), {});
        if (!plan) return "refused";
        ts::search s(*plan, 1);
        ts::actions todo;
        s.begin(todo);
        while (!todo.empty()) {
            auto now = std::exchange(todo, {});
            for (auto& a : now) {
                std::visit(overloaded{[&](const ts::lookup_naptr& l) { s.on(answer(l), todo); },
                                      [&](const ts::lookup_srv& l) { s.on(answer(l), todo); },
                                      [&](const ts::lookup_host& l) { s.on(answer(l), todo); },
                                      [](const ts::found&) {}},
                           a);
            }
        }
        std::string out;
        for (const auto& w : s.targets()) {
            out += out.empty() ? "" : ", ";
            out += w.kind == ts::transport::udp   ? "udp "
                   : w.kind == ts::transport::tcp ? "tcp "
                                                  : "tls ";
            out += w.peer.text();
        }
        return out;
    }

private:
    ts::event answer(const ts::lookup_naptr& l) {
        asked += "naptr " + l.name + " ";
        const auto it = naptr.find(l.name);
        if (it == naptr.end()) return ts::naptr_failed{l.name};
        return ts::naptr_found{l.name, it->second};
    }
    ts::event answer(const ts::lookup_srv& l) {
        asked += "srv " + l.name + " ";
        const auto it = srv.find(l.name);
        if (it == srv.end()) return ts::lookup_failed{l.name};
        return ts::srv_found{l.name, it->second};
    }
    ts::event answer(const ts::lookup_host& l) {
        asked += "host " + l.name + " ";
        const auto it = hosts.find(l.name);
        if (it == hosts.end()) return ts::lookup_failed{l.name};
        ts::host_found h{l.name, {}};
        for (const auto a : it->second)
            h.addresses.push_back(*ip_address::parse(a));
        return h;
    }
};

/// sip:line@pbx.test stands for two servers: one at 10.0.0.10, and when that is no good the
/// gateway's.
struct two_places : scene {
    two_places() : full(h, "10.0.0.10") {
        h.trust("pbx.test");
        h.names().add_srv("_sip._udp.pbx.test", {10, 0, 5060, "one.pbx.test"});
        h.names().add_srv("_sip._udp.pbx.test", {20, 0, 5060, "two.pbx.test"});
        h.names().add_host("one.pbx.test", "10.0.0.10");
        h.names().add_host("two.pbx.test", "10.0.0.9");
    }
    gateway full;
};

const row rows[] = {
    {"RFC 3263 4.2",
     "a numeric address needs no look-up",
     [] {
         zone z;
         EXPECT_EQ(z.find("sip:bob@192.0.2.1"), "udp 192.0.2.1:5060");
         EXPECT_EQ(z.asked, "");
     }},
    {"RFC 3263 4",
     "maddr counts before the host",
     [] { EXPECT_EQ(zone().find("sip:bob@b.test;maddr=192.0.2.9"), "udp 192.0.2.9:5060"); }},
    {"RFC 3263 4.1",
     "a transport that the URI names is used",
     [] { EXPECT_EQ(zone().find("sip:bob@192.0.2.1;transport=tcp"), "tcp 192.0.2.1:5060"); }},
    {"RFC 3263 4.1",
     "a numeric address without a transport: UDP for sip, TLS for sips",
     [] {
         EXPECT_EQ(zone().find("sip:bob@192.0.2.1:5070"), "udp 192.0.2.1:5070");
         EXPECT_EQ(zone().find("sips:bob@192.0.2.1"), "tls 192.0.2.1:5061");
     }},
    {"RFC 3263 4.1",
     "a port and no transport: UDP for sip, TLS for sips, and no SRV look-up",
     [] {
         zone z{.naptr = {}, .srv = {}, .hosts = {{"b.test", {"192.0.2.1"}}}, .asked = {}};
         EXPECT_EQ(z.find("sip:bob@b.test:5070"), "udp 192.0.2.1:5070");
         EXPECT_EQ(z.asked, "host b.test ");
         EXPECT_EQ(z.find("sips:bob@b.test:5070"), "tls 192.0.2.1:5070");
     }},
    {"RFC 3263 4.1",
     "sips never leaves TLS",
     [] {
         EXPECT_EQ(zone().find("sips:bob@192.0.2.1;transport=udp"), "refused");
         zone z{.naptr = {},
                .srv = {{"_sip._udp.b.test", {{0, 0, 5060, "u.b.test"}}}},
                .hosts = {{"u.b.test", {"192.0.2.1"}}},
                .asked = {}};
         EXPECT_EQ(z.find("sips:bob@b.test"), "");
     }},
    {"RFC 3263 4.1",
     "a transport that is not spoken here is refused",
     [] { EXPECT_EQ(zone().find("sip:bob@192.0.2.1;transport=sctp"), "refused"); }},
    {"RFC 3263 4.1",
     "neither port nor transport: NAPTR of the domain says which SRV name",
     [] {
         zone z{.naptr = {{"b.test",
                           {{20, 0, "s", "SIP+D2U", "_sip._udp.b.test"},
                            {10, 0, "s", "SIP+D2T", "_sip._tcp.c.test"}}}},
                .srv = {{"_sip._tcp.c.test", {{0, 0, 5062, "t.c.test"}}},
                        {"_sips._tcp.b.test", {{0, 0, 5061, "s.b.test"}}}},
                .hosts = {{"t.c.test", {"192.0.2.1"}}},
                .asked = {}};
         EXPECT_EQ(z.find("sip:b.test"), "tcp 192.0.2.1:5062");
     }},
    {"RFC 3263 4.1",
     "a transport or a port in the URI: no NAPTR",
     [] {
         zone z;
         for (const auto* uri : {"sip:b.test;transport=tcp", "sip:b.test:5060", "sip:192.0.2.1"})
             (void)z.find(uri);
         EXPECT_FALSE(z.asked.contains("naptr")) << z.asked;
     }},
    {"RFC 3263 4.1",
     "without NAPTR the SRV names of all transports that are spoken; one of those found is used",
     [] {
         zone z{.naptr = {},
                .srv = {{"_sip._tcp.b.test", {{0, 0, 5062, "t.b.test"}}},
                        {"_sip._udp.b.test", {{0, 0, 5060, "u.b.test"}}}},
                .hosts = {{"t.b.test", {"192.0.2.1"}}, {"u.b.test", {"192.0.2.2"}}},
                .asked = {}};
         EXPECT_EQ(z.find("sip:b.test"), "tcp 192.0.2.1:5062");
         for (const auto* name : {"_sips._tcp.b.test", "_sip._tcp.b.test", "_sip._udp.b.test"})
             EXPECT_TRUE(z.asked.contains(std::string("srv ") + name)) << name;
     }},
    {"RFC 3263 4.2",
     "several addresses of a host are tried in their order",
     [] {
         zone z{.naptr = {},
                .srv = {},
                .hosts = {{"b.test", {"192.0.2.2", "192.0.2.1"}}},
                .asked = {}};
         EXPECT_EQ(z.find("sip:b.test:5070"), "udp 192.0.2.2:5070, udp 192.0.2.1:5070");
     }},
    {"RFC 3263 4.2",
     "no port: SRV of the transport; its port counts",
     [] {
         zone z{.naptr = {},
                .srv = {{"_sip._tcp.b.test", {{0, 0, 5062, "t.b.test"}}}},
                .hosts = {{"t.b.test", {"192.0.2.1"}}},
                .asked = {}};
         EXPECT_EQ(z.find("sip:bob@b.test;transport=tcp"), "tcp 192.0.2.1:5062");
         EXPECT_EQ(z.asked, "srv _sip._tcp.b.test host t.b.test ");
     }},
    {"RFC 3263 4.2",
     "no SRV record: the addresses of the host at the default port",
     [] {
         zone z{.naptr = {}, .srv = {}, .hosts = {{"b.test", {"192.0.2.1"}}}, .asked = {}};
         EXPECT_EQ(z.find("sip:bob@b.test;transport=tcp"), "tcp 192.0.2.1:5060");
         EXPECT_EQ(z.find("sip:bob@b.test;transport=tls"), "tls 192.0.2.1:5061");
         EXPECT_EQ(z.find("sips:bob@b.test"), "tls 192.0.2.1:5061");
         EXPECT_EQ(z.find("sip:bob@b.test"), "udp 192.0.2.1:5060");
     }},
    {"RFC 3263 4.2",
     "SRV records go by priority",
     [] {
         zone z{.naptr = {},
                .srv = {{"_sip._tcp.b.test",
                         {{20, 0, 5060, "two.b.test"}, {10, 0, 5060, "one.b.test"}}}},
                .hosts = {{"one.b.test", {"192.0.2.1"}}, {"two.b.test", {"192.0.2.2"}}},
                .asked = {}};
         EXPECT_EQ(z.find("sip:b.test;transport=tcp"), "tcp 192.0.2.1:5060, tcp 192.0.2.2:5060");
     }},
    {"RFC 3263 4.2",
     "each target may have several addresses, of both families",
     [] {
         zone z{.naptr = {},
                .srv = {{"_sip._udp.b.test", {{0, 0, 5060, "u.b.test"}}}},
                .hosts = {{"u.b.test", {"192.0.2.1", "2001:db8::1"}}},
                .asked = {}};
         EXPECT_EQ(z.find("sip:b.test;transport=udp"),
                   "udp 192.0.2.1:5060, udp [2001:db8::1]:5060");
     }},
    {"RFC 3263 4.3",
     "what does not answer is given up for the next, as a new transaction",
     [] {
         scene x;
         x.h.names().add_srv("_sip._tcp.pbx.test", {10, 0, 5060, "dead.pbx.test"});
         x.h.names().add_srv("_sip._tcp.pbx.test", {20, 0, 5060, "live.pbx.test"});
         x.h.names().add_host("dead.pbx.test", "10.0.0.77");
         x.h.names().add_host("live.pbx.test", "10.0.0.9");
         x.h.trust("pbx.test");
         x.h.trust("10.0.0.77");
         x.h.trust("10.0.0.9", true);
         x.bob.send(x.bob.request("MESSAGE", "sip:line@pbx.test;transport=tcp"));
         x.h.run_for(1min);
         const auto there = x.gw.take("MESSAGE");
         ASSERT_TRUE(there);
         EXPECT_EQ(there->uri(), "sip:line@pbx.test;transport=tcp");
     }},
    {"RFC 3263 4.3",
     "503 leads to the next place, too",
     [] {
         two_places x;
         x.bob.send(x.bob.request("MESSAGE", "sip:line@pbx.test;transport=udp"));
         x.h.run_for(100ms);
         const auto first = x.full.expect("MESSAGE");
         x.full.send(x.full.answer(first, 503));
         x.h.run_for(100ms);
         const auto second = x.gw.expect("MESSAGE");
         EXPECT_NE(first.first(header::via), second.first(header::via));
         EXPECT_EQ(x.bob.heard(), "");
     }},
    {"RFC 3263 4.3",
     "so does silence: when the transaction times out without any response",
     [] {
         two_places x;
         x.bob.send(x.bob.request("MESSAGE", "sip:line@pbx.test;transport=udp"));
         x.h.run_for(31s);
         EXPECT_EQ(x.gw.heard(), "");
         EXPECT_TRUE(x.full.heard().starts_with("MESSAGE "));
         x.h.run_for(2s);
         EXPECT_TRUE(x.gw.heard().starts_with("MESSAGE "));
     }},
    {"RFC 3263 4.3",
     "any other answer does not",
     [] {
         two_places x;
         x.bob.send(x.bob.request("MESSAGE", "sip:line@pbx.test;transport=udp"));
         x.h.run_for(100ms);
         x.full.send(x.full.answer(x.full.expect("MESSAGE"), 486));
         EXPECT_EQ(x.bob_hears(), "486 ");
         EXPECT_EQ(x.gw.heard(), "");
     }},
    {"RFC 3263 4",
     "the CANCEL and the ACK of a refusal go to the server that was reached",
     [] {
         two_places x;
         const auto invite = x.bob.request("INVITE", "sip:line@pbx.test;transport=udp");
         x.bob.send(invite);
         x.h.run_for(100ms);
         const auto there = x.full.expect("INVITE");
         x.full.send(x.full.answer(there, 180));
         x.h.run_for(100ms);
         x.bob.send(cancel_of(invite));
         x.h.run_for(100ms);
         x.full.send(x.full.answer(there, 487));
         x.h.run_for(100ms);
         EXPECT_EQ(x.full.heard(), "INVITE CANCEL ACK ");
         EXPECT_EQ(x.gw.heard(), "");
     }},
    {"RFC 3263 5",
     "over a stream a response takes the connection of its request, whatever DNS says",
     [] {
         scene x;
         x.gw.use_tcp();
         EXPECT_EQ(x.answer_to(x.gw.request("OPTIONS", "sip:contoso.test")).status(), 200);
     }},
};

TEST(rfc3263, rows) {
    play(rows);
}

} // namespace
} // namespace lyceum::conformance
