#pragma once

#include "base/instant.h"

#include <cstdint>
#include <optional>

namespace lyceum::log {

/// Keeps what strangers can bring about at will from flooding the log: so many lines in each
/// stretch of time; the next one after a pause says how many were left out. Count the events
/// themselves in a metric: that one is exact.
class sparing {
public:
    explicit sparing(unsigned most = 10, std::chrono::seconds stretch = std::chrono::seconds(10))
        : most_(most), stretch_(stretch) {}

    /// Nothing: leave this line out. Else how many were left out since the last that was written.
    [[nodiscard]] std::optional<std::uint64_t> next(instant now) {
        if (!began_ || now - *began_ >= stretch_) {
            began_ = now;
            written_ = 0;
        }
        if (written_ >= most_) {
            ++left_out_;
            return std::nullopt;
        }
        ++written_;
        const auto n = left_out_;
        left_out_ = 0;
        return n;
    }

private:
    unsigned most_;
    std::chrono::seconds stretch_;
    std::optional<instant> began_;
    unsigned written_ = 0;
    std::uint64_t left_out_ = 0;
};

} // namespace lyceum::log
