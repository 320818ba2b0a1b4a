#pragma once

#include "libpurple.h"

#include <optional>
#include <string>
#include <string_view>

namespace purple_drive {

/// The current account; null and an error event for `command` if there is none.
[[nodiscard]] PurpleAccount* current_account(std::string_view command);
/// Its connection; null and an error event if it is not connected.
[[nodiscard]] PurpleConnection* current_connection(std::string_view command);

/// A person as the account's protocol names them: prpl-sipe wants "sip:" in front of user@domain.
[[nodiscard]] std::string person(const std::string& name);

} // namespace purple_drive
