#include "apps/lyceum_load/pace.h"

namespace lyceum::apps::load {
namespace {

constexpr auto give_up_after = 40s; ///< after the last operation began: transactions end by then

} // namespace

void pace::begin_once(instant now, double rate, starter start) {
    begin(now, rate, {}, std::move(start));
    span_.reset();
}

void pace::begin(instant now, double rate, std::chrono::seconds span, starter start) {
    tally_ = {};
    begun_ = now;
    rate_ = rate;
    span_ = span;
    started_ = 0;
    start_ = std::move(start);
    idle_.clear();
    for (seat s = 0; s < workers_.size(); ++s) {
        workers_[s].queued = false;
        if (!workers_[s].busy) queue(s);
    }
}

void pace::queue(seat s) {
    if (!workers_[s].is_there || std::exchange(workers_[s].queued, true)) return;
    idle_.push_back(s);
}

void pace::enrol(seat s) {
    if (workers_.size() <= s) workers_.resize(s + 1);
    if (!std::exchange(workers_[s].is_there, true)) ++there_;
    if (span_ && !workers_[s].busy) queue(s);
}

void pace::retire(seat s) {
    if (s < workers_.size() && std::exchange(workers_[s].is_there, false)) --there_;
}

instant pace::due_at(std::uint64_t number) const {
    return begun_ + std::chrono::nanoseconds(
                        static_cast<std::int64_t>(static_cast<double>(number) / rate_ * 1e9));
}

void pace::start_due(instant now) {
    if (span_ && now >= begun_ + *span_) return;
    if (rate_ <= 0) {
        for (auto n = idle_.size(); n > 0; --n)
            start_next(now);
        return;
    }
    const auto due =
        static_cast<std::uint64_t>(std::chrono::duration<double>(now - begun_).count() * rate_) + 1;
    if (there_ == 0) started_ = due;
    // Late ones are measured from when they were due: a slow server cannot hide behind its
    // slowness.
    while (started_ < due && !idle_.empty()) {
        start_next(due_at(started_));
        ++started_;
    }
    tally_.not_started = span_ && due > started_ ? due - started_ : 0;
}

void pace::start_next(instant due) {
    const auto s = idle_.front();
    idle_.pop_front();
    workers_[s].queued = false;
    if (!workers_[s].is_there) return;
    workers_[s].busy = true;
    workers_[s].since = due;
    ++pending_;
    start_(s, due);
}

bool pace::release(seat s) {
    if (s >= workers_.size() || !std::exchange(workers_[s].busy, false)) return false;
    --pending_;
    if (span_) queue(s);
    return true;
}

bool pace::finish(seat s, instant now) {
    if (!release(s)) return false;
    ++tally_.done;
    tally_.latency.add(now - workers_[s].since);
    if (span_ && rate_ <= 0) start_due(now);
    return true;
}

void pace::fail(seat s, const std::string& code) {
    if (release(s) || span_) ++tally_.errors[code];
}

bool pace::is_over(instant now) const {
    if (!span_) return idle_.empty() && pending_ == 0;
    const auto end = begun_ + *span_;
    return now >= end && (pending_ == 0 || now >= end + give_up_after);
}

tally pace::result(instant now) const {
    auto t = tally_;
    t.span = span_ ? std::min<std::chrono::nanoseconds>(now - begun_, *span_) : now - begun_;
    // What never came to an end failed, too.
    if (pending_ != 0) t.errors["unanswered"] += pending_;
    return t;
}

} // namespace lyceum::apps::load
