#pragma once

#include <string>

namespace purple_drive {

/// Writes libpurple's debug output to a file from now on, or to stderr when path is "-". prpl-sipe
/// then logs every SIP and HTTP message in both directions. False when the file cannot be opened.
[[nodiscard]] bool start_debug_log(const std::string& path);

} // namespace purple_drive
