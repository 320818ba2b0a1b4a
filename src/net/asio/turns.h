#pragma once

#include "base/metrics/counter.h"
#include "net/shard.h"

#include <mutex>
#include <utility>
#include <vector>

namespace lyceum::net::asio {

/// Who may touch a shard's state, one at a time, and the jobs that wait for that. docs/adr/0004
///
/// Mostly it is the shard's own thread. But work for a shard that is idle is done by the thread
/// that has it to give, when its own turn is over: waking another thread costs more than most of
/// the work there is. It does so much of it and no more: its own clients wait meanwhile. Two shards
/// never wait for one another: only a thread that holds no turn waits for one.
class turns {
public:
    /// Jobs that a thread does at the end of a turn, and again for others after it, before it gets
    /// back to its own sockets. Whoever has more to do than that is woken.
    static constexpr std::size_t share = 64;

    /// wake: makes the shard's own thread call turn(), soon; from any thread.
    turns(std::move_only_function<void()> wake, metrics::counter& taken)
        : wake_(std::move(wake)), taken_(taken) {}

    /// Takes a job, to be done in a later turn, in order. From any thread. False when `most` wait
    /// already, or the shard has ended.
    bool put(job, std::size_t most);
    /// Does what waits, f, some of what has been put meanwhile, and then what idle shards have been
    /// given by all that. What waits comes first, because f may be the consequence of it: a client
    /// that was told 200 calls another one, and who heard that call has to know what the 200 said.
    /// Not inside a turn.
    template <class F>
    void turn(F&& f) {
        lock_.lock();
        enter();
        catch_up();
        std::forward<F>(f)();
        std::size_t left = share;
        leave(left);
        help();
    }
    /// Does what waits. In a turn, between reading from a socket and handling what was read, for
    /// the same reason: f may have read what came after it began.
    void catch_up();
    /// Takes no more jobs and forgets those that wait. Not inside a turn.
    void end();

private:
    void enter();
    /// Does jobs of the batch, at most so many.
    void work_off(std::size_t& left);
    void work_off_batch();
    /// Gets the next batch when this one is done. False when nothing waits.
    bool next_batch();
    /// Does what waits, at most so many, and gives the turn back.
    void leave(std::size_t& left);
    static void help();
    /// Those who were to be helped work themselves.
    static void wake_others();

    std::move_only_function<void()> wake_;
    metrics::counter& taken_;
    std::mutex lock_; ///< the turn
    std::mutex jobs_lock_;
    std::vector<job> jobs_;
    std::vector<job> batch_;    ///< the turn's, as is
    std::size_t batch_done_{0}; ///< how many of it
    bool ended_ = false;
};

} // namespace lyceum::net::asio
