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

/// Whether one of its Via values is ours, from a time when the request looked the same to us: a
/// loop. RFC 3261 16.3 step 4
[[nodiscard]] bool
has_been_here(const sip::message&, std::uint32_t likeness, std::string_view fqdn);

} // namespace lyceum::sipstack
