#pragma once

#include "base/result.h"
#include "protocol/pres/category.h"
#include "protocol/pres/containers.h"
#include "protocol/pres/subscribers.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::pres {

/// roamingList: which of a user's own data an endpoint wants to follow. digest MS-PRES 3.5
struct roaming_list {
    bool categories = false;
    bool containers = false;
    bool subscribers = false;
    bool delegates = false;

    friend bool operator==(const roaming_list&, const roaming_list&) = default;
};

/// At least one type that we know; others are passed over.
parsed<roaming_list> parse_roaming_list(std::string_view document);
[[nodiscard]] std::string serialise(const roaming_list&);

/// roamingData: a user's own data, told to the user's endpoints. A part that is nothing is not in
/// the document; one that is empty is there, and says that there are none.
struct roaming_data {
    std::optional<std::vector<category>> categories = {};
    std::optional<std::vector<container>> containers = {};
    std::optional<std::vector<subscriber>> subscribers = {};
    std::optional<std::uint32_t> delegates_version = {}; ///< of a list without delegates

    friend bool operator==(const roaming_data&, const roaming_data&) = default;
};

[[nodiscard]] std::string serialise(const roaming_data&);
parsed<roaming_data> parse_roaming_data(std::string_view document);

} // namespace lyceum::pres
