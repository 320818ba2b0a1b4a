#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "domain/people/user.h"

#include <array>
#include <expected>
#include <string>
#include <variant>

namespace lyceum::credentials {

/// What a client presented in answer to our NTLM challenge.
struct ntlm_proof {
    std::array<std::uint8_t, 8> challenge{}; ///< ours
    byte_vector authenticate;                ///< its AUTHENTICATE_MESSAGE. [MS-NLMP] 2.2.1.3
    std::string peer;                        ///< the address it came from, for throttling
};

/// Proven: who it is, and the key that signing needs.
struct proven {
    people::user user;
    std::array<std::uint8_t, 16> session_key{}; ///< ExportedSessionKey
    std::uint32_t flags = 0;                    ///< negotiated NTLM flags
};

/// Not proven, and why; the client hears only that the handshake failed (no user enumeration).
struct refused {
    enum class why { malformed, unknown_user, wrong_password, disabled, throttled };
    why reason = why::wrong_password;
    std::string login; ///< as claimed, for the log
};

/// The word for the log.
[[nodiscard]] constexpr const char* name(refused::why w) {
    switch (w) {
    case refused::why::malformed:
        return "malformed";
    case refused::why::unknown_user:
        return "unknown_user";
    case refused::why::wrong_password:
        return "wrong_password";
    case refused::why::disabled:
        return "disabled";
    case refused::why::throttled:
        return "throttled";
    }
    return "?";
}

using verdict = std::variant<proven, refused, unavailable>;

/// Verifies what clients present. Blocks; called on the pool of net/shard.h.
class verifier {
public:
    virtual ~verifier() = default;
    [[nodiscard]] virtual verdict verify(const ntlm_proof&) = 0;
};

} // namespace lyceum::credentials
