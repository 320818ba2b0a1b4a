#pragma once

#include "admin/service.h"

#include <expected>
#include <memory>
#include <string>

namespace lyceum::apps::server {

/// DATA/run/admin.sock: JSON lines for `lyceum`. Only the owner of the process and root get an
/// answer (mode 0600 and the peer's credentials). Runs on a thread of its own, away from the
/// shards.
class admin_socket {
public:
    [[nodiscard]] static std::expected<std::unique_ptr<admin_socket>, std::string>
    open(const std::string& path, admin::service&);
    virtual ~admin_socket() = default;
};

} // namespace lyceum::apps::server
