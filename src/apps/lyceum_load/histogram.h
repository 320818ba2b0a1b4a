#pragma once

#include <chrono>
#include <cstdint>
#include <map>

namespace lyceum::apps::load {

/// Counts spans of time in buckets of about 3 % width; two of them add up.
class histogram {
public:
    void add(std::chrono::nanoseconds, std::uint64_t times = 1);
    void add(const histogram&);
    /// A bucket as it was asked for by buckets().
    void add_bucket(std::uint32_t index, std::uint64_t times) {
        counts_[index] += times;
        total_ += times;
    }

    [[nodiscard]] std::uint64_t total() const { return total_; }
    /// The span that this part of all are not above: 0.5, 0.99. The upper end of its bucket; 0 when
    /// empty.
    [[nodiscard]] std::chrono::nanoseconds quantile(double part) const;
    [[nodiscard]] const std::map<std::uint32_t, std::uint64_t>& buckets() const { return counts_; }

private:
    std::map<std::uint32_t, std::uint64_t> counts_;
    std::uint64_t total_ = 0;
};

} // namespace lyceum::apps::load
