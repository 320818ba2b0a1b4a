#pragma once

#include "base/result.h"
#include "protocol/xml/writer.h"

#include <string>
#include <string_view>
#include <vector>

namespace lyceum::pres {

/// Somebody who watches the user without being on the user's contact list. [MS-PRES] 2.2.2.6.1
struct subscriber {
    std::string user; ///< user@host without sip:, lower case
    std::string display_name;
    bool acknowledged = false;

    friend bool operator==(const subscriber&, const subscriber&) = default;
};

/// The subscribers element of roamingData.
void write(xml::writer&, const std::vector<subscriber>&);
parsed<std::vector<subscriber>> read_subscribers(const xml::element&);

/// setSubscribers: the user has seen this one. Exactly one in a request. [MS-PRES] 2.2.2.6.2
struct set_subscribers {
    std::string user; ///< user@host without sip:, lower case

    friend bool operator==(const set_subscribers&, const set_subscribers&) = default;
};
parsed<set_subscribers> parse_set_subscribers(std::string_view document);
[[nodiscard]] std::string serialise(const set_subscribers&);

} // namespace lyceum::pres
