#pragma once

#include "base/result.h"
#include "domain/people/contact_change.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace lyceum::conmgmt {

/// A change of the contact list, as a client asks for it by SOAP in a SERVICE request.
/// [MS-SIP] 2.2.4.2
struct edit {
    people::contact_change change;
    std::uint32_t delta_num =
        0; ///< what the client believes the list's number is; 0: it has read no list

    friend bool operator==(const edit&, const edit&) = default;
};

/// Who may see and reach the user, the way of Live Communications Server 2005. [MS-SIP] 3.7.5.1
struct set_ace {
    std::string type;   ///< ALL, USER or DOMAIN
    std::string mask;   ///< sip: uri, or domain; empty for ALL
    std::string rights; ///< two letters, see acl.h
    std::uint32_t delta_num = 0;

    friend bool operator==(const set_ace&, const set_ace&) = default;
};

/// A SOAP method that is none of these. Its name, for the answer and the log.
struct other_method {
    std::string name;

    friend bool operator==(const other_method&, const other_method&) = default;
};

using soap_request = std::variant<edit, set_ace, other_method>;

/// Reads the envelope of a SERVICE request. Elements may come in any order and namespace.
/// A contact's groups come out sorted, its uri in lower case and without sip:.
parsed<soap_request> parse_soap_request(std::string_view document);
/// As a client writes it; elements in the order of [MS-SIP] 9.2 to 9.5.
[[nodiscard]] std::string serialise(const edit&);
[[nodiscard]] std::string serialise(const set_ace&);

/// What addGroup is answered with: the id of the new group. [MS-SIP] 4.8
/// The other methods are answered without a body.
[[nodiscard]] std::string add_group_reply(std::uint32_t group_id);
parsed<std::uint32_t> parse_add_group_reply(std::string_view document);

} // namespace lyceum::conmgmt
