#pragma once

#include "admin/command.h"

namespace lyceum::admin {

/// A user of a file of users: what `user add` would be given.
struct listed_user {
    std::size_t line = 0; ///< the first is 1
    arguments what;
};
struct bad_line {
    std::size_t line = 0;
    std::string why; ///< without what the line says: there are passwords in it
};
struct user_file {
    std::vector<listed_user> users;
    std::vector<bad_line> bad;
};

/// Reads the lines of a file of users: ADDRESS PASSWORD each, or CSV (RFC 4180, without line ends
/// in a field) where the first line names the columns, which are arguments of `user add`. Empty
/// lines, and those that begin with #, say nothing.
[[nodiscard]] user_file read_user_file(const std::vector<std::string>& lines);

} // namespace lyceum::admin
