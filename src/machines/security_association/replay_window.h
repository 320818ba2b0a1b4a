#pragma once

#include <bitset>
#include <cstdint>

namespace lyceum::security_association {

/// Which numbers (cnum, snum) have been seen. At first 1 to 256 are taken; a new highest number
/// moves the window on; what is below it, was seen before, or is more than 256 above the highest is
/// refused. digest MS-SIPAE 4.5 (18)
class replay_window {
public:
    static constexpr std::uint32_t width = 256;

    [[nodiscard]] bool fresh(std::uint32_t number) const;
    /// Only for a number that is fresh() and whose signature is good.
    void take(std::uint32_t number);

private:
    std::bitset<width> seen_; ///< bit i: highest_ - i
    std::uint32_t highest_ = 0;
};

} // namespace lyceum::security_association
