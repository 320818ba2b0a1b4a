#include "protocol/ntlm/server.h"

#include "base/crypto/checksum.h"
#include "protocol/ntlm/keys.h"

#include <algorithm>

namespace lyceum::ntlm {
namespace {

constexpr std::size_t ntlmv1_size = 24;    // [MS-NLMP] 2.2.2.6
constexpr std::uint32_t av_flag_mic = 0x2; // [MS-NLMP] 3.2.5.2.2

} // namespace

const char* name(refusal r) {
    switch (r) {
    case refusal::anonymous:
        return "anonymous";
    case refusal::ntlmv1:
        return "ntlmv1";
    case refusal::bad_response:
        return "bad_response";
    case refusal::bad_key:
        return "bad_key";
    case refusal::wrong_password:
        return "wrong_password";
    }
    return "?";
}

std::expected<session, refusal>
check(const authenticate_message& m, const octets8& server_challenge, const octets16& nt_hash) {
    if (m.nt_response.empty()) return std::unexpected(refusal::anonymous);
    if (m.nt_response.size() == ntlmv1_size) return std::unexpected(refusal::ntlmv1);
    const auto response = parse_ntlmv2_response(m.nt_response);
    if (!response) return std::unexpected(refusal::bad_response);

    const auto ntowf = ntowf_v2(nt_hash, m.user, m.domain);
    const auto proof = nt_proof(ntowf, server_challenge, response->proven);
    if (!crypto::constant_time_equal(proof, response->proof))
        return std::unexpected(refusal::wrong_password);

    session out{.key = session_base_key(ntowf, proof), .flags = m.flags};
    if (all_set(m.flags, negotiate_key_exch) &&
        (m.flags & (negotiate_sign | negotiate_seal)) != 0) {
        octets16 encrypted{};
        if (m.encrypted_session_key.size() != encrypted.size())
            return std::unexpected(refusal::bad_key);
        std::ranges::copy(m.encrypted_session_key, encrypted.begin());
        out.key = exchange_key(out.key, encrypted);
    }
    return out;
}

bool integrity_holds(const octets16& exported_session_key,
                     byte_view challenge,
                     byte_view authenticate) {
    const auto message = parse_authenticate(authenticate);
    if (!message) return false;
    const auto response = parse_ntlmv2_response(message->nt_response);
    if (!response) return false;
    if ((av_flags(response->client.target_info) & av_flag_mic) == 0) return true;
    const auto& sent = message->mic;
    return sent &&
           crypto::constant_time_equal(
               *sent, message_integrity_code(exported_session_key, {}, challenge, authenticate));
}

} // namespace lyceum::ntlm
