#include "machines/target_set/plan.h"

#include "base/text.h"

#include <algorithm>

namespace lyceum::target_set {
namespace {

std::optional<transport> transport_of(std::string_view word) {
    if (iequals(word, "udp")) return transport::udp;
    if (iequals(word, "tcp")) return transport::tcp;
    if (iequals(word, "tls")) return transport::tls;
    return std::nullopt;
}

bool supports(const preferences& p, transport t) {
    return std::ranges::find(p.supported, t) != p.supported.end();
}

/// RFC 3263 4.1, 4.2: _sips for TLS, else _sip.
std::string srv_name(transport t, std::string_view domain) {
    std::string out = t == transport::tls   ? "_sips._tcp."
                      : t == transport::tcp ? "_sip._tcp."
                                            : "_sip._udp.";
    return out.append(domain);
}

std::string join(std::string_view label, std::string_view domain) {
    return std::string(label).append(".").append(domain);
}

} // namespace

std::string plain_name(std::string_view host) {
    if (host.ends_with('.')) host.remove_suffix(1);
    return to_lower(host);
}

std::optional<plan> plan_for(const sip::uri_view& uri, const preferences& p) {
    if (!uri.is_sip()) return std::nullopt;
    const bool secure = uri.is_sips();
    const auto target = uri.params.value_or("maddr", uri.host);
    const auto address = ip_address::parse(target);

    plan out;
    out.domain = address ? std::string(target) : plain_name(target);
    if (out.domain.empty()) return std::nullopt;

    // 4.1: the transport parameter; else UDP for sip: and TCP for sips: when host or port are
    // fixed.
    std::optional<transport> said;
    if (const auto word = uri.params.get("transport")) {
        said = transport_of(*word);
        if (!said || (secure && *said == transport::udp)) return std::nullopt;
        if (secure) said = transport::tls; // sips: means TLS over what is named
        if (!supports(p, *said)) return std::nullopt;
    }
    const auto fallback = said.value_or(secure ? transport::tls : p.otherwise);
    const bool can_fall_back = supports(p, fallback);
    const auto port = uri.port != 0 ? uri.port : default_port(fallback);

    if (address || uri.port != 0) {
        if (!can_fall_back) return std::nullopt;
        if (address) {
            out.numeric = where{fallback, {*address, port}, out.domain};
        } else {
            out.hosts.push_back({out.domain, port, fallback}); // 4.2: a port means no SRV
        }
        return out;
    }
    out.asks_naptr = !said; // 4.1
    for (const auto t : p.supported) {
        if (said ? t == *said : (!secure || t == transport::tls))
            out.srv.push_back({srv_name(t, out.domain), t});
    }
    if (can_fall_back) out.hosts.push_back({out.domain, port, fallback});
    if (out.srv.empty() && out.hosts.empty()) return std::nullopt;
    return out;
}

plan client_plan(std::string_view domain, bool tls_only) {
    plan out;
    out.domain = plain_name(domain);
    out.exhaustive = true;
    out.srv.push_back({join("_sipinternaltls._tcp", out.domain), transport::tls});
    if (!tls_only) out.srv.push_back({join("_sipinternal._tcp", out.domain), transport::tcp});
    out.srv.push_back({join("_sip._tls", out.domain), transport::tls});
    if (!tls_only) out.srv.push_back({join("_sip._tcp", out.domain), transport::tcp});
    // digest MS-CONMGMT 3.1 and 5: 5061 inside, 443 through the edge.
    constexpr std::uint16_t inside = 5061;
    constexpr std::uint16_t edge = 443;
    out.hosts.push_back({join("sipinternal", out.domain), inside, transport::tls});
    out.hosts.push_back({join("sip", out.domain), edge, transport::tls});
    out.hosts.push_back({join("sipexternal", out.domain), edge, transport::tls});
    return out;
}

plan federation_plan(std::string_view domain) {
    plan out;
    out.domain = plain_name(domain);
    out.srv.push_back({join("_sipfederationtls._tcp", out.domain), transport::tls});
    return out;
}

} // namespace lyceum::target_set
