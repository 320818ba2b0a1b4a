#pragma once

#include "net/flow.h"

#include <string>

namespace lyceum::sipstack {

/// The way of one message: over which flow, and for UDP to or from whom.
struct path {
    net::transport kind = net::transport::tcp;
    net::flow_id flow;
    ip_endpoint peer;

    friend bool operator==(const path&, const path&) = default;
};

} // namespace lyceum::sipstack
