#pragma once

#include "base/environment.h"
#include "credentials/builtin/secret.h"
#include "credentials/verifier.h"

#include <memory>

namespace lyceum::credentials::builtin {

/// How wrong passwords are answered to. Counted per user and address, and per user whatever the
/// address.
struct settings {
    unsigned failures = 5;                   ///< wrong passwords before the first pause; at least 1
    std::chrono::seconds first_pause{1};     ///< doubles with each further one
    std::chrono::seconds longest_pause{300}; ///< of a user from one address
    /// Of a user from anywhere: short, so that nobody can lock another out by guessing.
    std::chrono::seconds longest_user_pause{30};
    std::chrono::seconds forget{900};  ///< without a failure for so long, all is forgotten
    std::size_t max_remembered = 8192; ///< users, and users with addresses; logins of nobody apart
};

/// Verifies against the sealed NT hashes of the store. Any thread. The references must outlive it.
/// Tells nobody by its time whether a login exists, and throttles logins of nobody as it does real
/// ones.
[[nodiscard]] std::unique_ptr<verifier>
make_verifier(store::users&, const crypto::seal_key&, const environment&, const settings& = {});

} // namespace lyceum::credentials::builtin
