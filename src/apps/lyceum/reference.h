#pragma once

#include <string>

namespace lyceum::apps::console {

/// docs/reference/ports.md
[[nodiscard]] std::string ports_page();
/// docs/reference/commands.md: the administration socket's commands.
[[nodiscard]] std::string commands_page();

} // namespace lyceum::apps::console
