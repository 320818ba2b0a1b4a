#pragma once

#include "net/deadlines.h"

namespace lyceum::sipstack {

/// A machine's one place in the shard's heap of deadlines. Machines move their deadlines with every
/// event, mostly to later: this arms a key only when none comes in time, so that the heap grows
/// with the machines and not with what happens to them.
class alarm {
public:
    void set(net::deadlines& heap, net::timer_key key, std::optional<instant> when) {
        if (!when || (armed_ && *armed_ <= *when)) return;
        armed_ = when;
        heap.arm(key, *when);
    }
    /// A key of this machine came up: whoever asks has to set() again.
    void rang(instant now) {
        if (armed_ && *armed_ <= now) armed_.reset();
    }

private:
    std::optional<instant> armed_; ///< the earliest key that will come
};

} // namespace lyceum::sipstack
