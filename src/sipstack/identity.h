#pragma once

#include "domain/people/user.h"

#include <string>

namespace lyceum::sipstack {

/// The P-Asserted-Identity of somebody who has proven to be that user: the SIP URI with the display
/// name, and the telephone number if there is one. digest MS-SIPAE 4.7, RFC 3325 9.1
[[nodiscard]] std::string asserted_identity(const people::user&);

} // namespace lyceum::sipstack
