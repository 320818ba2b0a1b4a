#pragma once

#include "admin/command.h"

#include <string>

namespace lyceum::apps::console {

// A backup is a folder: the store, lyceum.toml, certificates, keys, and backup.json, which names
// each file with its SHA-256 and is written last. It holds every secret of the deployment: 0700,
// keep it so.

/// `lyceum backup DIR`. While the server runs or not; the folder must be empty or missing,
/// and is made 0700. What it made is gone again when it fails.
[[nodiscard]] admin::outcome backup(const std::string& config, const std::string& folder);

/// `lyceum restore DIR`: checks the whole backup, then puts its files in the place of the
/// deployment's, all of them or, when it fails, none (replacement.h). Each file that was there is
/// kept beside it as FILE.replaced (FILE.replaced-2 and so on when a restore has been there
/// before); the result names them. Only while no server runs. The config file need not exist: the
/// backup's settings go there.
[[nodiscard]] admin::outcome restore(const std::string& config, const std::string& folder);

} // namespace lyceum::apps::console
