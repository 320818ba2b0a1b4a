#pragma once

#include <string>
#include <string_view>

namespace lyceum::apps::terminal {

/// Somebody else's text as a terminal may show it: without control characters but line feeds and
/// tabs, and without octets that are no UTF-8, so that nobody else moves the reader's cursor.
[[nodiscard]] std::string printable(std::string_view text);

} // namespace lyceum::apps::terminal
