#include "protocol/ntlm/keys.h"

#include "base/check.h"
#include "base/crypto/hmac.h"
#include "base/crypto/rc4.h"
#include "base/text.h"
#include "protocol/ntlm/authenticate.h"
#include "protocol/ntlm/upper_case.h"

#include <algorithm>

namespace lyceum::ntlm {

std::optional<octets16> nt_hash(std::string_view password) {
    const auto octets = utf16le(password);
    if (!octets) return std::nullopt;
    return crypto::md4(*octets);
}

octets16 ntowf_v2(const octets16& nt_hash, std::string_view user, std::string_view domain) {
    auto name = utf16le(user);
    const auto where = utf16le(domain);
    LYCEUM_CHECK(name && where);
    upper_case(*name);
    return crypto::hmac_md5(nt_hash, {*name, *where});
}

void serialise(const client_challenge& c, byte_writer& out) {
    out.u8(1); // RespType, HiRespType
    out.u8(1);
    out.u16le(0);
    out.u32le(0);
    out.u64le(c.time);
    out.bytes(c.challenge);
    out.u32le(0);
    serialise(c.target_info, out);
    out.u32le(0); // the zeros behind AvPairs that the proof counts. digest MS-SIPAE 9.1 has them
}

parsed<ntlmv2_response> parse_ntlmv2_response(byte_view response) {
    constexpr auto rule = "[MS-NLMP] 2.2.2.8";
    constexpr auto client_rule = "[MS-NLMP] 2.2.2.7";
    ntlmv2_response out;
    byte_reader in(response);
    LYCEUM_TRY(const auto proof, in.take(out.proof.size(), rule));
    const auto proven = response.subspan(out.proof.size());
    LYCEUM_TRY(const auto type, in.u8(client_rule));
    LYCEUM_TRY(const auto highest, in.u8(client_rule));
    if (type != 1 || highest != 1)
        return std::unexpected(parse_error{malformed::bad_value, 16, client_rule});
    LYCEUM_CHECKED(in.take(6, client_rule)); // reserved
    LYCEUM_TRY(out.client.time, in.u64le(client_rule));
    LYCEUM_TRY(const auto challenge, in.take(out.client.challenge.size(), client_rule));
    LYCEUM_CHECKED(in.take(4, client_rule)); // reserved
    LYCEUM_TRY(const auto pairs, in.take(in.left(), client_rule));
    LYCEUM_TRY(out.client.target_info, parse_av_pairs(pairs));
    std::ranges::copy(proof, out.proof.begin());
    std::ranges::copy(challenge, out.client.challenge.begin());
    out.proven.assign(proven.begin(), proven.end());
    return out;
}

octets16 nt_proof(const octets16& ntowf, const octets8& server_challenge, byte_view proven) {
    return crypto::hmac_md5(ntowf, {server_challenge, proven});
}

octets16 session_base_key(const octets16& ntowf, const octets16& proof) {
    return crypto::hmac_md5(ntowf, proof);
}

byte_vector
lmv2_response(const octets16& ntowf, const octets8& server_challenge, const octets8& client) {
    const auto proof = crypto::hmac_md5(ntowf, {server_challenge, client});
    byte_vector out(proof.begin(), proof.end());
    out.insert(out.end(), client.begin(), client.end());
    return out;
}

octets16 exchange_key(const octets16& key_exchange_key, const octets16& session_key) {
    octets16 out = session_key;
    crypto::rc4(key_exchange_key).apply(out);
    return out;
}

octets16 message_integrity_code(const octets16& exported_session_key,
                                byte_view negotiate,
                                byte_view challenge,
                                byte_view authenticate) {
    constexpr octets16 zeros{};
    LYCEUM_CHECK(authenticate.size() >= mic_at + zeros.size());
    return crypto::hmac_md5(exported_session_key,
                            {negotiate,
                             challenge,
                             authenticate.first(mic_at),
                             zeros,
                             authenticate.subspan(mic_at + zeros.size())});
}

} // namespace lyceum::ntlm
