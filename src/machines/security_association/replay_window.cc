#include "machines/security_association/replay_window.h"

namespace lyceum::security_association {

bool replay_window::fresh(std::uint32_t number) const {
    if (number == 0) return false;
    if (number > highest_) return number - highest_ <= width;
    const auto back = highest_ - number;
    return back < width && !seen_[back];
}

void replay_window::take(std::uint32_t number) {
    if (number > highest_) {
        seen_ <<= number - highest_; // a shift by the width or more empties it
        highest_ = number;
    }
    seen_.set(highest_ - number);
}

} // namespace lyceum::security_association
