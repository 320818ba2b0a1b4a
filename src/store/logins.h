#pragma once

#include "store/users.h"

#include <string_view>

namespace lyceum::store {

/// Of the users that have the login, which one a domain means; nothing when none or more than one.
/// The rule of users::find_login.
[[nodiscard]] std::optional<people::user> pick_login(const std::vector<people::user>& same_login,
                                                     std::string_view domain);

} // namespace lyceum::store
