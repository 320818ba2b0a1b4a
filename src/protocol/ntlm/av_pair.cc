#include "protocol/ntlm/av_pair.h"

#include "base/check.h"
#include "base/text.h"

#include <algorithm>
#include <utility>

namespace lyceum::ntlm {
namespace {

constexpr std::size_t max_pairs = 32; // the document defines eleven

const av_pair* find(const std::vector<av_pair>& pairs, av_id id, std::size_t size) {
    const auto at = std::ranges::find(pairs, id, &av_pair::id);
    return at != pairs.end() && at->value.size() == size ? &*at : nullptr;
}

} // namespace

av_pair av_pair::name(av_id id, std::string_view text) {
    auto value = utf16le(text);
    LYCEUM_CHECK(value.has_value()); // our own names
    return {id, *std::move(value)};
}

parsed<std::vector<av_pair>> parse_av_pairs(byte_view list) {
    constexpr auto rule = "[MS-NLMP] 2.2.2.1";
    byte_reader in(list);
    std::vector<av_pair> out;
    for (;;) {
        LYCEUM_TRY(const auto id, in.u16le(rule));
        LYCEUM_TRY(const auto size, in.u16le(rule));
        if (id == std::to_underlying(av_id::end)) {
            if (size != 0)
                return std::unexpected(parse_error{malformed::bad_length, in.at(), rule});
            return out;
        }
        if (out.size() == max_pairs)
            return std::unexpected(parse_error{malformed::too_large, in.at(), rule});
        LYCEUM_TRY(const auto value, in.take(size, rule));
        out.push_back({static_cast<av_id>(id), byte_vector(value.begin(), value.end())});
    }
}

void serialise(const std::vector<av_pair>& pairs, byte_writer& out) {
    for (const auto& pair : pairs) {
        LYCEUM_CHECK(pair.value.size() <= 0xFFFF);
        out.u16le(std::to_underlying(pair.id));
        out.u16le(static_cast<std::uint16_t>(pair.value.size()));
        out.bytes(pair.value);
    }
    out.u32le(0); // id end, length 0
}

std::uint32_t av_flags(const std::vector<av_pair>& pairs) {
    const auto* pair = find(pairs, av_id::flags, 4);
    return pair == nullptr ? 0 : byte_reader(pair->value).u32le("").value_or(0);
}

std::optional<std::uint64_t> av_timestamp(const std::vector<av_pair>& pairs) {
    const auto* pair = find(pairs, av_id::timestamp, 8);
    if (pair == nullptr) return std::nullopt;
    return byte_reader(pair->value).u64le("").value_or(0);
}

} // namespace lyceum::ntlm
