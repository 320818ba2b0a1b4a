#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace lyceum::inband {

/// The event package of in-band provisioning, and the type of its documents. [MS-SIPREGE] 2.2.2.1
inline constexpr std::string_view event = "vnd-microsoft-provisioning-v2";
inline constexpr std::string_view content_type =
    "application/vnd-microsoft-roaming-provisioning-v2+xml";

/// A group of settings that a client asks for. [MS-SIPREGE] 2.2.2.4
struct wanted_group {
    std::string name;   ///< ServerConfiguration, ucPolicy...; one that we do not know is no error
    std::string opaque; ///< empty if none

    friend bool operator==(const wanted_group&, const wanted_group&) = default;
};

/// provisioningGroupList: what a client wants to know. [MS-SIPREGE] 2.2.2.4
struct request {
    std::string subnet; ///< the client's, for the location policy; empty if not told
    std::vector<wanted_group> groups;

    friend bool operator==(const request&, const request&) = default;
};

/// Attributes and elements of other namespaces are passed over. At least one group is needed.
parsed<request> parse_request(std::string_view document);
[[nodiscard]] std::string serialise(const request&);

} // namespace lyceum::inband
