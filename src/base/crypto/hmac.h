#pragma once

#include "base/crypto/digest.h"

namespace lyceum::crypto {

// Keyed digests of several runs of octets as if they stood one behind the other. Keys of any
// length. RFC 2104

[[nodiscard]] md5_value hmac_md5(byte_view key, std::initializer_list<byte_view> parts);
[[nodiscard]] md5_value hmac_md5(byte_view key, byte_view data);
[[nodiscard]] sha1_value hmac_sha1(byte_view key, std::initializer_list<byte_view> parts);
[[nodiscard]] sha1_value hmac_sha1(byte_view key, byte_view data);
[[nodiscard]] sha256_value hmac_sha256(byte_view key, std::initializer_list<byte_view> parts);
[[nodiscard]] sha256_value hmac_sha256(byte_view key, byte_view data);

} // namespace lyceum::crypto
