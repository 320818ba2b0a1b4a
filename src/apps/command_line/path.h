#pragma once

#include <string>

namespace lyceum::apps::command_line {

/// What is wrong with an argument that is a path; empty: nothing. No text at all names no file: it
/// would come to the root, or to the folder that the program was started in. For CLI11's check().
[[nodiscard]] inline std::string wrong_path(const std::string& path) {
    return path.empty() ? "must not be empty" : "";
}

} // namespace lyceum::apps::command_line
