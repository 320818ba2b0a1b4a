#pragma once

#include "protocol/pres/state.h"
#include "roles/presence/publications.h"

#include <optional>
#include <string>
#include <vector>

namespace lyceum::roles::presence {

/// A state that was published into container 2 or 3, and when, and by which endpoint.
struct published_state {
    pres::state value;
    wall_instant published;
    std::string endpoint;
};

/// The states of one container that count; the server's own do not.
[[nodiscard]] std::vector<published_state> states_in(const publications&, std::uint16_t container);

/// The machine on which the user is most active: the lowest availability, the newest of equal ones.
/// Nothing without machines. digest MS-PRES 4 rule 16
[[nodiscard]] std::optional<pres::state> most_active_machine(const std::vector<published_state>&);

/// What all of it means for people: an aggregateState. digest MS-PRES 4 rules 17 to 22. The
/// document's own algorithm was not available to us; assumed, from the digest's rule 20:
///  - without a machine the user is offline;
///  - else the least available of: the most active machine, the newest userState, and those phone
///  and (begun)
///    calendar states that are newer than that userState;
///  - busy on a machine that is idle is busy-idle.
/// \param before the aggregate until now, for lastActive
[[nodiscard]] pres::state aggregate(const std::vector<published_state>&,
                                    const std::optional<pres::state>& before,
                                    wall_instant now);

/// What people outside may see of it: the availability and nothing else. digest MS-PRES 4 rule 17
[[nodiscard]] pres::state for_outsiders(const pres::state&);

} // namespace lyceum::roles::presence
