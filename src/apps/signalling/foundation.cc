#include "apps/signalling/foundation.h"

#include "base/text.h"

namespace lyceum::apps::signalling {
namespace {

/// What the whole house is called, and answers to.
roles::router::house house_of(const deployment::deployment& d) {
    roles::router::house h;
    for (const auto& domain : d.server.domains)
        h.domains.push_back(to_lower(domain));
    h.fqdn = to_lower(d.server.fqdn);
    for (const auto& domain : h.domains) {
        h.names.push_back("sip." + domain);
        h.names.push_back("sipinternal." + domain);
    }
    h.names.insert(h.names.end(), {"localhost", "127.0.0.1", "[::1]"});
    for (const auto& l : deployment::sip_listeners(d)) {
        h.names.push_back(l.at.address.host());
        h.ports.push_back(l.at.port);
    }
    return h;
}

sipstack::stack_settings stack_settings_of(const deployment::deployment& d) {
    sipstack::stack_settings s;
    s.transport.limits = {d.sip.max_message, d.sip.max_header, 256};
    s.transport.sign_in_patience = d.sip.sign_in_patience;
    s.transport.idle_patience = d.sip.idle_patience;
    s.transport.keep_alive = d.sip.keep_alive;
    s.transport.message_patience = d.sip.message_patience;
    s.transport.max_before_sign_in = d.sip.max_before_sign_in;
    s.max_transactions_of_user = d.sip.max_transactions_of_user;
    s.max_transactions_of_peer = d.sip.max_transactions_of_peer;
    s.max_waiting = d.sip.max_waiting;
    s.max_answered = d.sip.max_answered;
    s.gate.fqdn = d.server.fqdn;
    s.gate.product =
        "RTC/5.0 (Lyceum " LYCEUM_VERSION ")"; // Lync 2013 to clients. digest MS-SIPREGE 3.2
    s.gate.association.realm = d.auth.realm;
    s.gate.association.targetname = d.server.fqdn;
    s.gate.association.netbios_domain = d.auth.netbios_domain;
    s.gate.association.dns_domain = d.primary_domain();
    s.gate.association.lowest_version = d.auth.lowest_version;
    s.gate.association.lifetime = d.auth.association_lifetime;
    s.tls_port = d.ports.sip_tls;
    s.tcp_port = d.ports.sip_tcp;
    s.udp_port = d.ports.sip_udp;
    return s;
}

sipstack::next_hop_settings next_hop_settings_of(const deployment::deployment& d) {
    sipstack::next_hop_settings s;
    // A NAPTR record, an SRV record, addresses, and a second for the hand-over.
    s.patience = 3 * d.dns.patience + std::chrono::seconds(1);
    // Where nobody can reach us by IPv6, AAAA records only cost time.
    s.ipv6 = std::ranges::any_of(d.sip.listen, [](const auto& a) {
        const auto address = ip_address::parse(a);
        return address && !address->is_v4();
    });
    return s;
}

} // namespace

foundation foundation_of(const deployment::deployment& d,
                         credentials::verifier& verifier,
                         store::users& users,
                         store::contacts& contacts) {
    foundation f{stack_settings_of(d),
                 {},
                 next_hop_settings_of(d),
                 {},
                 {},
                 {},
                 {},
                 {},
                 {d.sip.max_subscriptions, d.sip.max_subscriptions_of_connection},
                 house_of(d),
                 verifier,
                 users,
                 contacts};
    f.registrar.expires = d.sip.expires;
    f.registrar.min_expires = d.sip.min_expires;
    f.registrar.max_endpoints = d.sip.max_endpoints;
    f.contact_lists.limits = {d.store.max_contacts, d.store.max_groups};
    return f;
}

} // namespace lyceum::apps::signalling
