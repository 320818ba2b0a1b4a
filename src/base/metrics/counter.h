#pragma once

#include <atomic>
#include <cstdint>

namespace lyceum::metrics {

/// A number that one shard writes and the scraper reads. No lock, no ordering.
class counter {
public:
    void add(std::uint64_t n = 1) {
        // One writer per shard: a load and a store are cheaper than a locked add.
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_ = 0;
};

/// A level that goes up and down, written by one shard.
class gauge {
public:
    void set(std::int64_t v) { value_.store(v, std::memory_order_relaxed); }
    void add(std::int64_t n) { set(value() + n); }
    [[nodiscard]] std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::int64_t> value_ = 0;
};

} // namespace lyceum::metrics
