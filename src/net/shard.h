#pragma once

#include "base/environment.h"
#include "base/metrics/registry.h"
#include "base/random/random.h"

#include <functional>

namespace lyceum::net {

/// Work handed to a shard, run once on its thread.
using job = std::move_only_function<void()>;

/// One event loop on one thread: what lives here is touched by nobody else.
class shard {
public:
    virtual ~shard() = default;

    [[nodiscard]] virtual unsigned index() const = 0; ///< 0 to count() - 1
    [[nodiscard]] virtual unsigned count() const = 0;

    /// Runs the job on that shard: later, in order of posting, in batches. From any shard's thread
    /// or the pool's. False when the mailbox is full; the job is gone then and the drop counted.
    virtual bool post(unsigned shard, job) = 0;
    /// The same for news that would leave the shards in disagreement if it were lost (a binding, a
    /// connection's end, an answer): never refused. What starts new work goes through post().
    virtual void deliver(unsigned shard, job) = 0;
    /// Runs blocking work (database, password check) on the pool, then the second job here.
    /// False when the pool's queue is full.
    virtual bool offload(job blocking, job then) = 0;

    /// The one timer: calls wakeup at or soon after that moment. A later call replaces an earlier
    /// one.
    virtual void wake_at(instant) = 0;
    virtual void on_wakeup(std::move_only_function<void(instant now)>) = 0;

    [[nodiscard]] virtual const environment& clock() const = 0;
    [[nodiscard]] virtual random::source& random() = 0;
    [[nodiscard]] virtual metrics::registry& metrics() = 0;
};

/// The home of a user, conference, room: which shard owns its state. Pure and stable.
[[nodiscard]] unsigned home_of(std::string_view id, unsigned shards);

} // namespace lyceum::net
