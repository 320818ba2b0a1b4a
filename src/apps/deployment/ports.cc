#include "apps/deployment/deployment.h"
#include "base/check.h"

namespace lyceum::apps::deployment {
namespace {

using net::transport;

net::audience audience_of(std::string_view who) {
    return who == "clients" ? net::audience::clients : net::audience::trusted;
}

} // namespace

std::vector<named_port> port_table(const deployment& d) {
    // The order is the offsets' of --port-base: scripts rely on both. docs/reference/ports.md
    return {
        {"sip_tls", d.ports.sip_tls, 1, transport::tls, "SIP over TLS", d.sip.tls != "off"},
        {"sip_tcp", d.ports.sip_tcp, 2, transport::tcp, "SIP over TCP", d.sip.tcp != "off"},
        {"sip_udp", d.ports.sip_udp, 3, transport::udp, "SIP over UDP", d.sip.udp != "off"},
        {"https", d.ports.https, 4, transport::tls, "Web services", false},
        {"http", d.ports.http, 5, transport::tcp, "autodiscover without TLS", false},
        {"c3p", d.ports.c3p, 6, transport::tls, "conferencing servers", false},
        {"turn_udp", d.ports.turn_udp, 7, transport::udp, "media relay over UDP", false},
        {"turn_tcp", d.ports.turn_tcp, 8, transport::tcp, "media relay over TCP", false},
        {"metrics", d.ports.metrics, 9, transport::tcp, "Prometheus metrics", d.metrics.enabled},
        {"sip_mtls",
         d.ports.sip_mtls,
         10,
         transport::tls,
         "SIP over mutual TLS, trusted servers",
         d.sip.mtls != "off"},
    };
}

std::vector<sip_listener> sip_listeners(const deployment& d) {
    std::vector<sip_listener> out;
    for (const auto& text : d.sip.listen) {
        const auto address = ip_address::parse(text);
        LYCEUM_CHECK(address.has_value()); // load() has looked
        const auto add = [&](const std::string& who, transport kind, std::uint16_t port, bool ask) {
            if (who != "off") out.push_back({kind, audience_of(who), {*address, port}, ask});
        };
        add(d.sip.tls, transport::tls, d.ports.sip_tls, false);
        add(d.sip.tcp, transport::tcp, d.ports.sip_tcp, false);
        add(d.sip.udp, transport::udp, d.ports.sip_udp, false);
        add(d.sip.mtls, transport::tls, d.ports.sip_mtls, true);
    }
    return out;
}

} // namespace lyceum::apps::deployment
