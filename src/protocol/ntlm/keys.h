#pragma once

#include "protocol/ntlm/av_pair.h"
#include "protocol/ntlm/payload.h"

#include <optional>
#include <string_view>
#include <vector>

namespace lyceum::ntlm {

/// MD4 of the password in UTF-16LE: what a server keeps. Nothing when the password is not UTF-8.
/// [MS-NLMP] 3.3.1 by way of digest MS-SIPAE 3.7
[[nodiscard]] std::optional<octets16> nt_hash(std::string_view password);

/// The key that a user's answers are made with. user and domain as the message has them, valid
/// UTF-8. [MS-NLMP] 3.3.2
[[nodiscard]] octets16
ntowf_v2(const octets16& nt_hash, std::string_view user, std::string_view domain);

/// The part of an NTLMv2 answer that the client chooses. [MS-NLMP] 2.2.2.7
struct client_challenge {
    std::uint64_t time = 0; ///< FILETIME: 100 ns since 1601
    octets8 challenge{};
    std::vector<av_pair> target_info{};

    friend bool operator==(const client_challenge&, const client_challenge&) = default;
};

/// The `temp` octets that the proof is made over.
void serialise(const client_challenge&, byte_writer& out);

/// An NTLMv2 answer taken apart. [MS-NLMP] 2.2.2.8
struct ntlmv2_response {
    octets16 proof{};
    client_challenge client;
    byte_vector proven; ///< all behind the proof, as it came: what the proof is made over
};
parsed<ntlmv2_response> parse_ntlmv2_response(byte_view);

/// NTProofStr. [MS-NLMP] 3.3.2
[[nodiscard]] octets16
nt_proof(const octets16& ntowf, const octets8& server_challenge, byte_view proven);
/// The key behind a good proof; it is the key exchange key too. [MS-NLMP] 3.3.2, 3.4.5.1
[[nodiscard]] octets16 session_base_key(const octets16& ntowf, const octets16& proof);
/// LMv2, which clients of the time still send beside it. [MS-NLMP] 2.2.2.4
[[nodiscard]] byte_vector
lmv2_response(const octets16& ntowf, const octets8& server_challenge, const octets8& client);
/// RC4 of the one under the other: encrypts and decrypts the random session key.
/// [MS-NLMP] 3.2.5.2.2
[[nodiscard]] octets16 exchange_key(const octets16& key_exchange_key, const octets16& session_key);

/// The code over all messages of the handshake; the MIC field of authenticate counts as zeros.
/// [MS-NLMP] 3.2.5.2.2. authenticate: at least 88 octets. negotiate: empty in the connectionless
/// form.
[[nodiscard]] octets16 message_integrity_code(const octets16& exported_session_key,
                                              byte_view negotiate,
                                              byte_view challenge,
                                              byte_view authenticate);

} // namespace lyceum::ntlm
