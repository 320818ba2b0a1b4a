#pragma once

#include "admin/client.h"
#include "apps/deployment/deployment.h"

namespace lyceum::apps::console {

/// Carries out a command of the table: through the running server's socket, else on the store
/// itself under the exclusive lock.
[[nodiscard]] admin::outcome
carry_out(const deployment::deployment&, std::string_view command, const admin::arguments&);

/// What to do when this user may not reach server and lock; empty: nothing stands in the way.
[[nodiscard]] std::string denied(const deployment::deployment&);

/// The running server; nothing when none answers.
[[nodiscard]] std::optional<admin::client> running_server(const deployment::deployment&);

} // namespace lyceum::apps::console
