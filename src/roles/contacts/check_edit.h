#pragma once

#include "domain/people/contact_change.h"
#include "protocol/diagnostics/diagnostics.h"
#include "roles/contacts/settings.h"

#include <expected>

namespace lyceum::roles::contacts {

/// Refuses what is too long to be stored, and gives the change as the store is to have it: a
/// contact that names no group is in the default one. [MS-SIP] 3.7.4.4
std::expected<people::contact_change, diagnostics::refusal> check(people::contact_change,
                                                                  const settings&);

/// Why a change that the store was asked for did not happen. The outcome is not done.
[[nodiscard]] diagnostics::refusal why_not(people::contact_outcome::kind);

} // namespace lyceum::roles::contacts
