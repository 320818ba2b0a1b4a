#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace lyceum::fuzz {

/// Ends the run when a law does not hold, and says which one.
inline void require(bool promise, std::source_location at = std::source_location::current()) {
    if (promise) return;
    std::fprintf(stderr, "%s:%u: does not hold\n", at.file_name(), at.line());
    std::abort();
}

} // namespace lyceum::fuzz
