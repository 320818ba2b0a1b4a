#include "net/shard.h"

namespace lyceum::net {

unsigned home_of(std::string_view id, unsigned shards) {
    // FNV-1a: the same on every machine and release, unlike std::hash.
    std::uint64_t h = 0xCBF29CE484222325U;
    for (const char c : id)
        h = (h ^ static_cast<std::uint8_t>(c)) * 0x100000001B3U;
    return static_cast<unsigned>((h ^ (h >> 32U)) % shards);
}

} // namespace lyceum::net
