#pragma once

#include "net/shard.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace lyceum::net {

/// Which machine a wake-up is for: a kind that the owner names and the machine's id.
struct timer_key {
    std::uint32_t kind = 0;
    std::uint64_t id = 0;
};

/// The shard's heap of deadlines. Machines never cancel: a key that comes up is looked up by its
/// owner, asked for its deadline() and armed anew if that lies ahead.
class deadlines {
public:
    explicit deadlines(shard& s) : shard_(s) {}

    /// Makes the shard wake up in time, too.
    void arm(timer_key key, instant when) {
        heap_.push_back({when, key});
        std::ranges::push_heap(heap_, later);
        shard_.wake_at(when);
    }
    [[nodiscard]] std::optional<instant> next() const {
        return heap_.empty() ? std::nullopt : std::optional(heap_.front().when);
    }
    /// Takes off one key that is due; nothing when none is.
    std::optional<timer_key> due(instant now) {
        if (heap_.empty() || heap_.front().when > now) return std::nullopt;
        std::ranges::pop_heap(heap_, later);
        const auto key = heap_.back().key;
        heap_.pop_back();
        return key;
    }
    [[nodiscard]] std::size_t size() const { return heap_.size(); }

private:
    struct entry {
        instant when;
        timer_key key;
    };
    static bool later(const entry& a, const entry& b) { return a.when > b.when; }
    shard& shard_;
    std::vector<entry> heap_;
};

} // namespace lyceum::net
