#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lyceum::settings {

/// "15 s", "250 ms", "8 h": one number and one of ns us ms s min h d; the blank may be missing.
/// In nanoseconds; nothing when it is no duration or does not fit.
[[nodiscard]] std::optional<std::int64_t> parse_duration(std::string_view text);
/// In the largest unit that needs no fraction.
[[nodiscard]] std::string duration_text(std::int64_t nanoseconds);

/// "4 MiB", "64 KiB", "1 GiB", "100 B".
[[nodiscard]] std::optional<std::int64_t> parse_octets(std::string_view text);
[[nodiscard]] std::string octets_text(std::int64_t octets);

/// The name that a mistyped one is nearest to; empty when none is near.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> names);

/// A TOML basic string, quotes included.
[[nodiscard]] std::string quoted(std::string_view text);

} // namespace lyceum::settings
