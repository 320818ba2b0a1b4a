#pragma once

#include "protocol/sip/uri.h"

#include <cstdint>
#include <string>

namespace lyceum::people {

/// A person (or a room, a phone, an application) that may sign in.
struct user {
    sip::aor aor;
    std::string display_name;
    std::string login; ///< NTLM user name, lower case; the AOR's user part unless told
    std::string
        domain; ///< NetBIOS or DNS domain that may stand before the login; compared without case
    std::string line_uri; ///< tel:+...; empty if none
    std::string mail;     ///< empty if none
    bool enabled = true;  ///< disabled users exist, but are refused

    friend bool operator==(const user&, const user&) = default;
};

} // namespace lyceum::people
