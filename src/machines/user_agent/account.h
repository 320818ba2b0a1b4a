#pragma once

#include "machines/transaction/timings.h"
#include "protocol/ntlm/client.h"
#include "protocol/sip/uri.h"

#include <optional>
#include <string>

namespace lyceum::user_agent {

/// Who signs in, from which device, and how.
struct account {
    sip::aor aor;
    /// With whose password; the hash is only looked at when `authenticate` is set.
    ntlm::identity login;
    /// Which device this is: kept across restarts, at most 16 characters. digest MS-SIPRE 3.1
    std::string epid;
    std::string product = "Lyceum/" LYCEUM_VERSION; ///< User-Agent
    /// Insist on [MS-SIPAE]: every message is signed both ways. False only towards a server that
    /// trusts our address.
    bool authenticate = true;
    /// What to ask for; nothing: the server's choice.
    std::optional<std::chrono::seconds> expires{};
    /// How long an incoming invitation rings before it is answered. Real clients of a user with
    /// several endpoints wait too. digest pidgin-sipe 3 (MPOP)
    std::chrono::seconds answer_delay{0};
    std::chrono::seconds invite_patience{180}; ///< how long our own invitation may ring
    /// Told apart from other endpoints that share a datagram socket; hex digits.
    std::string branch_prefix{};
    transaction::timings timings{};
};

/// user, DOMAIN\user, DOMAIN/user or user@realm, as people type their login; the password becomes
/// its hash. Nothing when the password is not UTF-8.
[[nodiscard]] std::optional<ntlm::identity> identity_of(std::string_view login,
                                                        std::string_view password);

} // namespace lyceum::user_agent
