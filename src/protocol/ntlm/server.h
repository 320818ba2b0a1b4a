#pragma once

#include "protocol/ntlm/authenticate.h"
#include "protocol/ntlm/challenge.h"

#include <expected>

namespace lyceum::ntlm {

/// What a proven answer gives.
struct session {
    octets16 key{}; ///< ExportedSessionKey: what signing keys are made of
    std::uint32_t flags = 0;

    friend bool operator==(const session&, const session&) = default;
};

enum class refusal : std::uint8_t {
    anonymous,      ///< no NT response at all
    ntlmv1,         ///< 24 octets: a DES response, weak, and not accepted
    bad_response,   ///< neither form
    bad_key,        ///< key exchange agreed on, but the key is not 16 octets
    wrong_password, ///< the proof is not this user's
};
[[nodiscard]] const char* name(refusal);

/// Checks an answer to our challenge against the NT hash of the user it names; in constant time as
/// far as the hash is concerned. The user must have been found by the caller.
/// [MS-NLMP] 3.2.5.2.2, 3.3.2
[[nodiscard]] std::expected<session, refusal>
check(const authenticate_message&, const octets8& server_challenge, const octets16& nt_hash);

/// False when the answer says that it bears a MIC and this is not the one of these two messages.
/// [MS-NLMP] 3.2.5.2.2. challenge, authenticate: as they went over the wire, connectionless form.
[[nodiscard]] bool
integrity_holds(const octets16& exported_session_key, byte_view challenge, byte_view authenticate);

} // namespace lyceum::ntlm
