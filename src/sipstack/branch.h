#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::sipstack {

/// What our Via branches say: which client transaction of which shard, so that a response that
/// comes in anywhere finds its way home; and a random part, so that nobody guesses one.
/// docs/adr/0002
struct branch {
    unsigned shard = 0;
    std::uint64_t transaction = 0;
    std::uint64_t random = 0;

    /// z9hG4bK and hex digits. RFC 3261 8.1.1.7
    [[nodiscard]] std::string text() const;
    /// Nothing when the branch is not of our making.
    [[nodiscard]] static std::optional<branch> parse(std::string_view);

    friend bool operator==(const branch&, const branch&) = default;
};

} // namespace lyceum::sipstack
