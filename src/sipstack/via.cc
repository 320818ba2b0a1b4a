#include "sipstack/via.h"

#include "base/text.h"
#include "protocol/sip/address.h"

namespace lyceum::sipstack {

using sip::header;

void add_via(sip::message& m,
             const path& to,
             const branch& b,
             const stack_settings& settings,
             std::string_view parameters) {
    std::string via = "SIP/2.0/";
    std::uint16_t port = settings.tls_port;
    switch (to.kind) {
    case net::transport::udp:
        via += "UDP ";
        port = settings.udp_port;
        break;
    case net::transport::tcp:
        via += "TCP ";
        port = settings.tcp_port;
        break;
    case net::transport::tls:
        via += "TLS ";
        break;
    }
    via += settings.gate.fqdn;
    via += ':';
    append_number(via, port);
    via += ";branch=";
    via += b.text();
    if (to.kind == net::transport::udp) via += ";rport"; // RFC 3581 3: answer to where it came from
    via += parameters;
    m.prepend(header::via, via);
}

void note_received(sip::message& m, const path& from) {
    const auto top = m.first(header::via);
    const auto via = sip::parse_via(top);
    if (!via) return;
    const auto source = from.peer.address.text();
    const bool asks_port = via->params.has("rport");
    // What only we may say is written anew, whatever the sender put there.
    std::string noted(trim(top.substr(0, top.find(';'))));
    sip::params_view params = via->params;
    sip::params_view::parameter p;
    while (params.next(p)) {
        if (iequals(p.name, "received") || iequals(p.name, "ms-received-port") ||
            iequals(p.name, "ms-received-cid"))
            continue;
        noted += ';';
        noted += p.name;
        if (iequals(p.name, "rport")) {
            noted += '=';
            append_number(noted, from.peer.port);
        } else if (p.has_value) {
            noted.append("=").append(p.raw_value);
        }
    }
    // RFC 3261 18.2.1; RFC 3581 4: with rport the port too, and received in any case.
    if (asks_port || trim(via->host) != source) noted += ";received=" + source;
    if (from.kind != net::transport::udp) {
        // [MS-SIPRE] 2.2 (Via parameters): which port and which connection we saw.
        noted += ";ms-received-port=";
        append_number(noted, from.peer.port);
        noted += ";ms-received-cid=";
        noted += cid_of(from.flow);
    }
    m.replace_first(header::via, noted);
}

bool has_been_here(const sip::message& m, std::uint32_t likeness, std::string_view fqdn) {
    for (const auto value : m.values(header::via)) {
        const auto via = sip::parse_via(value);
        if (!via || !iequals(trim(via->host), fqdn)) continue;
        const auto b = branch::parse(via->branch());
        if (b && b->likeness == likeness) return true;
    }
    return false;
}

} // namespace lyceum::sipstack
