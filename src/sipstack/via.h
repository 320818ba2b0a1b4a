#pragma once

#include "sipstack/stack.h"

namespace lyceum::sipstack {

/// Puts our Via on top of a request that leaves by that way, with these further parameters. RFC
/// 3261 8.1.1.7, 18.1.1
void add_via(sip::message&,
             const path& to,
             const branch&,
             const stack_settings&,
             std::string_view parameters = {});

/// Writes into the topmost Via where a request really came from: received, rport and what clients
/// of this family read. RFC 3261 18.2.1, RFC 3581 4, [MS-SIPRE] 2.2
void note_received(sip::message&, const path& from);

} // namespace lyceum::sipstack
