#include "base/crypto/digest.h"

#include <nettle/md4.h>
#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

namespace lyceum::crypto {
namespace {

// Nettle, not OpenSSL's EVP: no look-up, no allocation and no provider (MD4 is a legacy one there)
// for the short inputs of signatures.
template <class Context, auto Init, auto Update, auto Finish, std::size_t N>
std::array<std::uint8_t, N> digest(std::initializer_list<byte_view> parts) {
    Context c{};
    Init(&c);
    for (const auto part : parts)
        Update(&c, part.size(), part.data());
    std::array<std::uint8_t, N> out{};
    Finish(&c, out.size(), out.data());
    return out;
}

} // namespace

md5_value md4(byte_view data) {
    return digest<md4_ctx, nettle_md4_init, nettle_md4_update, nettle_md4_digest, 16>({data});
}

md5_value md5(std::initializer_list<byte_view> parts) {
    return digest<md5_ctx, nettle_md5_init, nettle_md5_update, nettle_md5_digest, 16>(parts);
}
md5_value md5(byte_view data) {
    return md5({data});
}

sha1_value sha1(std::initializer_list<byte_view> parts) {
    return digest<sha1_ctx, nettle_sha1_init, nettle_sha1_update, nettle_sha1_digest, 20>(parts);
}
sha1_value sha1(byte_view data) {
    return sha1({data});
}

sha256_value sha256(std::initializer_list<byte_view> parts) {
    return digest<sha256_ctx, nettle_sha256_init, nettle_sha256_update, nettle_sha256_digest, 32>(
        parts);
}
sha256_value sha256(byte_view data) {
    return sha256({data});
}

} // namespace lyceum::crypto
