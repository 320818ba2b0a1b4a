#include "sipstack/branch.h"

#include <charconv>

namespace lyceum::sipstack {
namespace {

constexpr std::string_view cookie = "z9hG4bK";
constexpr std::size_t shard_digits = 4;
constexpr std::size_t transaction_digits = 12;
constexpr std::size_t random_digits = 16;
constexpr std::size_t likeness_digits = 8;

void append_hex(std::string& out, std::uint64_t v, std::size_t digits) {
    for (std::size_t i = digits; i > 0; --i)
        out += "0123456789abcdef"[(v >> (4 * (i - 1))) & 15U];
}

std::optional<std::uint64_t> read_hex(std::string_view digits) {
    std::uint64_t v = 0;
    const auto [at, error] = std::from_chars(digits.data(), digits.data() + digits.size(), v, 16);
    if (error != std::errc{} || at != digits.data() + digits.size()) return std::nullopt;
    return v;
}

} // namespace

std::string branch::text() const {
    std::string out(cookie);
    append_hex(out, shard, shard_digits);
    append_hex(out, transaction, transaction_digits);
    append_hex(out, random, random_digits);
    append_hex(out, likeness, likeness_digits);
    return out;
}

std::optional<branch> branch::parse(std::string_view text) {
    if (text.size() !=
        cookie.size() + shard_digits + transaction_digits + random_digits + likeness_digits)
        return std::nullopt;
    if (!text.starts_with(cookie)) return std::nullopt;
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
