#pragma once

#include "store/contacts.h"
#include "store/soci/sessions.h"
#include "store/trusted.h"
#include "store/users.h"

namespace lyceum::store::soci {

// The ports over the sessions; each in a file of its own. They keep a reference to the sessions.

[[nodiscard]] std::unique_ptr<store::users> make_users(sessions&);
[[nodiscard]] std::unique_ptr<store::contacts> make_contacts(sessions&);
[[nodiscard]] std::unique_ptr<store::trusted> make_trusted(sessions&);

} // namespace lyceum::store::soci
