#include "base/crypto/rc4.h"

#include "base/check.h"

#include <nettle/arcfour.h>

#include <algorithm>

namespace lyceum::crypto {

rc4::rc4(byte_view key) {
    LYCEUM_CHECK(key.size() >= ARCFOUR_MIN_KEY_SIZE && key.size() <= ARCFOUR_MAX_KEY_SIZE);
    arcfour_ctx c{};
    nettle_arcfour_set_key(&c, key.size(), key.data());
    std::ranges::copy(c.S, state_.begin());
    i_ = c.i;
    j_ = c.j;
}

void rc4::apply(std::span<std::uint8_t> data) {
    arcfour_ctx c{};
    std::ranges::copy(state_, c.S);
    c.i = i_;
    c.j = j_;
    nettle_arcfour_crypt(&c, data.size(), data.data(), data.data());
    std::ranges::copy(c.S, state_.begin());
    i_ = c.i;
    j_ = c.j;
}

} // namespace lyceum::crypto
