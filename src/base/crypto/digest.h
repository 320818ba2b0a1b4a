#pragma once

#include "base/bytes.h"

#include <array>
#include <cstdint>
#include <initializer_list>

namespace lyceum::crypto {

using md5_value = std::array<std::uint8_t, 16>;
using sha1_value = std::array<std::uint8_t, 20>;
using sha256_value = std::array<std::uint8_t, 32>;

// Of one run of octets, or of several as if they stood one behind the other.

/// RFC 1320. Broken as a hash; NTLM keeps passwords with it.
[[nodiscard]] md5_value md4(byte_view data);
/// RFC 1321. Broken as a hash; NTLM's keys are made with it.
[[nodiscard]] md5_value md5(byte_view data);
[[nodiscard]] md5_value md5(std::initializer_list<byte_view> parts);
/// FIPS 180-4. Not collision resistant; names and old protocols only.
[[nodiscard]] sha1_value sha1(byte_view data);
[[nodiscard]] sha1_value sha1(std::initializer_list<byte_view> parts);
/// FIPS 180-4.
[[nodiscard]] sha256_value sha256(byte_view data);
[[nodiscard]] sha256_value sha256(std::initializer_list<byte_view> parts);

} // namespace lyceum::crypto
