#pragma once

#include "base/crypto/seal.h"
#include "store/users.h"

#include <optional>
#include <string>

namespace lyceum::credentials::builtin {

/// Whether a key is the one that the stored passwords were sealed with.
struct key_trial {
    std::size_t opened = 0; ///< passwords that it opened
    std::size_t refused = 0;
    std::optional<sip::aor> first_refused;

    /// Nobody who was tried can sign in.
    [[nodiscard]] bool is_wrong() const { return opened == 0 && refused != 0; }
    /// What to tell the administrator of the key in that file when somebody's password is refused.
    [[nodiscard]] std::string advice(const std::string& file) const;
};

/// Tries the key on the first few users only: one key seals all, and a start must not wait for a
/// large store.
[[nodiscard]] store::stored<key_trial> try_key(const crypto::seal_key&, store::users&);

} // namespace lyceum::credentials::builtin
