#pragma once

#include "base/bytes.h"

#include <cstdint>

namespace lyceum::crypto {

/// The CRC-32 of Ethernet and zip (reflected polynomial 0xEDB88320, start and final exclusive-or of
/// ones).
[[nodiscard]] std::uint32_t crc32(byte_view data);

/// Equal, found in a time that depends on the lengths only.
[[nodiscard]] bool constant_time_equal(byte_view a, byte_view b);

} // namespace lyceum::crypto
