#pragma once

#include "base/bytes.h"

#include <array>
#include <cstdint>
#include <span>

namespace lyceum::crypto {

/// The RC4 stream; each apply() goes on where the one before stopped. Broken as a cipher: NTLM's
/// signatures and key exchange use it, nothing new may.
class rc4 {
public:
    /// key: 1 to 256 octets.
    explicit rc4(byte_view key);
    /// Exclusive-ors the next octets of the stream into data.
    void apply(std::span<std::uint8_t> data);

private:
    std::array<std::uint8_t, 256> state_{};
    std::uint8_t i_ = 0;
    std::uint8_t j_ = 0;
};

} // namespace lyceum::crypto
