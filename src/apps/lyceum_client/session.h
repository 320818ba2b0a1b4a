#pragma once

#include "apps/lyceum_client/profile.h"
#include "apps/lyceum_client/program.h"

namespace lyceum::apps::client {

/// Runs a program on one endpoint until it ends, or a signal ends it. Blocks; once a process.
[[nodiscard]] exit_code run(const profile&, program&, teller&, bool trace);

} // namespace lyceum::apps::client
