#pragma once

#include "store/contacts.h"
#include "store/trusted.h"
#include "store/users.h"

namespace lyceum::tests {

/// The ports of a store that is changed.
struct changed_store {
    store::users& users;
    store::contacts& contacts;
    store::trusted& trusted;
};

/// Carries out change number n of the sequence that the seed gives: the same one wherever it is
/// done. False when the store could not.
[[nodiscard]] bool change(changed_store, std::uint64_t seed, std::uint32_t n);

/// Everything that a store holds, as text that can be compared.
[[nodiscard]] std::string picture(changed_store);

} // namespace lyceum::tests
