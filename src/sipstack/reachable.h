#pragma once

#include "protocol/sip/message.h"
#include "protocol/sip/uri.h"
#include "sipstack/transport/path.h"

namespace lyceum::sipstack {

/// The Contact by which a client is reached over its own connection, also when it registered
/// nothing.
[[nodiscard]] std::string contact_over(const sip::aor& user, const path&);

/// Carries out what ;proxy=replace in the Contact of a client's response asks for: the Contact
/// becomes one that leads over the connection that it came by. False when it asks for something
/// else, or for another transport: such a response is dropped. [MS-SIPRE] (server processing of the
/// Contact proxy parameter)
[[nodiscard]] bool make_reachable(sip::message& response, const path& from, const sip::aor& user);

} // namespace lyceum::sipstack
