#pragma once

#include <string>
#include <string_view>

namespace lyceum::apps::client {

/// A message's text as a terminal may show it: of text/html without its tags, in any case
/// printable (apps/terminal/printable.h).
[[nodiscard]] std::string plain_text(std::string_view content_type, std::string_view text);

} // namespace lyceum::apps::client
