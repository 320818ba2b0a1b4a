#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <string>

namespace lyceum::random {

/// Where ids, tags, nonces and challenges come from. Handed in; seeded in tests.
class source {
public:
    virtual ~source() = default;
    virtual void fill(std::span<std::uint8_t> out) = 0;

    [[nodiscard]] std::uint64_t u64();
    [[nodiscard]] std::uint32_t u32();
    /// Uniform in [0, bound); bound > 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound);
    /// 2n hex digits: n random octets.
    [[nodiscard]] std::string hex(std::size_t n);
    [[nodiscard]] std::string upper_hex(std::size_t n);
};

/// The kernel's generator, buffered; one per shard (not thread safe).
class system final : public source {
public:
    void fill(std::span<std::uint8_t> out) override;

private:
    std::array<std::uint8_t, 512> pool_{};
    std::size_t used_ = sizeof pool_;
};

/// The same sequence for the same seed, on every machine. For tests and the simulation only.
class seeded final : public source {
public:
    explicit seeded(std::uint64_t seed) : state_(seed) {}
    void fill(std::span<std::uint8_t> out) override;

private:
    std::uint64_t state_;
};

} // namespace lyceum::random
