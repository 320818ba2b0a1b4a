#pragma once

#include <string>

namespace purple_drive {

/// Starts libpurple with this program as its user interface. user_dir must exist; ca_dir, if not
/// empty, holds further trusted certificates (*.pem). False if libpurple would not start.
[[nodiscard]] bool start_libpurple(const std::string& user_dir, const std::string& ca_dir);

} // namespace purple_drive
