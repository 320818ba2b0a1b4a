#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::sipstack {

/// What our Via branches say: which client transaction of which shard, so that a response that
/// comes in anywhere finds its way home; a random part, so that nobody guesses one; and what the
/// request looked like when it came in, so that a loop is seen. docs/adr/0002, RFC 3261 16.6 step 8
struct branch {
    unsigned shard = 0;
    std::uint64_t transaction = 0;
    std::uint64_t random = 0;
    std::uint32_t likeness = 0; ///< signet::likeness() of what was relayed; 0: ours, not relayed

    /// z9hG4bK and hex digits. RFC 3261 8.1.1.7
    [[nodiscard]] std::string text() const;
    /// Nothing when the branch is not of our making.
    [[nodiscard]] static std::optional<branch> parse(std::string_view);

    friend bool operator==(const branch&, const branch&) = default;
};

} // namespace lyceum::sipstack
