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
    std::string_view start = "SIP/2.0/TLS ";
    std::uint16_t port = settings.tls_port;
    std::string_view rport;
    switch (to.kind) {
    case net::transport::udp:
        start = "SIP/2.0/UDP ";
        port = settings.udp_port;
        rport = ";rport"; // RFC 3581 3: answer to where it came from
        break;
    case net::transport::tcp:
        start = "SIP/2.0/TCP ";
        port = settings.tcp_port;
        break;
    case net::transport::tls:
        break;
    }
    m.prepend_joined(header::via,
                     {start,
                      settings.gate.fqdn,
                      ":",
                      std::to_string(port),
                      ";branch=",
                      b.text(),
                      rport,
                      parameters});
}

namespace {

/// Whether a parameter is one that only the receiver of a request may fill in.
bool is_receivers(std::string_view name) {
    return iequals(name, "rport") || iequals(name, "received") ||
           iequals(name, "ms-received-port") || iequals(name, "ms-received-cid");
}

/// The parameters that the sender may have written, and rport with its value.
std::string senders_params(sip::params_view params, std::uint16_t port) {
    std::string out;
    for (sip::params_view::parameter p; params.next(p);) {
        const bool asks_port = iequals(p.name, "rport");
        if (!asks_port && is_receivers(p.name)) continue;
        out.append(";").append(p.name);
        if (asks_port) {
            out += '=';
            append_number(out, port);
        } else if (p.has_value) {
            out.append("=").append(p.raw_value);
        }
    }
    return out;
}

/// What of a sender's Via is the receiver's to fill in, or asks for it.
struct receivers_part {
    bool any = false;
    bool rport = false;
};
receivers_part receivers_part_of(sip::params_view params) {
    receivers_part out;
    for (sip::params_view::parameter p; params.next(p);) {
        if (!is_receivers(p.name)) continue;
        out.any = true;
        if (iequals(p.name, "rport")) out.rport = true;
    }
    return out;
}

/// Whether a Via value is ours, put there when the request had that likeness.
bool is_trace_of(const sip::via_view& via, std::uint32_t likeness, std::string_view fqdn) {
    if (!iequals(trim(via.host), fqdn)) return false;
    const auto b = branch::parse(via.branch());
    return b && b->likeness == likeness;
}

} // namespace

void note_received(sip::message& m, const path& from) {
    const auto via = m.via();
    if (!via) return;
    const auto source = from.peer.address.text();
    // RFC 3261 18.2.1; RFC 3581 4: with rport the port too, and received in any case.
    const auto sent = receivers_part_of(via->params);
    const bool is_news = trim(via->host) != source || sent.rport;
    auto top = m.first(header::via);
    std::string params; // what only we may say is written anew, whatever the sender put there
    if (sent.any) {
        params = senders_params(via->params, from.peer.port);
        top = trim(split_first(top, ';'));
    }
    const std::string_view received = is_news ? ";received=" : "";
    const std::string_view received_from = is_news ? std::string_view(source) : "";
    if (from.kind == net::transport::udp) {
        m.replace_first_joined(header::via, {top, params, received, received_from});
        return;
    }
    // [MS-SIPRE] 2.2 (Via parameters): which port and which connection we saw.
    m.replace_first_joined(header::via,
                           {top,
                            params,
                            received,
                            received_from,
                            ";ms-received-port=",
                            std::to_string(from.peer.port),
                            ";ms-received-cid=",
                            cid_of(from.flow)});
}

bool has_been_here(const sip::message& m, std::uint32_t likeness, std::string_view fqdn) {
    const auto top = m.via();
    if (top && is_trace_of(*top, likeness, fqdn)) return true;
    if (m.has_one(header::via)) return false;
    return std::ranges::any_of(m.values(header::via), [&](std::string_view value) {
        const auto via = sip::parse_via(value);
        return via && is_trace_of(*via, likeness, fqdn);
    });
}

} // namespace lyceum::sipstack
