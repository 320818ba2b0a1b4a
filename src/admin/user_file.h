#pragma once

#include "admin/command.h"

namespace lyceum::admin {

/// A user of a file of users: what `user add` would be given.
struct listed_user {
    std::size_t line = 0; ///< the first is 1
    arguments what;
};
struct user_file {
    std::vector<listed_user> users;
    std::vector<failure::bad_line> bad;
};

/// Reads the lines of a file of users: ADDRESS PASSWORD each, the password being all that follows
/// the first blanks; or CSV (RFC 4180, without line ends in a field) where the first line names the
/// columns, which are arguments of `user add`, and shows what separates them: commas, semicolons or
/// tabs. Names of columns count without case, blanks in them as underscores. Blanks around what
/// stands without quotes are not part of it. Control characters are refused. Empty lines, and those
/// that begin with # where no columns are named yet, say nothing.
[[nodiscard]] user_file read_user_file(const std::vector<std::string>& lines);

/// What is wrong with a file, by line: the first hundred are told, the others counted.
[[nodiscard]] failure wrong_lines(const std::map<std::size_t, std::string>&);

} // namespace lyceum::admin
