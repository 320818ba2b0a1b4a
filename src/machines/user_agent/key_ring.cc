#include "machines/user_agent/key_ring.h"

namespace lyceum::user_agent {

key_ring::key_ring(const account& a, random::source& r) : login_(a.login), random_(&r) {}

void key_ring::begin() {
    rising_.emplace(login_, *random_);
}

bool key_ring::challenged(const sip::message& response, wall_instant wall) {
    if (!rising_) rising_.emplace(login_, *random_);
    if (rising_->on_challenge(response, wall)) return true;
    rising_.reset();
    return false;
}

void key_ring::authorise(sip::message& m) {
    const bool handshake = rising_ && m.is_request() && m.method_id() == sip::method::register_;
    if (handshake) {
        m.remove(sip::header::authorization);
        rising_->authorise(m);
    } else if (standing_) {
        standing_->authorise(m);
    }
}

key_ring::verdict key_ring::verify(const sip::message& m, instant now) {
    auto of_standing = verdict::unsigned_;
    if (standing_) {
        of_standing = standing_->verify(m, now);
        if (of_standing == verdict::good) return of_standing;
    }
    if (!rising_) return of_standing;
    const auto of_rising = rising_->verify(m, now);
    if (rising_->now_is() == association::state::established) {
        standing_ = std::move(rising_);
        rising_.reset();
    }
    return of_rising == verdict::unsigned_ ? of_standing : of_rising;
}

void key_ring::forget() {
    standing_.reset();
    rising_.reset();
}

} // namespace lyceum::user_agent
