#pragma once

#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::inband {

/// A setting's name and its value as text; booleans are true and false. digest MS-SIPREGE 4 rule 24
struct property {
    std::string name;
    std::string value;

    friend bool operator==(const property&, const property&) = default;
};

/// How a group lays its settings out; its name decides. [MS-SIPREGE] 2.2.2.5, digest 3.7.2
enum class shape : std::uint8_t {
    elements,      ///< <name>value</name>: ServerConfiguration, userSetting
    instance,      ///< instance/property: meetingPolicy, ucPolicy
    property_list, ///< propertyEntryList/property: endpointConfiguration and the later ones
};

/// Of a group of that name; nothing for publication grammars and names we do not know.
[[nodiscard]] std::optional<shape> shape_of(std::string_view group_name);

/// One provisionGroup.
struct provision_group {
    std::string name;
    std::vector<property> properties; ///< in document order
    std::string raw = {}; ///< the content, if the group has no shape we know: well-formed XML

    friend bool operator==(const provision_group&, const provision_group&) = default;
};

/// provisionGroupList: what a client is told. [MS-SIPREGE] 2.2.2.5
struct provision {
    std::vector<provision_group> groups;

    friend bool operator==(const provision&, const provision&) = default;
};

[[nodiscard]] std::string serialise(const provision&);
/// Values are trimmed. The name of the root does not matter.
parsed<provision> parse_provision(std::string_view document);

} // namespace lyceum::inband
