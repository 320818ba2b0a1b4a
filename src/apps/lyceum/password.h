#pragma once

#include <expected>
#include <string>

namespace lyceum::apps::console {

/// The first line of standard input, without its end.
[[nodiscard]] std::expected<std::string, std::string> password_from_input();

/// Asks for it twice on the terminal, without echo. An error when there is no terminal.
[[nodiscard]] std::expected<std::string, std::string> password_from_terminal();

} // namespace lyceum::apps::console
