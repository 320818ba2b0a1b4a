#pragma once

#include <cstdint>

namespace lyceum::ntlm {

/// What the two sides can do and want. [MS-NLMP] 2.2.2.5
enum negotiate : std::uint32_t {
    negotiate_unicode = 0x00000001,
    negotiate_oem = 0x00000002,
    request_target = 0x00000004,
    negotiate_sign = 0x00000010,
    negotiate_seal = 0x00000020,
    negotiate_datagram =
        0x00000040, ///< connectionless: the server speaks first, keys are made anew per message
    negotiate_lm_key = 0x00000080,
    negotiate_ntlm = 0x00000200,
    negotiate_always_sign = 0x00008000,
    negotiate_extended_session_security = 0x00080000,
    negotiate_identify = 0x00100000,
    negotiate_target_info = 0x00800000,
    negotiate_version = 0x02000000,
    negotiate_128 = 0x20000000,
    negotiate_key_exch = 0x40000000,
    negotiate_56 = 0x80000000,
};

/// What a server of SIP messages offers. Without SEAL and LM_KEY: nothing is sealed, LM keys are
/// weak. digest MS-SIPAE 3.7, 10 (pidgin-sipe gives up without these)
inline constexpr std::uint32_t sip_challenge_flags =
    negotiate_unicode | negotiate_sign | negotiate_datagram | negotiate_ntlm |
    negotiate_always_sign | negotiate_extended_session_security | negotiate_identify |
    negotiate_target_info | negotiate_version | negotiate_128 | negotiate_key_exch | negotiate_56;

/// What a client of SIP messages answers at most. digest MS-SIPAE 3.7: Communicator's 0x62988255
inline constexpr std::uint32_t sip_client_flags =
    negotiate_unicode | request_target | negotiate_sign | negotiate_datagram | negotiate_ntlm |
    negotiate_always_sign | negotiate_extended_session_security | negotiate_identify |
    negotiate_target_info | negotiate_version | negotiate_128 | negotiate_key_exch;

/// Whether all of `wanted` are set.
[[nodiscard]] constexpr bool all_set(std::uint32_t flags, std::uint32_t wanted) {
    return (flags & wanted) == wanted;
}

} // namespace lyceum::ntlm
