#include "net/asio/lateness.h"

#include <algorithm>
#include <utility>

namespace lyceum::net::asio {

void lateness::came(instant now) {
    if (now >= window_ends_) {
        of_the_one_before_ = std::exchange(of_window_, {});
        window_ends_ = now + window;
    }
    of_window_ = std::max(of_window_, now - due());
    worst_.store(std::max(of_window_, of_the_one_before_).count(), std::memory_order_relaxed);
}

std::chrono::duration<double> lateness::worst(instant now) const {
    const instant::duration known(worst_.load(std::memory_order_relaxed));
    return due() < now ? std::max(known, now - due()) : known;
}

} // namespace lyceum::net::asio
