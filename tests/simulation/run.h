#pragma once

#include "plan.h"

#include <functional>

namespace lyceum::simulation {

/// How a run went.
struct result {
    std::optional<std::string> violation; ///< the first promise that was broken
    std::chrono::nanoseconds at{};        ///< when, since the world began
    std::uint64_t fingerprint = 0;
    std::uint64_t happened = 0; ///< events of the virtual world
    std::size_t offered = 0;    ///< instant messages
    std::size_t delivered = 0;  ///< of them
    std::size_t changes = 0;    ///< of contact lists, acknowledged
    std::size_t sign_ins = 0;
    std::size_t most_objects = 0; ///< that were counted at once
    unsigned lives = 0;           ///< of the server
};

/// Plays a plan from the first sign-in to the last object's end, checking all the while.
/// \param trace is told of everything that happens; may be empty
[[nodiscard]] result run(const plan&, const std::function<void(const std::string&)>& trace = {});

} // namespace lyceum::simulation
