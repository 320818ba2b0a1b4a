#include "net/asio/newcomers.h"

#include <algorithm>

namespace lyceum::net::asio {

bool newcomers::is_full(instant now) {
    const auto most = is_late_ ? limits_.most_when_late : limits_.most;
    if (until_.size() < most) return false;
    std::erase_if(until_, [&](const auto& entry) { return entry.second <= now; });
    return until_.size() >= most;
}

std::optional<instant> newcomers::deadline() const {
    const auto first = std::ranges::min_element(until_, {}, [](const auto& e) { return e.second; });
    return first == until_.end() ? std::nullopt : std::optional(first->second);
}

} // namespace lyceum::net::asio
