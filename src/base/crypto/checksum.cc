#include "base/crypto/checksum.h"

#include <nettle/memops.h>

#include <array>

namespace lyceum::crypto {
namespace {

constexpr std::array<std::uint32_t, 256> crc_table = [] {
    std::array<std::uint32_t, 256> out{};
    for (std::uint32_t i = 0; i < out.size(); ++i) {
        std::uint32_t v = i;
        for (int bit = 0; bit < 8; ++bit)
            v = (v & 1U) != 0 ? 0xEDB88320U ^ (v >> 1U) : v >> 1U;
        out[i] = v;
    }
    return out;
}();

} // namespace

std::uint32_t crc32(byte_view data) {
    std::uint32_t v = 0xFFFFFFFFU;
    for (const auto octet : data)
        v = crc_table[(v ^ octet) & 0xFFU] ^ (v >> 8U);
    return ~v;
}

bool constant_time_equal(byte_view a, byte_view b) {
    return a.size() == b.size() && nettle_memeql_sec(a.data(), b.data(), a.size()) != 0;
}

} // namespace lyceum::crypto
