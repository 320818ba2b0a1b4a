#pragma once

#include "base/result.h"
#include "protocol/xml/writer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::pres {

/// Whom a container member stands for. digest MS-PRES 3.5
enum class member_type : std::uint8_t {
    user,
    domain,
    same_enterprise,
    federated,
    public_cloud,
    everyone
};
[[nodiscard]] std::string_view word(member_type);
[[nodiscard]] std::optional<member_type> read_member_type(std::string_view);

/// Somebody who may read a container.
struct member {
    member_type type = member_type::user;
    std::string value =
        {}; ///< user@host without sip:, or a domain, lower case; empty for the others

    friend bool operator==(const member&, const member&) = default;
    friend auto operator<=>(const member&, const member&) = default;
};

/// Who may read what is published in one container. digest MS-PRES 3.6
struct container {
    std::uint16_t id = 0; ///< 1 to 32767; 0 has no members
    std::uint32_t version = 0;
    std::vector<member> members;

    friend bool operator==(const container&, const container&) = default;
};

/// The containers element of roamingData.
void write(xml::writer&, const std::vector<container>&);
parsed<std::vector<container>> read_containers(const xml::element&);

/// A change of one container's members.
struct member_change {
    bool add = true; ///< else remove
    member who;

    friend bool operator==(const member_change&, const member_change&) = default;
};
struct container_change {
    std::uint16_t id = 0;
    std::uint32_t version = 0; ///< the current one, as the client knows it; 0: there is none yet
    std::vector<member_change> members;

    friend bool operator==(const container_change&, const container_change&) = default;
};

/// setContainerMembers, the changes of one SERVICE request. digest MS-PRES 3.6
parsed<std::vector<container_change>> parse_set_container_members(std::string_view document);
[[nodiscard]] std::string serialise(const std::vector<container_change>&);

} // namespace lyceum::pres
