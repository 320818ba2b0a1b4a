#pragma once

#include "admin/command.h"

namespace lyceum::apps::console {

/// What scripts see. docs/reference/exit_codes.md
enum class exit_code : int {
    ok = 0,
    refused = 1,     ///< understood and not done: unknown user, taken address, a check that failed
    usage = 2,       ///< the command line is wrong
    unavailable = 3, ///< no server where one is needed, store busy or broken
    configuration = 4, ///< lyceum.toml is missing or wrong
};

[[nodiscard]] constexpr exit_code exit_code_of(std::string_view failure_code) {
    if (failure_code == "usage" || failure_code == "unknown_command") return exit_code::usage;
    if (failure_code == "unavailable" || failure_code == "not_running")
        return exit_code::unavailable;
    if (failure_code == "configuration") return exit_code::configuration;
    return exit_code::refused; // not_found, exists, refused
}

} // namespace lyceum::apps::console
