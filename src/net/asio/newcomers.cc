#include "net/asio/newcomers.h"

#include <algorithm>

namespace lyceum::net::asio {

instant newcomers::loses_its_place(const newcomer& n) const {
    if (!n.has_spoken) return n.heard + limits_.silence;
    return is_late_
               ? std::min(n.heard + limits_.pause_when_late, n.came + limits_.longest_when_late)
               : std::min(n.heard + limits_.pause, n.came + limits_.longest);
}

bool newcomers::is_full(instant now) {
    const auto most = is_late_ ? limits_.most_when_late : limits_.most;
    if (here_.size() < most) return false;
    std::erase_if(here_, [&](const auto& entry) { return loses_its_place(entry.second) <= now; });
    return here_.size() >= most;
}

std::optional<instant> newcomers::deadline() const {
    std::optional<instant> first;
    for (const auto& [id, n] : here_) {
        const auto when = loses_its_place(n);
        if (!first || when < *first) first = when;
    }
    return first;
}

} // namespace lyceum::net::asio
