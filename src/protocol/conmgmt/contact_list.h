#pragma once

#include "base/result.h"
#include "domain/people/contact_list.h"

#include <string>
#include <string_view>

namespace lyceum::conmgmt {

/// The event package of contact lists, and the type of its documents. [MS-SIP] 3.7.4.1
inline constexpr std::string_view event = "vnd-microsoft-roaming-contacts";
inline constexpr std::string_view content_type = "application/vnd-microsoft-roaming-contacts+xml";

/// The whole list, as it goes out in answer to a subscription. [MS-SIP] 2.2.4.1, 9.1
/// Contact uris stand without sip:, as in [MS-SIP] 3.7.5.2.
[[nodiscard]] std::string serialise(const people::contact_list&);
/// Groups and contacts come out sorted, uris in lower case.
parsed<people::contact_list> parse_contact_list(std::string_view document);

} // namespace lyceum::conmgmt
