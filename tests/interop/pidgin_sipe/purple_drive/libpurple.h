#pragma once

/// libpurple's headers, the way C++ can take them. They are found as system headers (see
/// ../../CMakeLists.txt), so what their macros do is not checked with our warnings.

#include <glib-object.h>
#include <glib.h>

extern "C" { // cipher.h and a few more forget to say so themselves
#include <purple.h>
}

namespace purple_drive {

/// A set of flags as the enumeration that C code uses for single flags and for sets of them.
template <class Flags>
[[nodiscard]] Flags as_flags(int bits) {
    return static_cast<Flags>(bits); // NOLINT(clang-analyzer-optin.core.EnumCastOutOfRange)
}

} // namespace purple_drive
