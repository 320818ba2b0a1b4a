#pragma once

#include "apps/lyceum_load/options.h"

namespace lyceum::apps::load {

/// One process of a run: signs its endpoints in, tells a tally, waits for a line of input, drives
/// the case, tells a tally, waits for the end of input. The exit code.
[[nodiscard]] int run_worker(const options&, std::size_t index);

} // namespace lyceum::apps::load
