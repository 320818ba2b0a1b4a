#pragma once

#include "base/ip_endpoint.h"

#include <expected>
#include <functional>
#include <memory>
#include <string>

namespace lyceum::apps::server {

/// GET /metrics for Prometheus, on a thread of its own. Anything else is 404.
class metrics_server {
public:
    /// page: makes the text; called for every request, on the server's thread.
    [[nodiscard]] static std::expected<std::unique_ptr<metrics_server>, std::string>
    open(const ip_endpoint& at, std::function<std::string()> page);
    virtual ~metrics_server() = default;
};

} // namespace lyceum::apps::server
