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
    std::string noted(top);
    const auto source = from.peer.address.text();
    // RFC 3261 18.2.1; RFC 3581 4: with rport the port too, and received in any case.
    const bool asks_port = via->params.has("rport") && via->params.value_or("rport", {}).empty();
    if (asks_port) {
        std::string with_port;
        sip::params_view params = via->params;
        sip::params_view::parameter p;
        const auto params_at = top.find(';');
        with_port = std::string(top.substr(0, params_at));
        while (params.next(p)) {
            with_port += ';';
            with_port += p.name;
            if (iequals(p.name, "rport")) {
                with_port += '=';
                append_number(with_port, from.peer.port);
            } else if (p.has_value) {
                with_port.append("=").append(p.raw_value);
            }
        }
        noted = std::move(with_port);
    }
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

} // namespace lyceum::sipstack
