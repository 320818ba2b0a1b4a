#pragma once

#include "run.h"

namespace lyceum::simulation {

/// Leaves out of a failing plan what it does not need to fail: devices, steps, bad weather, shards.
/// The same promise has to be broken. Gives the smallest plan that it found.
/// \param runs at most
[[nodiscard]] plan shrunk(const plan& failing, const std::string& violation, std::size_t runs);

/// The command that plays the plan again.
[[nodiscard]] std::string replay_command(const plan& whole, const plan& p);

} // namespace lyceum::simulation
