#pragma once

#include "apps/lyceum_load/report.h"

#include <expected>

namespace lyceum::apps::load {

/// Starts this very program once for each process of the run with `--worker N` behind its
/// arguments, keeps them in step, looks at the server in between and adds up. The error is one
/// line.
[[nodiscard]] std::expected<findings, std::string> conduct(const options&, char** arguments);

/// As many descriptors as the kernel lets us have; how many.
[[nodiscard]] std::size_t raise_descriptors();

} // namespace lyceum::apps::load
