#pragma once

namespace lyceum {
/// Prints what was promised and where, then stops the process; the supervisor restarts it.
[[noreturn]] void broken_promise(const char* condition, const char* file, int line);
} // namespace lyceum

/// A promise of our own code. Never for a peer's bytes: those are malformed or refused.
#define LYCEUM_CHECK(condition)                                                                    \
    ((condition) ? static_cast<void>(0) : ::lyceum::broken_promise(#condition, __FILE__, __LINE__))
