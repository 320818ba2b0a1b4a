#pragma once

#include "net/flow.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace lyceum::sipstack {

/// Which of its owner's things (transactions, subscriptions) hang on which connection, so that a
/// connection's end finds them without a look at all others.
class flow_index {
public:
    void add(net::flow_id flow, std::uint64_t id) { by_flow_[flow].insert(id); }
    /// What is not there is no harm.
    void remove(net::flow_id flow, std::uint64_t id) {
        const auto it = by_flow_.find(flow);
        if (it == by_flow_.end()) return;
        it->second.erase(id);
        if (it->second.empty()) by_flow_.erase(it);
    }
    /// In the order of their ids.
    [[nodiscard]] std::vector<std::uint64_t> of(net::flow_id flow) const {
        const auto it = by_flow_.find(flow);
        if (it == by_flow_.end()) return {};
        std::vector<std::uint64_t> out(it->second.begin(), it->second.end());
        std::ranges::sort(out);
        return out;
    }
    [[nodiscard]] std::size_t count(net::flow_id flow) const {
        const auto it = by_flow_.find(flow);
        return it == by_flow_.end() ? 0 : it->second.size();
    }
    [[nodiscard]] bool empty() const { return by_flow_.empty(); }

private:
    std::unordered_map<net::flow_id, std::unordered_set<std::uint64_t>, net::flow_hash> by_flow_;
};

} // namespace lyceum::sipstack
