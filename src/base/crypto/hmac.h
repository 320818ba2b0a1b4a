#pragma once

#include "base/crypto/digest.h"

namespace lyceum::crypto {

// Keyed digests of several runs of octets as if they stood one behind the other. Keys of any
// length. RFC 2104

[[nodiscard]] md5_value hmac_md5(byte_view key, std::initializer_list<byte_view> parts);
[[nodiscard]] md5_value hmac_md5(byte_view key, byte_view data);

/// The same under one key again and again: what depends on the key alone is done once.
class hmac_md5_key {
public:
    hmac_md5_key() : hmac_md5_key(byte_view()) {}
    explicit hmac_md5_key(byte_view key);
    [[nodiscard]] md5_value digest(std::initializer_list<byte_view> parts) const;

private:
    using state = std::array<std::uint32_t, 4>; ///< of MD5 after one block
    state inner_{};
    state outer_{};
};

[[nodiscard]] sha1_value hmac_sha1(byte_view key, std::initializer_list<byte_view> parts);
[[nodiscard]] sha1_value hmac_sha1(byte_view key, byte_view data);
[[nodiscard]] sha256_value hmac_sha256(byte_view key, std::initializer_list<byte_view> parts);
[[nodiscard]] sha256_value hmac_sha256(byte_view key, byte_view data);

} // namespace lyceum::crypto
