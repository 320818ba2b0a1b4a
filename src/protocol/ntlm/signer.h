#pragma once

#include "base/crypto/hmac.h"
#include "protocol/ntlm/flags.h"
#include "protocol/ntlm/payload.h"

namespace lyceum::ntlm {

enum class side : std::uint8_t { client, server };

/// NTLM sessions of SIP give every message this number. digest MS-SIPAE 3.6
inline constexpr std::uint32_t sip_sequence = 100;

/// The key that one side's signatures are made with; with extended session security only.
/// [MS-NLMP] 3.4.5.2
[[nodiscard]] octets16 sign_key(const octets16& exported_session_key, side);
/// The key behind the cipher of one side's signatures. [MS-NLMP] 3.4.5.3. Without extended session
/// security it is the session key itself (digest MS-SIPAE 9.2 has it so).
[[nodiscard]] octets16 seal_key(const octets16& exported_session_key, std::uint32_t flags, side);
/// The key of one message in the connectionless form. [MS-NLMP] 3.4
[[nodiscard]] octets16 message_seal_key(const octets16& seal_key, std::uint32_t sequence);

/// Makes the signatures of one side of a connectionless session, all under one sequence number.
/// The cipher starts anew with every message and the number is always the same: so its key stream
/// is, and one HMAC is all that a signature costs.
class signer {
public:
    signer(const octets16& exported_session_key,
           std::uint32_t flags,
           side,
           std::uint32_t sequence = sip_sequence);

    /// NTLMSSP_MESSAGE_SIGNATURE. [MS-NLMP] 3.4.4.2 (extended session security), 3.4.4.1 (without)
    [[nodiscard]] octets16 sign(byte_view message) const;
    /// In constant time.
    [[nodiscard]] bool verify(byte_view message, byte_view signature) const;

private:
    bool extended_;
    std::uint32_t sequence_;
    crypto::hmac_md5_key sign_key_;
    octets8
        stream_{}; ///< what the checksum and, without extended security, the number are veiled with
};

} // namespace lyceum::ntlm
