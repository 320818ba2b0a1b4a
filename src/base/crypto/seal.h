#pragma once

#include "base/bytes.h"
#include "base/random/random.h"

#include <array>
#include <cstdint>
#include <optional>

namespace lyceum::crypto {

using seal_key = std::array<std::uint8_t, 32>;
using seal_nonce = std::array<std::uint8_t, 12>;

/// AES-256-GCM: the ciphertext and behind it the 16 octets of the tag. A nonce is used once per
/// key. bound: associated data, not in the output, that open() must be given again. NIST SP 800-38D
[[nodiscard]] byte_vector
seal(const seal_key&, const seal_nonce&, byte_view bound, byte_view plain);
/// Nothing when key, nonce, associated data or a bit of the ciphertext differ.
[[nodiscard]] std::optional<byte_vector>
open(const seal_key&, const seal_nonce&, byte_view bound, byte_view sealed);

/// The same with a random nonce in front: nonce, ciphertext, tag. plain.size() + 28 octets.
[[nodiscard]] byte_vector seal(const seal_key&, random::source&, byte_view bound, byte_view plain);
[[nodiscard]] std::optional<byte_vector>
open(const seal_key&, byte_view bound, byte_view nonce_and_sealed);

} // namespace lyceum::crypto
