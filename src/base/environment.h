#pragma once

#include "base/instant.h"

namespace lyceum {

/// The time of the world outside. Handed in, so that tests and the simulation may set it.
class environment {
public:
    virtual ~environment() = default;
    [[nodiscard]] virtual instant now() const = 0;
    [[nodiscard]] virtual wall_instant wall_now() const = 0;
};

/// The machine's own clocks.
[[nodiscard]] const environment& system_environment();

} // namespace lyceum
