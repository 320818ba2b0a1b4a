#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::pres {

/// What became of a watched user in a list of them. digest MS-PRES 3.12, RFC 4662 5.5
enum class instance_state : std::uint8_t {
    active,      ///< a part of the message has the data
    resubscribe, ///< somebody else has the data: ask there
    terminated,  ///< there is nothing to watch
};

/// One user in the list, with one instance.
struct rlmi_resource {
    std::string uri; ///< sip: uri, as it was asked for
    instance_state state = instance_state::active;
    std::string cid = {}; ///< Content-ID of the part; only when active
    std::string pool_fqdn =
        {};                  ///< sip: uri to ask; only with resubscribe, empty: ask the user itself
    std::string reason = {}; ///< only when terminated. RFC 4662 5.5, RFC 6665 4.1.3

    friend bool operator==(const rlmi_resource&, const rlmi_resource&) = default;
};

/// The list in front of the parts of a multipart notification. RFC 4662 5
struct rlmi_list {
    std::string uri;           ///< sip: uri of the watcher
    std::uint32_t version = 0; ///< counts the lists of one subscription, from 0
    bool full_state = true;    ///< every watched user is in it
    std::vector<rlmi_resource> resources;

    friend bool operator==(const rlmi_list&, const rlmi_list&) = default;
};

[[nodiscard]] std::string serialise(const rlmi_list&);
parsed<rlmi_list> parse_rlmi(std::string_view document);

} // namespace lyceum::pres
