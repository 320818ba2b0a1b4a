#pragma once

#include "base/instant.h"

#include <atomic>

namespace lyceum::net::asio {

/// How late a shard is: how long what was ready had to wait for its turn, at worst, within the last
/// half to whole minute. It is tried a few times a second. The shard writes, anybody reads.
class lateness {
public:
    static constexpr std::chrono::milliseconds pause{250}; ///< between two tries
    static constexpr std::chrono::seconds window{30};

    /// The next try is to come then.
    void expect(instant due) {
        due_.store(due.time_since_epoch().count(), std::memory_order_relaxed);
    }
    /// It has come.
    void came(instant now);
    /// A try that should have come and has not counts too, or a shard that hangs would look well.
    [[nodiscard]] std::chrono::duration<double> worst(instant now) const;

private:
    [[nodiscard]] instant due() const {
        return instant(instant::duration(due_.load(std::memory_order_relaxed)));
    }

    std::atomic<instant::rep> due_ = instant::max().time_since_epoch().count(); ///< nothing yet
    std::atomic<instant::rep> worst_ = 0; ///< of this window and the one before
    instant::duration of_window_{};
    instant::duration of_the_one_before_{};
    instant window_ends_ = instant::min();
};

} // namespace lyceum::net::asio
