#pragma once

#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>

// Provisioning as clients of Live Communications Server 2005 ask for it.
namespace lyceum::inband::legacy {

/// digest MS-SIPREGE 3.8
inline constexpr std::string_view event = "vnd-microsoft-provisioning";
inline constexpr std::string_view content_type =
    "application/vnd-microsoft-roaming-provisioning+xml";

/// A phone that a client may control by way of a CSTA server.
struct line {
    std::string uri;    ///< tel: uri
    std::string server; ///< sip: uri

    friend bool operator==(const line&, const line&) = default;
};

/// provisioning/user/line. seen: pidgin-sipe 1.25 sipe-notify.c, which does not look at the root's
/// name
struct document {
    std::string user_uri; ///< sip: uri
    std::optional<line> controlled;

    friend bool operator==(const document&, const document&) = default;
};

[[nodiscard]] std::string serialise(const document&);
parsed<document> parse(std::string_view text);

} // namespace lyceum::inband::legacy
