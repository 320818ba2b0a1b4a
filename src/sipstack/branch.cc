#include "sipstack/branch.h"

#include <charconv>

namespace lyceum::sipstack {
namespace {

constexpr std::string_view cookie = "z9hG4bK";
constexpr std::size_t shard_digits = 4;
constexpr std::size_t transaction_digits = 12;
constexpr std::size_t random_digits = 16;
constexpr std::size_t likeness_digits = 8;
constexpr std::size_t text_size =
    cookie.size() + shard_digits + transaction_digits + random_digits + likeness_digits;

/// The digits of v in front of what has been written from `end` on; returns where they start.
char* write_hex_before(char* end, std::uint64_t v, std::size_t digits) {
    for (; digits > 0; --digits, v >>= 4U)
        *--end = "0123456789abcdef"[v & 15U];
    return end;
}

std::optional<std::uint64_t> read_hex(std::string_view digits) {
    std::uint64_t v = 0;
    const auto [at, error] = std::from_chars(digits.data(), digits.data() + digits.size(), v, 16);
    if (error != std::errc{} || at != digits.data() + digits.size()) return std::nullopt;
    return v;
}

} // namespace

std::string branch::text() const {
    std::string out(text_size, '\0');
    char* at = out.data() + out.size();
    at = write_hex_before(at, likeness, likeness_digits);
    at = write_hex_before(at, random, random_digits);
    at = write_hex_before(at, transaction, transaction_digits);
    write_hex_before(at, shard, shard_digits);
    out.replace(0, cookie.size(), cookie);
    return out;
}

std::optional<branch> branch::parse(std::string_view text) {
    if (text.size() != text_size || !text.starts_with(cookie)) return std::nullopt;
    text.remove_prefix(cookie.size());
    const auto shard = read_hex(text.substr(0, shard_digits));
    const auto transaction = read_hex(text.substr(shard_digits, transaction_digits));
    const auto random = read_hex(text.substr(shard_digits + transaction_digits, random_digits));
    const auto likeness = read_hex(text.substr(shard_digits + transaction_digits + random_digits));
    if (!shard || !transaction || !random || !likeness) return std::nullopt;
    return branch{static_cast<unsigned>(*shard),
                  *transaction,
                  *random,
                  static_cast<std::uint32_t>(*likeness)};
}

} // namespace lyceum::sipstack
