#include "net/asio/newcomers.h"

namespace lyceum::net::asio {

instant newcomers::loses_its_place(const newcomer& n) const {
    if (!n.has_spoken) return n.heard + limits_.silence;
    return is_late_
               ? std::min(n.heard + limits_.pause_when_late, n.came + limits_.longest_when_late)
               : std::min(n.heard + limits_.pause, n.came + limits_.longest);
}

bool newcomers::is_full(instant now) {
    if (here_.size() < most()) return false;
    for (auto it = here_.begin(); it != here_.end();)
        it = loses_its_place(it->second) <= now ? leave(it) : std::next(it);
    return here_.size() >= most();
}

newcomers::places::iterator newcomers::leave(places::iterator it) {
    const auto held = held_.find(it->second.from);
    if (--held->second == 0) held_.erase(held);
    return here_.erase(it);
}

bool newcomers::is_uneven() const {
    return std::ranges::any_of(held_, [&](const auto& h) { return h.second > share(); });
}

bool newcomers::make_way() {
    if (held_.empty()) return false;
    const auto& [address, held] =
        *std::ranges::max_element(held_, {}, [](const auto& h) { return h.second; });
    if (held <= share()) return false;
    auto first = here_.end();
    for (auto it = here_.begin(); it != here_.end(); ++it) {
        if (it->second.from != address) continue;
        if (first == here_.end() || loses_its_place(it->second) < loses_its_place(first->second))
            first = it;
    }
    leave(first);
    return true;
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
