#pragma once

#include "protocol/sip/message.h"

namespace lyceum::sipstack {

/// What ACK and CANCEL are made from, and nothing else of the INVITE as it was sent, our Via on
/// top. That is kept for every branch: neither bodies nor other header fields count there.
[[nodiscard]] sip::message stem_of(const sip::message& invite);

/// The ACK for a final response other than 2xx: of this hop, in the INVITE's own transaction.
/// RFC 3261 17.1.1.3
[[nodiscard]] sip::message ack_of(const sip::message& stem, const sip::message& response);

/// The CANCEL of an INVITE that was sent. RFC 3261 9.1
/// \param reasons Reason values, written as they are. RFC 3326
[[nodiscard]] sip::message cancel_of(const sip::message& stem,
                                     const std::vector<std::string>& reasons);

/// The Reason values of a CANCEL that go on with it. They wait at every branch that has not rung
/// yet, so they are few: 8, of 1024 octets together. (RFC 3326 means one for each protocol, RFC
/// 9366 some more. assumed: how many.)
[[nodiscard]] std::vector<std::string> reasons_of(const sip::message& cancel);

} // namespace lyceum::sipstack
