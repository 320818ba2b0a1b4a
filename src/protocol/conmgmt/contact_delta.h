#pragma once

#include "base/result.h"
#include "domain/people/contact_list.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::conmgmt {

/// What changed between two states of a contact list. [MS-SIP] 2.2.4.1, contactDelta
struct contact_delta {
    std::uint32_t prev_delta_num = 0;
    std::uint32_t delta_num = 0;
    std::vector<people::group> added_groups = {};
    std::vector<people::group> modified_groups = {};
    std::vector<people::contact> added_contacts = {};
    std::vector<people::contact> modified_contacts = {};
    std::vector<std::uint32_t> deleted_groups = {}; ///< ids
    std::vector<std::string> deleted_contacts = {}; ///< uris without sip:

    friend bool operator==(const contact_delta&, const contact_delta&) = default;
};

/// How after came from before. Both lists are sorted, groups by id and contacts by uri.
[[nodiscard]] contact_delta difference(const people::contact_list& before,
                                       const people::contact_list& after);

/// In the order of [MS-SIP] 9.1: added and modified groups, then contacts, deleted groups, deleted
/// contacts. Contact uris stand with sip:, unlike in the whole list. seen: pidgin-sipe 1.25
/// sipe-notify.c
[[nodiscard]] std::string serialise(const contact_delta&);
parsed<contact_delta> parse_contact_delta(std::string_view document);

} // namespace lyceum::conmgmt
