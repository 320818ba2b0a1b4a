#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::conmgmt {

/// The event package of access control lists, and the type of its documents. [MS-SIP] 3.7.4.2
inline constexpr std::string_view acl_event = "vnd-microsoft-roaming-ACL";
inline constexpr std::string_view acl_content_type = "application/vnd-microsoft-roaming-acls+xml";

/// Who an entry is about. [MS-SIP] 2.2.3
enum class ace_type : std::uint8_t { all, user, domain };

/// May somebody see the user's presence? block: he sees the user as offline.
enum class view_right : char { allow = 'A', deny = 'D', prompt = 'P', block = 'B' };
/// May somebody start a conversation? The client's to enforce.
enum class reach_right : char { allow = 'A', deny = 'D' };

/// An access control entry. [MS-SIP] 2.2.3
struct ace {
    ace_type type = ace_type::all;
    std::string mask; ///< sip: uri, or domain; empty for all
    view_right view = view_right::allow;
    reach_right reach = reach_right::allow;

    friend bool operator==(const ace&, const ace&) = default;
};

/// Who may see and reach a user, the way clients of Live Communications Server 2005 know it.
struct acl {
    std::uint32_t delta_num = 1; ///< never 0
    std::vector<ace> entries;

    friend bool operator==(const acl&, const acl&) = default;
};

[[nodiscard]] std::string serialise(const acl&);
parsed<acl> parse_acl(std::string_view document);

} // namespace lyceum::conmgmt
