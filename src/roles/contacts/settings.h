#pragma once

#include "domain/people/contact_change.h"

#include <cstddef>

namespace lyceum::roles::contacts {

struct settings {
    people::contact_limits limits = {};
    std::size_t max_name = 256;          ///< octets of a contact's or group's name. [MS-SIP] 9.1
    std::size_t max_external_uri = 1024; ///< octets. [MS-SIP] 9.1
    std::size_t max_extension = 1024;    ///< octets of a contact's extension. [MS-SIP] 9.1
    std::size_t max_waiting = 100; ///< requests of one user that wait for the store; more get 503
};

} // namespace lyceum::roles::contacts
