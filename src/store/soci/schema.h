#pragma once

#include <span>
#include <string_view>

namespace soci {
class session;
} // namespace soci

namespace lyceum::store::soci {

/// The texts of migrations/NNNN_*.sql in their order: number n brings a database from n - 1 to n.
[[nodiscard]] std::span<const std::string_view> migrations();

/// Which migrations a database has; 0 for an empty one. Throws what SOCI throws.
[[nodiscard]] int schema_of(::soci::session&);

/// Applies what is missing, each migration in a transaction of its own. Throws, also for a schema
/// that is newer than migrations().
void migrate(::soci::session&);

} // namespace lyceum::store::soci
