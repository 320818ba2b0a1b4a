#pragma once

#include "base/result.h"
#include "protocol/pres/category.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::pres {

/// One thing that a user publishes or deletes. digest MS-PRES 3.2
struct publication {
    std::string category_name;
    std::uint32_t instance = 0;
    std::uint16_t container = 0;
    std::uint32_t version = 0; ///< the current one, as the client knows it; 0: there is none yet
    expire_type expires_with = expire_type::endpoint;
    std::optional<std::uint32_t> expires = {}; ///< seconds; 0 deletes the instance
    std::string content = {};                  ///< one element that stands alone, or nothing

    friend bool operator==(const publication&, const publication&) = default;
};

/// A publish request: all of it happens, or nothing.
struct publish {
    std::string uri; ///< sip: uri of the user whose data it is
    std::vector<publication> publications;

    friend bool operator==(const publish&, const publish&) = default;
};

/// Containers are 0 to 32767; a missing expireType is endpoint, missing numbers are 0.
parsed<publish> parse_publish(std::string_view document);
[[nodiscard]] std::string serialise(const publish&);

} // namespace lyceum::pres
