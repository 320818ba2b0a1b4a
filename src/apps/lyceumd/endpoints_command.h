#pragma once

#include "admin/command.h"
#include "roles/registrar/binding.h"
#include "store/users.h"

#include <functional>
#include <vector>

namespace lyceum::apps::server {

/// Where so many users, who are at home on one shard, are signed in: in the order of the question.
using endpoints_of_some = std::vector<std::vector<roles::registrar::binding>>;
/// Asks that shard and waits.
using endpoints_asker =
    std::function<endpoints_of_some(unsigned shard, const std::vector<sip::aor>&)>;

/// The command `endpoints`: of one user, or of a page of all users. A shard is kept for one page's
/// share of look-ups, whatever the number of users; who wants the next page asks for it.
[[nodiscard]] admin::outcome
list_endpoints(const admin::arguments&, store::users&, unsigned shards, const endpoints_asker&);

} // namespace lyceum::apps::server
