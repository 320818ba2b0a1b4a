#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::apps::load {

/// What a process has used so far, by the kernel's account.
struct usage {
    std::chrono::microseconds cpu{}; ///< user and system
    std::uint64_t rss = 0;           ///< octets
    std::uint64_t pss = 0;           ///< octets: shared pages by their share
};

/// Reads /proc/PID, and adds up what its children and theirs have. Nothing when there is no such
/// process, or it is not ours to look at.
[[nodiscard]] std::optional<usage> look_at(int pid);
/// The parent's number in /proc/PID/stat.
[[nodiscard]] std::optional<int> parent_of(std::string_view stat);

/// utime and stime of /proc/PID/stat, whatever the program's name holds. proc(5)
[[nodiscard]] std::optional<std::chrono::microseconds> cpu_of(std::string_view stat,
                                                              std::int64_t ticks_per_second);
/// A field in kB of /proc/PID/smaps_rollup, in octets.
[[nodiscard]] std::optional<std::uint64_t> octets_of(std::string_view rollup,
                                                     std::string_view field);

} // namespace lyceum::apps::load
