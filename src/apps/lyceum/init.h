#pragma once

#include "admin/command.h"

#include <cstdint>
#include <string>

namespace lyceum::apps::console {

/// `lyceum init`: a data folder with settings, keys, certificates and an empty store. Refused
/// (exists) when one of its files is there.
[[nodiscard]] admin::outcome
init(const std::string& data, const std::string& domain, std::uint16_t port_base);

/// `lyceum certificate renew`: a new server certificate and key from the authority in the data
/// folder.
[[nodiscard]] admin::outcome renew_certificate(const std::string& config);

} // namespace lyceum::apps::console
