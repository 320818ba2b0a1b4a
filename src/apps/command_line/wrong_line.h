#pragma once

#include <string>
#include <string_view>

namespace lyceum::apps::command_line {

/// What is wrong with a command line, in our words. kind and text are get_name() and what() of
/// CLI11's error (2.1); one that is not known here passes as it is.
[[nodiscard]] std::string wrong_line(std::string_view kind, std::string_view text);

} // namespace lyceum::apps::command_line
