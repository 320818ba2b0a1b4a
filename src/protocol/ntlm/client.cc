#include "protocol/ntlm/client.h"

#include "protocol/ntlm/keys.h"

namespace lyceum::ntlm {

parsed<answer>
answer_challenge(const challenge_message& asked, const identity& who, const freshness& fresh) {
    constexpr std::uint32_t needed = negotiate_unicode | negotiate_ntlm | negotiate_always_sign |
                                     negotiate_sign | negotiate_extended_session_security |
                                     negotiate_datagram | negotiate_identify | negotiate_key_exch |
                                     negotiate_target_info;
    if (!all_set(asked.flags, needed)) {
        return std::unexpected(parse_error{malformed::unsupported, 20, "[MS-NLMP] 3.1.5.2.1"});
    }

    const client_challenge chosen{.time = av_timestamp(asked.target_info).value_or(fresh.time),
                                  .challenge = fresh.client_challenge,
                                  .target_info = asked.target_info};
    byte_vector proven;
    byte_writer w(proven);
    serialise(chosen, w);

    const auto ntowf = ntowf_v2(who.nt_hash, who.user, who.domain);
    const auto proof = nt_proof(ntowf, asked.server_challenge, proven);
    const auto encrypted = exchange_key(session_base_key(ntowf, proof), fresh.session_key);

    answer out;
    auto& m = out.message;
    m.flags = (asked.flags & sip_client_flags) | request_target;
    m.domain = who.domain;
    m.user = who.user;
    m.workstation = who.workstation;
    m.lm_response = lmv2_response(ntowf, asked.server_challenge, fresh.client_challenge);
    m.nt_response.assign(proof.begin(), proof.end());
    m.nt_response.insert(m.nt_response.end(), proven.begin(), proven.end());
    m.encrypted_session_key.assign(encrypted.begin(), encrypted.end());
    m.version = os_version{};
    out.agreed = {.key = fresh.session_key, .flags = m.flags};
    return out;
}

} // namespace lyceum::ntlm
