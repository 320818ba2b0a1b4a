#include "net/asio/turns.h"

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

void turns::do_jobs() {
    for (;;) {
        {
            const std::scoped_lock lock(jobs_lock_);
            batch_.swap(jobs_);
        }
        if (batch_.empty()) return;
        taken_.add(batch_.size());
        for (auto& work : batch_)
            work();
        batch_.clear();
    }
}

void turns::leave() {
    for (;;) {
        do_jobs();
        lock_.unlock();
        here.in_turn = nullptr;
        // Who put a job in between, and found the turn taken, relies on us.
        const std::scoped_lock lock(jobs_lock_);
        if (jobs_.empty() || !lock_.try_lock()) return;
        here.in_turn = this;
    }
}

void turns::help() {
    while (!here.to_help.empty()) {
        auto* const other = here.to_help.back();
        here.to_help.pop_back();
        // Somebody's turn: it does the job before it ends.
        if (!other->lock_.try_lock()) continue;
        other->enter();
        other->leave();
    }
}

void turns::end() {
    std::vector<job> forgotten;
    const std::scoped_lock lock(jobs_lock_);
    ended_ = true;
    forgotten.swap(jobs_);
}

} // namespace lyceum::net::asio
