#pragma once

#include "base/bytes.h"

namespace lyceum::ntlm {

/// Makes UTF-16LE text upper case in place, one unit to one unit, as NTLM's Uppercase() needs it:
/// the simple mappings of Latin, Greek, Cyrillic and Armenian letters. assumed: names in other
/// scripts with two cases do not occur; ß, µ and dotless i stay as they are. An odd last octet is
/// left alone.
void upper_case(std::span<std::uint8_t> utf16);

} // namespace lyceum::ntlm
