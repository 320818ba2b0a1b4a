#pragma once

#include <string>
#include <string_view>

namespace lyceum::apps::console {

/// A JSON result for people: a list of objects is a table, an object is names and values, the rest
/// is itself.
[[nodiscard]] std::string for_people(std::string_view json);

/// {"error":{"code":...,"message":...}}: what --json prints of a failure.
[[nodiscard]] std::string error_json(std::string_view code, std::string_view message);

} // namespace lyceum::apps::console
