#pragma once

#include "base/instant.h"

#include <cstddef>

namespace lyceum::roles::registrar {

struct settings {
    std::chrono::seconds expires{
        7200}; ///< given to clients, whatever they ask for. digest MS-SIPREGE 4 rule 5
    std::chrono::seconds min_expires{
        60}; ///< plain SIP user agents that ask for less get 423. RFC 3261 10.3
    std::size_t max_endpoints = 8; ///< a further one drops the oldest. digest MS-SIPREGE 4 rule 9
};

} // namespace lyceum::roles::registrar
