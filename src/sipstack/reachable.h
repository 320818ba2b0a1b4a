#pragma once

#include "protocol/sip/message.h"
#include "sipstack/transport/path.h"

namespace lyceum::sipstack {

/// Carries out what ;proxy=replace in the Contacts of a client's message asks for: each that has it
/// leads over the connection that it came by. Address and port of its URI (or its maddr) become
/// those that we see, the connection's name is added; all else stays as it is spelt. False, and
/// nothing has changed, when one asks for something else or for another transport. [MS-SIPRE]
/// (server processing of the Contact proxy parameter), digest MS-SIPRE 4 rule 3
[[nodiscard]] bool make_reachable(sip::message&, const path& from);

} // namespace lyceum::sipstack
