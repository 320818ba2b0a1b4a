#include "net/asio/turns.h"

#include <algorithm>
#include <utility>

namespace lyceum::net::asio {
namespace {

/// What this thread is doing.
struct thread_state {
    turns* in_turn = nullptr;    ///< whose turn it has
    std::vector<turns*> to_help; ///< got their first job from here
};
thread_local thread_state here;

} // namespace

bool turns::put(job work, std::size_t most) {
    bool first = false;
    {
        const std::scoped_lock lock(jobs_lock_);
        if (ended_ || jobs_.size() >= most) return false;
        first = jobs_.empty();
        jobs_.push_back(std::move(work));
    }
    // Who comes later finds that somebody has been told already.
    if (!first) return true;
    if (here.in_turn == this) return true; // done when the turn ends
    if (here.in_turn != nullptr) {
        here.to_help.push_back(this);
    } else {
        wake_();
    }
    return true;
}

void turns::enter() {
    here.in_turn = this;
}

bool turns::next_batch() {
    if (batch_done_ < batch_.size()) return true;
    batch_.clear();
    batch_done_ = 0;
    const std::scoped_lock lock(jobs_lock_);
    batch_.swap(jobs_);
    return !batch_.empty();
}

void turns::work_off(std::size_t& left) {
    const auto n = std::min(left, batch_.size() - batch_done_);
    taken_.add(n);
    for (std::size_t i = 0; i < n; ++i) {
        auto work = std::move(batch_[batch_done_++]);
        work();
    }
    left -= n;
}

void turns::catch_up() {
    work_off_batch();
    // No more than one: what is put meanwhile waits for the next time, or nobody would ever get
    // back from a shard that many feed.
    if (next_batch()) work_off_batch();
}

void turns::work_off_batch() {
    while (batch_done_ < batch_.size()) {
        std::size_t left = share;
        work_off(left);
        if (left == 0) wake_others(); // they would wait for all of it
    }
}

void turns::leave(std::size_t& left) {
    for (bool again = false;; again = true) {
        while (left > 0 && next_batch()) {
            if (std::exchange(again, true)) wake_others(); // they would wait for all of this
            work_off(left);
        }
        bool more = batch_done_ < batch_.size();
        lock_.unlock();
        here.in_turn = nullptr;
        {
            // Who put a job in between, and found the turn taken, relies on us.
            const std::scoped_lock lock(jobs_lock_);
            more = more || !jobs_.empty();
        }
        if (!more) return;
        if (left == 0) {
            wake_();
            return;
        }
        if (!lock_.try_lock()) return;
        here.in_turn = this;
    }
}

void turns::help() {
    std::size_t left = share;
    while (!here.to_help.empty()) {
        if (left == 0) {
            wake_others();
            return;
        }
        auto* const other = here.to_help.back();
        here.to_help.pop_back();
        // Somebody's turn: it does the job before it ends, or wakes the shard.
        if (!other->lock_.try_lock()) continue;
        other->enter();
        other->leave(left);
    }
}

void turns::wake_others() {
    for (auto* const other : here.to_help)
        other->wake_();
    here.to_help.clear();
}

void turns::end() {
    std::vector<job> forgotten;
    std::vector<job> of_batch;
    const std::scoped_lock turn(lock_);
    const std::scoped_lock lock(jobs_lock_);
    ended_ = true;
    forgotten.swap(jobs_);
    of_batch.swap(batch_);
    batch_done_ = 0;
}

} // namespace lyceum::net::asio
