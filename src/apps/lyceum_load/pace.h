#pragma once

#include "apps/lyceum_load/report.h"
#include "base/instant.h"

#include <deque>
#include <functional>

namespace lyceum::apps::load {

/// Which endpoint begins an operation when, and what came of it: the part of a load that does not
/// know what an operation is.
class pace {
public:
    using seat = std::size_t;
    /// Begins an operation of that endpoint, which was due then.
    using starter = std::move_only_function<void(seat, instant due)>;

    /// rate: operations a second; 0: each endpoint as soon as its last one is done.
    /// Every enrolled endpoint once, or again and again for that span.
    void begin_once(instant now, double rate, starter);
    void begin(instant now, double rate, std::chrono::seconds span, starter);
    /// An endpoint that is free to work, from now on if all has begun. Endpoints are numbered from
    /// 0 without many gaps.
    void enrol(seat);
    /// It is there no longer: gets nothing to do. What it was at counts for nothing.
    void retire(seat);
    void abandon(seat s) {
        retire(s);
        release(s);
    }

    [[nodiscard]] bool is_busy(seat s) const { return s < workers_.size() && workers_[s].busy; }

    /// Starts what is due. While nobody is there, nothing is.
    void start_due(instant now);
    /// An operation is done. False when none was under way.
    bool finish(seat, instant now);
    /// An operation came to nothing; or its endpoint did, while there was none.
    void fail(seat, const std::string& code);
    /// Something is wrong that ends no operation.
    void note(const std::string& what) { ++tally_.errors[what]; }

    /// Nothing is under way or to come; or it took so long that it will not come.
    [[nodiscard]] bool is_over(instant now) const;
    /// What came of it so far.
    [[nodiscard]] tally result(instant now) const;

private:
    struct worker {
        bool is_there = false;
        bool busy = false;
        bool queued = false;
        instant since; ///< when the operation was due
    };
    [[nodiscard]] instant due_at(std::uint64_t number) const;
    void start_next(instant due);
    bool release(seat);
    void queue(seat);

    std::vector<worker> workers_;
    std::deque<seat> idle_;
    starter start_;
    tally tally_;
    instant begun_;
    std::optional<std::chrono::nanoseconds> span_; ///< none: once
    double rate_ = 0;
    std::uint64_t started_ = 0;
    std::size_t pending_ = 0;
    std::size_t there_ = 0; ///< workers
};

} // namespace lyceum::apps::load
