#pragma once

#include "base/crypto/seal.h"
#include "base/random/random.h"
#include "protocol/ntlm/payload.h"
#include "protocol/sip/uri.h"
#include "store/users.h"

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::credentials::builtin {

/// A user's NT hash as the store keeps it: one octet of format (1), 12 of nonce, the hash under
/// AES-256-GCM, 16 of tag; bound to the user's AOR, so that rows cannot be swapped. 45 octets.
[[nodiscard]] store::sealed_secret seal_nt_hash(const crypto::seal_key&,
                                                const sip::aor&,
                                                const ntlm::octets16& nt_hash,
                                                random::source&);
/// The same from a password; the error says in one line what is wrong with it.
[[nodiscard]] std::expected<store::sealed_secret, std::string>
seal_nt_hash(const crypto::seal_key&, const sip::aor&, std::string_view password, random::source&);
/// Nothing when it was sealed with another key or for another user, or is damaged.
[[nodiscard]] std::optional<ntlm::octets16>
open_nt_hash(const crypto::seal_key&, const sip::aor&, const store::sealed_secret&);

} // namespace lyceum::credentials::builtin
