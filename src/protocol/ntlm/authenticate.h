#pragma once

#include "protocol/ntlm/flags.h"
#include "protocol/ntlm/payload.h"

#include <optional>
#include <string>

namespace lyceum::ntlm {

/// The client's answer. [MS-NLMP] 2.2.1.3
struct authenticate_message {
    byte_vector lm_response{}; ///< never looked at
    byte_vector nt_response{}; ///< an ntlmv2_response, or the 24 octets of NTLMv1
    std::string domain{};      ///< as typed; may be empty
    std::string user{};        ///< as typed: alice, or alice@contoso.test with an empty domain
    std::string workstation{};
    byte_vector encrypted_session_key{}; ///< 16 octets, or none without NTLMSSP_NEGOTIATE_KEY_EXCH
    std::uint32_t flags = 0;
    std::optional<os_version> version{};
    std::optional<octets16> mic{}; ///< only behind a version; meaningful when the AV flags say so

    friend bool operator==(const authenticate_message&, const authenticate_message&) = default;
};

/// Refuses names that are not UTF-16 (NTLMSSP_NEGOTIATE_UNICODE is a must) and payload outside the
/// message.
parsed<authenticate_message> parse_authenticate(byte_view);
/// Payload in the order that clients use: domain, user, workstation, LM, NT, session key.
/// digest MS-SIPAE 3.7. A mic without a version is not written.
void serialise(const authenticate_message&, byte_writer& out);

/// Where the MIC lies in a message that has one. [MS-NLMP] 2.2.1.3
inline constexpr std::size_t mic_at = 72;

} // namespace lyceum::ntlm
