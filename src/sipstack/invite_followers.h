#pragma once

#include "protocol/sip/message.h"

namespace lyceum::sipstack {

/// The ACK for a final response other than 2xx: of this hop, in the INVITE's own transaction.
/// \param invite as it was sent, our Via on top. RFC 3261 17.1.1.3
[[nodiscard]] sip::message ack_of(const sip::message& invite, const sip::message& response);

/// The CANCEL of an INVITE that was sent. RFC 3261 9.1
/// \param reasons Reason values, written as they are. RFC 3326
[[nodiscard]] sip::message cancel_of(const sip::message& invite,
                                     const std::vector<std::string>& reasons);

} // namespace lyceum::sipstack
