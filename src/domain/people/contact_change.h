#pragma once

#include "domain/people/contact_list.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

namespace lyceum::people {

/// One change of a contact list, as a user asks for it. [MS-SIP] 2.2.4.2
struct add_group {
    std::string name;
    std::string external_uri;

    friend bool operator==(const add_group&, const add_group&) = default;
};
struct modify_group {
    std::uint32_t id = 0;
    std::string name;
    std::string external_uri;

    friend bool operator==(const modify_group&, const modify_group&) = default;
};
struct delete_group {
    std::uint32_t id = 0;

    friend bool operator==(const delete_group&, const delete_group&) = default;
};
struct set_contact {
    people::contact contact; ///< added, or replaced when its uri is there

    friend bool operator==(const set_contact&, const set_contact&) = default;
};
struct delete_contact {
    std::string uri; ///< without sip:

    friend bool operator==(const delete_contact&, const delete_contact&) = default;
};
using contact_change =
    std::variant<add_group, modify_group, delete_group, set_contact, delete_contact>;

/// Limits of one list; refused changes leave it as it was.
struct contact_limits {
    std::size_t max_contacts = 1000;
    std::size_t max_groups = 64;

    friend bool operator==(const contact_limits&, const contact_limits&) = default;
};

/// How a change went.
struct contact_outcome {
    enum class kind : std::uint8_t {
        done,
        stale,             ///< expected_delta was not the list's: nothing changed
        unknown_contact,   ///< ms-diagnostics 2001
        unknown_group,     ///< 2002
        too_many_contacts, ///< 2007
        too_many_groups,   ///< 2008
        duplicate_group,   ///< 2015
    };
    kind what = kind::done;
    std::uint32_t delta_num = 0; ///< of the list now
    std::uint32_t group_id = 0;  ///< of the group that add_group made

    friend bool operator==(const contact_outcome&, const contact_outcome&) = default;
};

} // namespace lyceum::people
