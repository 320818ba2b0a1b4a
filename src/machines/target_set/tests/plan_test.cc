// Bare sections: RFC 3263.
#include "machines/target_set/plan.h"

#include <gtest/gtest.h>

namespace lyceum::target_set {
namespace {

using enum transport;

const char* word(transport t) {
    return t == udp ? "udp" : t == tcp ? "tcp" : "tls";
}

/// A plan as one reads it: "tls 192.0.2.1:5061 as name", "srv tls _sips._tcp.x; host udp x:5060".
std::string text(const std::optional<plan>& p) {
    if (!p) return "nothing";
    std::string out;
    const auto add = [&](const std::string& s) { out += (out.empty() ? "" : "; ") + s; };
    if (p->numeric) {
        add(std::string(word(p->numeric->kind)) + " " + p->numeric->peer.text() + " as " +
            p->numeric->tls_name);
    }
    for (const auto& q : p->srv)
        add(std::string("srv ") + word(q.kind) + " " + q.name);
    for (const auto& h : p->hosts)
        add(std::string("host ") + word(h.kind) + " " + h.host + ":" + std::to_string(h.port));
    return out;
}

TEST(plan, for_a_uri) {
    const preferences all{};
    const preferences streams{.supported = {tls, tcp}, .otherwise = tcp};
    const struct {
        const char* rule;
        const char* uri;
        preferences can;
        const char* wants;
    } rows[] = {
        // clang-format off
        {"4.1: numeric, sip: UDP; 4.2: default port", "sip:bob@192.0.2.1", all, "udp 192.0.2.1:5060 as 192.0.2.1"},
        {"4.1: numeric, sips: TLS over TCP", "sips:bob@192.0.2.1", all, "tls 192.0.2.1:5061 as 192.0.2.1"},
        {"4.2: numeric with a port: that port", "sip:192.0.2.1:5070", all, "udp 192.0.2.1:5070 as 192.0.2.1"},
        {"4.1: transport parameter", "sip:192.0.2.1;transport=tcp", all, "tcp 192.0.2.1:5060 as 192.0.2.1"},
        {"4.1: its case does not matter", "sip:192.0.2.1;Transport=TLS", all, "tls 192.0.2.1:5061 as 192.0.2.1"},
        {"IPv6", "sip:[2001:db8::1]:5070;transport=tls", all, "tls [2001:db8::1]:5070 as [2001:db8::1]"},
        {"4: TARGET is maddr if present", "sip:bob@contoso.test;maddr=192.0.2.9;transport=tcp", all, "tcp 192.0.2.9:5060 as 192.0.2.9"},
        {"4.1, 4.2: a name with a port: UDP, no SRV", "sip:bob@contoso.test:5060", all, "host udp contoso.test:5060"},
        {"4.1, 4.2: the same for sips:", "sips:bob@contoso.test:5061", all, "host tls contoso.test:5061"},
        {"4.2: a name, a port and a transport", "sip:pool.contoso.test:5061;transport=tls", all, "host tls pool.contoso.test:5061"},
        {"4.2: a name and a transport: SRV for it, else the name", "sip:contoso.test;transport=tcp", all, "srv tcp _sip._tcp.contoso.test; host tcp contoso.test:5060"},
        {"4.2: TLS asks for _sips", "sip:contoso.test;transport=tls", all, "srv tls _sips._tcp.contoso.test; host tls contoso.test:5061"},
        {"4.1: only a name: SRV for all we support, else UDP", "sip:bob@contoso.test", all,
         "srv tls _sips._tcp.contoso.test; srv tcp _sip._tcp.contoso.test; srv udp _sip._udp.contoso.test; host udp contoso.test:5060"},
        {"4.1: sips: only _sips, else TLS", "sips:bob@contoso.test", all, "srv tls _sips._tcp.contoso.test; host tls contoso.test:5061"},
        {"only what we support", "sip:bob@contoso.test", streams, "srv tls _sips._tcp.contoso.test; srv tcp _sip._tcp.contoso.test; host tcp contoso.test:5060"},
        {"a name is lower case, without the root's dot", "sip:bob@Contoso.Test.;transport=tcp", all, "srv tcp _sip._tcp.contoso.test; host tcp contoso.test:5060"},
        {"sips: over UDP there is not", "sips:contoso.test;transport=udp", all, "nothing"},
        {"sips: with transport=tcp is TLS over TCP", "sips:contoso.test;transport=tcp", all, "srv tls _sips._tcp.contoso.test; host tls contoso.test:5061"},
        {"a transport that we do not support", "sip:contoso.test;transport=udp", streams, "nothing"},
        {"a transport that nobody knows", "sip:contoso.test;transport=sctp", all, "nothing"},
        {"no SIP URI", "tel:+14255550100", all, "nothing"},
        {"numeric, and the default is not supported", "sip:192.0.2.1", {.supported = {tls}, .otherwise = udp}, "nothing"},
        {"only a name, and the default is not supported", "sip:contoso.test", {.supported = {tls}, .otherwise = udp}, "srv tls _sips._tcp.contoso.test"},
        {"nothing is supported", "sip:contoso.test", {.supported = {}, .otherwise = udp}, "nothing"},
        // clang-format on
    };
    for (const auto& r : rows) {
        SCOPED_TRACE(r.rule);
        const auto uri = sip::parse_uri(r.uri);
        ASSERT_TRUE(uri);
        EXPECT_EQ(text(plan_for(*uri, r.can)), r.wants);
    }
}

// digest MS-CONMGMT 3.1: SRV and address names in this order.
TEST(plan, of_a_client) {
    EXPECT_EQ(text(client_plan("Contoso.test", false)),
              "srv tls _sipinternaltls._tcp.contoso.test; srv tcp _sipinternal._tcp.contoso.test; "
              "srv tls _sip._tls.contoso.test; srv tcp _sip._tcp.contoso.test; "
              "host tls sipinternal.contoso.test:5061; host tls sip.contoso.test:443; host tls "
              "sipexternal.contoso.test:443");
    EXPECT_EQ(text(client_plan("contoso.test", true)),
              "srv tls _sipinternaltls._tcp.contoso.test; srv tls _sip._tls.contoso.test; "
              "host tls sipinternal.contoso.test:5061; host tls sip.contoso.test:443; host tls "
              "sipexternal.contoso.test:443");
    EXPECT_TRUE(client_plan("contoso.test", false).exhaustive);
}

TEST(plan, of_federation) {
    EXPECT_EQ(text(federation_plan("fabrikam.test")),
              "srv tls _sipfederationtls._tcp.fabrikam.test");
}

} // namespace
} // namespace lyceum::target_set
