#include "base/random/random.h"

#include "base/check.h"
#include "base/text.h"

#include <sys/random.h>

namespace lyceum::random {

std::uint64_t source::u64() {
    std::array<std::uint8_t, 8> octets{};
    fill(octets);
    std::uint64_t v = 0;
    for (const auto o : octets)
        v = (v << 8U) | o;
    return v;
}

std::uint32_t source::u32() {
    return static_cast<std::uint32_t>(u64() >> 32U);
}

std::uint64_t source::below(std::uint64_t bound) {
    // Values past the last whole multiple of bound would favour small results.
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    std::uint64_t v = u64();
    while (v >= limit)
        v = u64();
    return v % bound;
}

namespace {

/// n octets, as text.
std::string drawn(source& from, std::size_t n, std::string (*text_of)(byte_view)) {
    std::array<std::uint8_t, 16> few{};
    if (n <= few.size()) {
        const auto octets = std::span(few).first(n);
        from.fill(octets);
        return text_of(octets);
    }
    byte_vector octets(n);
    from.fill(octets);
    return text_of(octets);
}

} // namespace

std::string source::hex(std::size_t n) {
    return drawn(*this, n, to_hex);
}

std::string source::upper_hex(std::size_t n) {
    return drawn(*this, n, to_upper_hex);
}

void system::fill(std::span<std::uint8_t> out) {
    while (!out.empty()) {
        if (used_ == pool_.size()) {
            LYCEUM_CHECK(getrandom(pool_.data(), pool_.size(), 0) ==
                         static_cast<ssize_t>(pool_.size()));
            used_ = 0;
        }
        const auto given =
            std::span(pool_).subspan(used_, std::min(out.size(), pool_.size() - used_));
        std::ranges::copy(given, out.begin());
        std::ranges::fill(given, std::uint8_t{0}); // a nonce once given out is not left in memory
        used_ += given.size();
        out = out.subspan(given.size());
    }
}

void seeded::fill(std::span<std::uint8_t> out) {
    // splitmix64: small, portable, and good enough for anything but secrets.
    std::uint64_t v = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (i % 8 == 0) {
            state_ += 0x9E3779B97F4A7C15U;
            v = state_;
            v = (v ^ (v >> 30U)) * 0xBF58476D1CE4E5B9U;
            v = (v ^ (v >> 27U)) * 0x94D049BB133111EBU;
            v ^= v >> 31U;
        }
        out[i] = static_cast<std::uint8_t>(v >> (8 * (i % 8)));
    }
}

} // namespace lyceum::random
