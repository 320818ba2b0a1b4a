#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>

namespace lyceum {

/// How a peer's bytes broke a rule.
enum class malformed : std::uint8_t { truncated, bad_length, bad_value, too_large, unsupported };

/// Why bytes were refused, where, and by which rule of which document.
struct parse_error {
    malformed why;
    std::uint32_t at; ///< offset into the input
    const char* rule; ///< a literal such as "[MS-TURN] 2.2.2.17"

    friend bool operator==(const parse_error&, const parse_error&) = default;
};

/// A value read from a peer's bytes, or why they were refused.
template <class T>
using parsed = std::expected<T, parse_error>;

/// Our own world failed (database gone, queue full). Becomes 503 with Retry-After.
struct unavailable {
    std::string what; ///< one clear line for the log
    std::chrono::seconds retry_after{30};
};

/// The word for a malformed, for logs and metrics.
[[nodiscard]] const char* name(malformed);

} // namespace lyceum

// LYCEUM_TRY(const auto x, expression): x is the value, or the function returns the error.
#define LYCEUM_TRY_JOIN2(a, b) a##b
#define LYCEUM_TRY_JOIN(a, b) LYCEUM_TRY_JOIN2(a, b)
#define LYCEUM_TRY_AS(temporary, declaration, ...)                                                 \
    auto temporary = (__VA_ARGS__);                                                                \
    if (!temporary) return std::unexpected(std::move(temporary).error());                          \
    declaration = *std::move(temporary)
#define LYCEUM_TRY(declaration, ...)                                                               \
    LYCEUM_TRY_AS(LYCEUM_TRY_JOIN(try_result_, __LINE__), declaration, __VA_ARGS__)
/// LYCEUM_CHECKED(expression): the function returns its error, if any. For expected<void, E>.
#define LYCEUM_CHECKED(...)                                                                        \
    if (auto LYCEUM_TRY_JOIN(try_result_, __LINE__) = (__VA_ARGS__);                               \
        !LYCEUM_TRY_JOIN(try_result_, __LINE__))                                                   \
    return std::unexpected(std::move(LYCEUM_TRY_JOIN(try_result_, __LINE__)).error())
