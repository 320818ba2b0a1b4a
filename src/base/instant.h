#pragma once

#include <chrono>
#include <cstdint>

namespace lyceum {

/// The clock that machines are handed: monotonic, and virtual in tests. It has no now() of its own.
struct shard_clock {
    using rep = std::int64_t;
    using period = std::nano;
    using duration = std::chrono::nanoseconds;
    using time_point = std::chrono::time_point<shard_clock>;
    static constexpr bool is_steady = true;
};

/// A moment on the shard's clock. Only differences mean something.
using instant = shard_clock::time_point;
/// A moment that people and certificates know: UTC, to the millisecond.
using wall_instant = std::chrono::sys_time<std::chrono::milliseconds>;

using namespace std::chrono_literals;

} // namespace lyceum
