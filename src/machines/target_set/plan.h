#pragma once

#include "base/ip_endpoint.h"
#include "protocol/sip/uri.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::target_set {

enum class transport : std::uint8_t { udp, tcp, tls };

/// A domain name as it is looked up and compared: lower case, without the dot of the root.
[[nodiscard]] std::string plain_name(std::string_view host);

/// 5060, for TLS 5061. RFC 3261 18.1.1, 19.1.2 note 1
[[nodiscard]] constexpr std::uint16_t default_port(transport t) {
    return t == transport::tls ? 5061 : 5060;
}

/// One place to send a request to.
struct where {
    transport kind = transport::tcp;
    ip_endpoint peer;
    std::string tls_name; ///< whom the certificate must name; also set for other transports

    friend bool operator==(const where&, const where&) = default;
};

/// What this process can speak.
struct preferences {
    std::vector<transport> supported{
        transport::tls, transport::tcp, transport::udp}; ///< the best first
    /// For a sip: URI that says nothing and has no SRV records. RFC 3263 4.1 says UDP.
    transport otherwise = transport::udp;
};

struct srv_query {
    std::string name; ///< _sips._tcp.contoso.test
    transport kind = transport::tls;
};
struct host_query {
    std::string host;
    std::uint16_t port = 0;
    transport kind = transport::tls;
};

/// Which names to look up, in order of preference.
struct plan {
    std::string domain;           ///< what was asked for; certificates are held against it
    std::optional<where> numeric; ///< nothing to look up
    /// NAPTR records of the domain say which SRV names there are instead of `srv`, and in which
    /// order; those of transports that are not in `srv` are left out.
    bool asks_naptr = false;
    std::vector<srv_query> srv;
    std::vector<host_query> hosts; ///< when no SRV record was found; or, if exhaustive, after them
    bool exhaustive = false;       ///< use every SRV name that has records, not only the first
};

/// Where requests for a sip: or sips: URI, or with that Route, are to go. Nothing when it asks for
/// a transport that is not supported, for UDP with sips:, or is no SIP URI. maddr counts before the
/// host. RFC 3263 4, 4.1, 4.2
[[nodiscard]] std::optional<plan> plan_for(const sip::uri_view&, const preferences&);

/// Where a client of a domain finds its server: internal names before external ones, TLS before
/// TCP. digest MS-CONMGMT 3.1
[[nodiscard]] plan client_plan(std::string_view domain, bool tls_only);

/// Where the edge of another domain is found. digest MS-CONMGMT 3.1
[[nodiscard]] plan federation_plan(std::string_view domain);

} // namespace lyceum::target_set
