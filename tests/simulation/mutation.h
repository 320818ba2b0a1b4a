#pragma once

#include <string_view>

/// Which of the known bugs is in. The server's own sources know nothing of it: mutate.py writes it
/// into copies of them.
extern unsigned lyceum_mutation;

namespace lyceum::simulation {

/// False when there is no mutation of that name in this program.
bool choose_mutation(std::string_view name);
[[nodiscard]] const char* mutation_name(); ///< empty when none is in

} // namespace lyceum::simulation
