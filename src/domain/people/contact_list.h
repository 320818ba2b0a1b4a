#pragma once

#include "protocol/sip/uri.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lyceum::people {

/// A group of a user's contact list. digest MS-SIPREGE 3.8, MS-PRES (contacts)
struct group {
    std::uint32_t id = 0; ///< unique in the list; 1 is the default group "~"
    std::string name;
    std::string external_uri;

    friend bool operator==(const group&, const group&) = default;
};

/// Somebody on a user's list.
struct contact {
    std::string uri; ///< without sip:, as the list document has it; lower case
    std::string name;
    std::vector<std::uint32_t> groups; ///< ids, ascending
    bool subscribed = true;
    std::string external_uri;
    std::string extension; ///< contactExtension, an XML fragment kept as it came; may be empty

    friend bool operator==(const contact&, const contact&) = default;
};

/// What a user sees of whom. delta_num grows by exactly one with every change and is never 0.
struct contact_list {
    std::uint32_t delta_num = 1;
    std::vector<group> groups;     ///< by id
    std::vector<contact> contacts; ///< by uri

    friend bool operator==(const contact_list&, const contact_list&) = default;
};

} // namespace lyceum::people
