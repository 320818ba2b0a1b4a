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

/// On whose account something is done for others: the trusted peer of that name or address, as the
/// list has it, that was known over that transport. It stands for as long as the list says so.
struct account {
    std::string host; ///< empty: on nobody's
    net::transport kind = net::transport::tcp;

    friend bool operator==(const account&, const account&) = default;
};

/// How the house names a connection to its peers: ms-received-cid, 16 hex digits. digest
/// MS-SIPRE 3.4
[[nodiscard]] inline std::string cid_of(net::flow_id flow) {
    std::string out(16, '0');
    auto rest = flow.value;
    for (auto at = out.rbegin(); rest != 0; ++at, rest >>= 4U)
        *at = "0123456789ABCDEF"[rest & 15U];
    return out;
}

} // namespace lyceum::sipstack
