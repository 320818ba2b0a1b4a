#pragma once

#include "admin/command.h"

#include <string>
#include <string_view>

namespace lyceum::apps::console {

/// A JSON result for people: a list of objects is a table, an object is names and values, the rest
/// is itself.
[[nodiscard]] std::string for_people(std::string_view json);

/// The same of a command of the administration socket: where people are signed in is a table
/// narrow enough for a terminal (all of it is in the JSON), a trusted peer without a transport has
/// any, and a removed user is told in one line.
[[nodiscard]] std::string for_people(std::string_view command, std::string_view json);

/// {"error":{"code":...,"message":...}}: what --json prints of a failure.
[[nodiscard]] std::string error_json(std::string_view code, std::string_view message);
/// The same with the lines of a file that are wrong.
[[nodiscard]] std::string error_json(const admin::failure&);

} // namespace lyceum::apps::console
