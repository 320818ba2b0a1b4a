#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::pres {

/// Somebody to be watched. [MS-PRES] 2.2.2.4.1
struct resource {
    std::string uri; ///< sip: uri, as written
    bool context =
        false; ///< the watched user is to hear of the watcher: he has him on his contact list

    friend bool operator==(const resource&, const resource&) = default;
};

/// One action of a batch: start or stop watching some users, in some categories.
struct subscribe_action {
    bool subscribe = true; ///< else unsubscribe
    std::uint32_t id = 0;  ///< the client's number for it
    std::vector<resource> resources;
    std::vector<std::string> categories; ///< names; empty only when unsubscribing

    friend bool operator==(const subscribe_action&, const subscribe_action&) = default;
};

/// batchSub: whom a watcher wants to see. [MS-PRES] 2.2.2.4.1, 6.8
struct batch_subscribe {
    std::string uri; ///< sip: uri of the watcher
    std::vector<subscribe_action> actions;

    friend bool operator==(const batch_subscribe&, const batch_subscribe&) = default;
};

parsed<batch_subscribe> parse_batch_subscribe(std::string_view document);
[[nodiscard]] std::string serialise(const batch_subscribe&);

} // namespace lyceum::pres
