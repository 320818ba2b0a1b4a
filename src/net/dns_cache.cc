#include "net/dns_cache.h"

#include <algorithm>

namespace lyceum::net {

std::shared_ptr<const dns_answer> dns_cache::find(const dns_question& q, instant now) const {
    const auto it = answers_.find(q);
    return it != answers_.end() && it->second.until > now ? it->second.answer : nullptr;
}

std::chrono::seconds dns_cache::time_of(const dns_answer& a) const {
    switch (a.outcome) {
    case lookup::found:
        return std::clamp(a.ttl, bounds_.least, bounds_.most);
    case lookup::none:
        return bounds_.none;
    case lookup::failed:
        return bounds_.failed;
    }
    return {};
}

void dns_cache::put(const dns_question& q, std::shared_ptr<const dns_answer> a, instant now) {
    const auto until = now + time_of(*a);
    if (const auto it = answers_.find(q); it != answers_.end()) {
        by_end_.erase({it->second.until, q});
        answers_.erase(it);
    }
    if (until <= now || bounds_.answers == 0) return;
    if (answers_.size() >= bounds_.answers) {
        answers_.erase(by_end_.begin()->second);
        by_end_.erase(by_end_.begin());
    }
    answers_.emplace(q, entry{std::move(a), until});
    by_end_.emplace(until, q);
}

} // namespace lyceum::net
