#include "apps/lyceum_load/returns.h"

namespace lyceum::apps::load {

std::chrono::milliseconds returns::between(std::chrono::milliseconds from,
                                           std::chrono::milliseconds to) {
    const auto room = std::max<std::chrono::milliseconds::rep>((to - from).count(), 0) + 1;
    return from + std::chrono::milliseconds(random_->below(static_cast<std::uint64_t>(room)));
}

void returns::wait(seat s, std::chrono::milliseconds pause, instant now) {
    all_[s].how = standing::waiting;
    alarms_.push({now + pause, s});
}

void returns::signed_in(seat s, instant now) {
    if (all_.size() <= s) all_.resize(s + 1);
    auto& p = all_[s];
    if (p.how == standing::trying) {
        --missing_;
        ++tally_.done;
        tally_.latency.add(now - p.lost);
        last_back_ = now;
    }
    p.how = standing::in;
}

void returns::lost(seat s, instant now) {
    if (!is_in(s)) return;
    if (!first_lost_) first_lost_ = now;
    ++missing_;
    all_[s].lost = now;
    all_[s].pause = between(habits_.first_from, habits_.first_to);
    wait(s, all_[s].pause, now);
}

void returns::try_later(seat s, instant now) {
    auto& p = all_[s];
    p.pause = std::min(std::max(p.pause * 2, 1000ms * 1), habits_.longest);
    wait(s, p.pause, now);
}

void returns::unreachable(seat s, instant now) {
    if (s >= all_.size() || all_[s].how != standing::trying) return;
    ++tally_.put_off["unreachable"];
    try_later(s, now);
}

void returns::failed(seat s, const std::string& why, instant now) {
    if (s >= all_.size() || all_[s].how != standing::trying) return;
    ++tally_.errors[why];
    try_later(s, now);
}

void returns::told_to_wait(seat s, int status, std::chrono::seconds pause, instant now) {
    if (s >= all_.size() || all_[s].how != standing::trying) return;
    ++tally_.put_off[std::to_string(status)];
    wait(s, between(pause, pause + pause / 2), now);
}

std::vector<returns::seat> returns::due(instant now) {
    std::vector<seat> out;
    while (!alarms_.empty() && alarms_.top().when <= now) {
        const auto s = alarms_.top().who;
        alarms_.pop();
        if (all_[s].how != standing::waiting) continue;
        all_[s].how = standing::trying;
        out.push_back(s);
    }
    return out;
}

tally returns::result(instant now) const {
    auto t = tally_;
    if (first_lost_) t.span = (missing_ == 0 ? last_back_ : now) - *first_lost_;
    if (missing_ != 0) t.errors["not back"] += missing_;
    return t;
}

} // namespace lyceum::apps::load
