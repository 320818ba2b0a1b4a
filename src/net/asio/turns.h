#pragma once

#include "base/metrics/counter.h"
#include "net/shard.h"

#include <mutex>
#include <vector>

namespace lyceum::net::asio {

/// Who may touch a shard's state, one at a time, and the jobs that wait for that. docs/adr/0004
///
/// Mostly it is the shard's own thread. But work for a shard that is idle is done by the thread
/// that has it to give, when its own turn is over: waking another thread costs more than most of
/// the work there is. Two shards never wait for one another: only a thread that holds no turn
/// waits for one.
class turns {
public:
    /// wake: makes the shard's own thread call turn(), soon; from any thread.
    turns(std::move_only_function<void()> wake, metrics::counter& taken)
        : wake_(std::move(wake)), taken_(taken) {}

    /// Takes a job, to be done in a later turn, in order. From any thread. False when `most` wait
    /// already, or the shard has ended.
    bool put(job, std::size_t most);
    /// Does what waits, f, what has been put meanwhile, and then what idle shards have been given
    /// by all that. What waits comes first, because f may be the consequence of it: a client that
    /// was told 200 calls another one, and who heard that call has to know what the 200 said. Not
    /// inside a turn.
    template <class F>
    void turn(F&& f) {
        lock_.lock();
        enter();
        do_jobs();
        f();
        leave();
        help();
    }
    /// Takes no more jobs and forgets those that wait.
    void end();

private:
    void enter();
    /// Does what waits, until nothing does.
    void do_jobs();
    /// Does what waits and gives the turn back.
    void leave();
    static void help();

    std::move_only_function<void()> wake_;
    metrics::counter& taken_;
    std::mutex lock_; ///< the turn
    std::mutex jobs_lock_;
    std::vector<job> jobs_;
    std::vector<job> batch_; ///< reused
    bool ended_ = false;
};

} // namespace lyceum::net::asio
