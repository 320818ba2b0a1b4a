#include "credentials/builtin/throttle.h"

#include <algorithm>

namespace lyceum::credentials::builtin {

bool throttle::refuses(std::string_view key, instant now) const {
    const auto it = by_key_.find(key);
    return it != by_key_.end() && now < it->second->until;
}

void throttle::failed(std::string_view key, instant now) {
    auto it = by_key_.find(key);
    if (it == by_key_.end()) {
        if (entries_.size() >= limits_.max_keys) {
            by_key_.erase(entries_.back().key);
            entries_.pop_back();
        }
        entries_.push_front({.key = std::string(key), .failures = 0, .last = now, .until = now});
        it = by_key_.emplace(entries_.front().key, entries_.begin()).first;
    } else {
        entries_.splice(entries_.begin(), entries_, it->second);
    }
    auto& e = *it->second;
    if (now - e.last >= limits_.forget) e.failures = 0;
    e.last = now;
    ++e.failures;
    if (e.failures < limits_.failures) return;
    const auto doublings = std::min(e.failures - limits_.failures, 20U);
    e.until = now + std::min(limits_.first * (1U << doublings), limits_.longest);
}

void throttle::succeeded(std::string_view key) {
    const auto it = by_key_.find(key);
    if (it == by_key_.end()) return;
    const auto at = it->second;
    by_key_.erase(it); // first: its key is a view into the entry
    entries_.erase(at);
}

} // namespace lyceum::credentials::builtin
