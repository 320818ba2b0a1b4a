#pragma once

#include "protocol/inband/groups.h"

namespace lyceum::roles::provisioning {

/// What this deployment tells its clients. Each group says what is so, not what might be: a service
/// that does not exist is not named. Defaults are those of a deployment without any of the later
/// roles.
struct settings {
    inband::server_configuration server{.encryption = inband::av_encryption::support};
    inband::uc_policy calls = {};
    inband::user_setting user = {};
    inband::location_policy location = {};
    inband::media_configuration media = {};
    inband::persistent_chat_configuration chat = {};
};

} // namespace lyceum::roles::provisioning
