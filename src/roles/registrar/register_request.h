#pragma once

#include "protocol/diagnostics/diagnostics.h"
#include "protocol/sip/message.h"
#include "roles/registrar/endpoints.h"

#include <expected>

namespace lyceum::roles::registrar {

/// What the connection tells of a REGISTER's sender.
struct observed {
    way where;
    sponsor by;            ///< whose account it is on; nobody for a client
    std::string transport; ///< tls, tcp, udp
    std::string cid;       ///< how the house names the connection: ms-received-cid
    bool is_client = true; ///< a Microsoft client; false for a trusted peer's plain SIP user agent
    std::uint8_t udp = 0, tcp = 1, tls = 2; ///< how way::transport numbers the transports
};

/// A REGISTER taken apart: what it asks of endpoints. An empty list only asks which bindings there
/// are.
struct request {
    std::vector<endpoints::event> events; ///< registered or unregistered
};

/// Checks a REGISTER as [MS-SIPREGE] 3.1.2.5.1 and digest MS-SIPREGE 4 demand, and makes its
/// contacts reachable over its connection. [MS-SIPRE] (server processing of the Contact proxy
/// parameter)
///
/// Most REGISTERs refresh one of the bindings that are there, in the same words as the one before:
/// those are known by their words, and not taken apart again. Events point into the message.
[[nodiscard]] std::expected<request, diagnostics::refusal> read_register(
    const sip::message&, const sip::aor&, const observed&, std::span<const binding> live = {});

/// Adds the Contact of a binding to the 200. [MS-SIPREGE] 4.1
void append_contact(sip::message& response, const binding&, instant now);

} // namespace lyceum::roles::registrar
