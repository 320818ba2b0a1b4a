#pragma once

#include "apps/deployment/deployment.h"

#include <string>
#include <vector>

namespace lyceum::apps::console {

/// A file of the deployment: its name in a backup, and where it lives.
struct kept_file {
    std::string name;
    std::string path;
    unsigned rights;
    bool needed;
};

/// The store's name in a backup.
constexpr const char* store_name = "lyceum.db";

/// What a backup holds, but for the store and backup.json.
[[nodiscard]] std::vector<kept_file> kept_files(const deployment::deployment&);

} // namespace lyceum::apps::console
