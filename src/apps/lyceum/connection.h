#pragma once

#include "admin/client.h"
#include "apps/deployment/deployment.h"

namespace lyceum::apps::console {

/// Carries out a command of the table: through the running server's socket, else on the store
/// itself under the exclusive lock.
[[nodiscard]] admin::outcome
carry_out(const deployment::deployment&, std::string_view command, const admin::arguments&);

/// The running server; nothing when none answers.
[[nodiscard]] std::optional<admin::client> running_server(const deployment::deployment&);

} // namespace lyceum::apps::console
