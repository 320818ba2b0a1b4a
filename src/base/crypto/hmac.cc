#include "base/crypto/hmac.h"

#include <nettle/hmac.h>

#include <algorithm>

namespace lyceum::crypto {
namespace {

template <class Context, auto SetKey, auto Update, auto Finish, std::size_t N>
std::array<std::uint8_t, N> hmac(byte_view key, std::initializer_list<byte_view> parts) {
    Context c{};
    SetKey(&c, key.size(), key.data());
    for (const auto part : parts)
        Update(&c, part.size(), part.data());
    std::array<std::uint8_t, N> out{};
    Finish(&c, out.size(), out.data());
    return out;
}

} // namespace

md5_value hmac_md5(byte_view key, std::initializer_list<byte_view> parts) {
    return hmac<hmac_md5_ctx,
                nettle_hmac_md5_set_key,
                nettle_hmac_md5_update,
                nettle_hmac_md5_digest,
                16>(key, parts);
}
md5_value hmac_md5(byte_view key, byte_view data) {
    return hmac_md5(key, {data});
}

hmac_md5_key::hmac_md5_key(byte_view key) {
    hmac_md5_ctx c{};
    nettle_hmac_md5_set_key(&c, key.size(), key.data());
    std::ranges::copy(c.inner.state, inner_.begin());
    std::ranges::copy(c.outer.state, outer_.begin());
}

md5_value hmac_md5_key::digest(std::initializer_list<byte_view> parts) const {
    const auto go_on_from = [](const state& s) {
        md5_ctx c{};
        std::ranges::copy(s, c.state);
        c.count = 1; // block
        return c;
    };
    auto inner = go_on_from(inner_);
    for (const auto part : parts)
        nettle_md5_update(&inner, part.size(), part.data());
    md5_value out{};
    nettle_md5_digest(&inner, out.size(), out.data());
    auto outer = go_on_from(outer_);
    nettle_md5_update(&outer, out.size(), out.data());
    nettle_md5_digest(&outer, out.size(), out.data());
    return out;
}

sha1_value hmac_sha1(byte_view key, std::initializer_list<byte_view> parts) {
    return hmac<hmac_sha1_ctx,
                nettle_hmac_sha1_set_key,
                nettle_hmac_sha1_update,
                nettle_hmac_sha1_digest,
                20>(key, parts);
}
sha1_value hmac_sha1(byte_view key, byte_view data) {
    return hmac_sha1(key, {data});
}

sha256_value hmac_sha256(byte_view key, std::initializer_list<byte_view> parts) {
    return hmac<hmac_sha256_ctx,
                nettle_hmac_sha256_set_key,
                nettle_hmac_sha256_update,
                nettle_hmac_sha256_digest,
                32>(key, parts);
}
sha256_value hmac_sha256(byte_view key, byte_view data) {
    return hmac_sha256(key, {data});
}

} // namespace lyceum::crypto
