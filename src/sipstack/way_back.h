#pragma once

#include "protocol/sip/message.h"
#include "sipstack/transport/path.h"

#include <functional>

namespace lyceum::sipstack {

/// Where the responses to a request go. Over a stream: its connection. Over UDP: to where it came
/// from when the topmost Via has rport (RFC 3581 4), else to the source address at the port of
/// sent-by, 5060 when it says none. With maddr: there, but only if `may` allows it. RFC
/// 3261 18.2.2, RFC 3263 5
/// \param m the request as it came in or with received noted, or a response to it.
[[nodiscard]] path
way_back(const path& came_from, const sip::message& m, const std::function<bool(const path&)>& may);

} // namespace lyceum::sipstack
