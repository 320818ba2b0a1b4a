#pragma once

#include "domain/people/contact_change.h"
#include "store/stored.h"

namespace lyceum::store {

// The changes are domain values, so that roles may speak of them without the store.
using people::add_group;
using people::contact_change;
using people::contact_limits;
using people::contact_outcome;
using people::delete_contact;
using people::delete_group;
using people::modify_group;
using people::set_contact;

/// Contact lists of users. A user who was never here has the empty list with the default group "~",
/// delta 1.
class contacts {
public:
    virtual ~contacts() = default;
    [[nodiscard]] virtual stored<people::contact_list> load(const sip::aor&) = 0;
    /// Applies one change if the list still stands at expected_delta; delta_num grows by one.
    /// An expected_delta of 0 skips that check (pidgin-sipe sends 0 when it has read no list).
    [[nodiscard]] virtual stored<contact_outcome> apply(const sip::aor&,
                                                        std::uint32_t expected_delta,
                                                        const contact_change&,
                                                        const contact_limits&) = 0;
};

} // namespace lyceum::store
