#include "sipstack/next_hop/resting.h"

#include <algorithm>
#include <iterator>

namespace lyceum::sipstack {

void resting::add(const net::links::target& t, instant now) {
    if (until_.size() >= max_places)
        std::erase_if(until_, [&](const auto& p) { return p.second <= now; });
    const place p{t.kind, t.peer};
    if (until_.size() < max_places || until_.contains(p)) until_.insert_or_assign(p, now + time_);
}

void resting::sort(std::vector<net::links::target>& list, instant now) {
    if (until_.empty()) return;
    std::vector<net::links::target> first;
    std::vector<net::links::target> last;
    for (auto& t : list) {
        const auto it = until_.find({t.kind, t.peer});
        (it == until_.end() || it->second <= now ? first : last).push_back(std::move(t));
    }
    list = std::move(first);
    std::ranges::move(last, std::back_inserter(list));
}

} // namespace lyceum::sipstack
