#include "apps/lyceum_load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace lyceum::apps::load {
namespace {

constexpr std::uint32_t fine_bits = 5; ///< 32 buckets to each doubling

/// Small values have buckets of their own; then the upper six bits of a value name its bucket.
std::uint32_t bucket_of(std::uint64_t v) {
    if (v < (1U << (fine_bits + 1))) return static_cast<std::uint32_t>(v);
    const auto shift = static_cast<std::uint32_t>(std::bit_width(v)) - fine_bits - 1;
    return ((shift + 1) << fine_bits) +
           static_cast<std::uint32_t>((v >> shift) - (1U << fine_bits));
}

/// The largest value of a bucket.
std::uint64_t end_of(std::uint32_t bucket) {
    if (bucket < (1U << (fine_bits + 1))) return bucket;
    const auto shift = (bucket >> fine_bits) - 1;
    const std::uint64_t upper = (1U << fine_bits) + (bucket & ((1U << fine_bits) - 1));
    return ((upper + 1) << shift) - 1;
}

} // namespace

void histogram::add(std::chrono::nanoseconds span, std::uint64_t times) {
    add_bucket(bucket_of(static_cast<std::uint64_t>(std::max<std::int64_t>(span.count(), 0))),
               times);
}

void histogram::add(const histogram& other) {
    for (const auto& [bucket, times] : other.counts_)
        add_bucket(bucket, times);
}

std::chrono::nanoseconds histogram::quantile(double part) const {
    const auto wanted = static_cast<std::uint64_t>(std::ceil(part * static_cast<double>(total_)));
    std::uint64_t seen = 0;
    for (const auto& [bucket, times] : counts_) {
        seen += times;
        if (seen >= std::max<std::uint64_t>(wanted, 1))
            return std::chrono::nanoseconds(end_of(bucket));
    }
    return {};
}

} // namespace lyceum::apps::load
