#pragma once

#include "store/contacts.h"

namespace lyceum::store {

/// The list of a user who was never here: the default group and delta 1. digest MS-PRES 3.13
[[nodiscard]] people::contact_list first_contact_list();

inline constexpr std::uint32_t default_group =
    1; ///< "~", made by the server, never deleted. digest MS-PRES 3.13

/// What every adapter does to a list: checks delta, limits and names, then changes it. Unless the
/// outcome is done, the list is as it was.
///  - add_group gives the smallest free id.
///  - delete_group takes its contacts out of the group; one that is then in no group goes to the
///  default
///    group. (assumed: the document wants the group empty; clients were seen not to care)
///  - the default group keeps its name and cannot be deleted: unknown_group. (assumed)
///  - group names are compared without regard to case. (assumed)
///  - set_contact lower-cases the uri and sorts the groups.
[[nodiscard]] contact_outcome apply(people::contact_list&,
                                    std::uint32_t expected_delta,
                                    const contact_change&,
                                    const contact_limits&);

} // namespace lyceum::store
