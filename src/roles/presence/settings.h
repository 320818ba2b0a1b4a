#pragma once

#include "base/instant.h"

#include <cstddef>
#include <string>
#include <vector>

namespace lyceum::roles::presence {

struct settings {
    /// Names that may be published besides those of the products. digest MS-PRES 4 rule 6
    std::vector<std::string> further_categories = {};
    std::size_t max_category_size = 64 * 1024;  ///< octets of one value
    std::size_t max_publications = 1000;        ///< of one user, those of the server included
    std::size_t max_members = 1000;             ///< of one container
    std::size_t max_prompted_subscribers = 200; ///< not yet acknowledged. digest MS-PRES 4 rule 28
    std::size_t max_self_subscriptions = 200;   ///< of one user. digest MS-PRES 4 rule 28
    std::size_t max_watchers = 10'000;          ///< of one user
    std::size_t max_watched = 1000;             ///< by one batch. digest MS-PRES 4 rule 28
    std::chrono::milliseconds batch_patience{
        2000}; ///< how long a first answer waits for slow homes
};

} // namespace lyceum::roles::presence
