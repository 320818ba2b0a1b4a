#pragma once

#include "protocol/ntlm/av_pair.h"
#include "protocol/ntlm/flags.h"
#include "protocol/ntlm/payload.h"

#include <optional>
#include <string>
#include <vector>

namespace lyceum::ntlm {

/// The server's question. [MS-NLMP] 2.2.1.2
struct challenge_message {
    std::string target_name{}; ///< empty in the connectionless form
    std::uint32_t flags = sip_challenge_flags;
    octets8 server_challenge{};
    std::vector<av_pair> target_info{}; ///< sent when flags say so or it is not empty
    std::optional<os_version> version{};

    friend bool operator==(const challenge_message&, const challenge_message&) = default;
};

/// Refuses names that are not UTF-16 (NTLMSSP_NEGOTIATE_UNICODE is a must) and payload outside the
/// message.
parsed<challenge_message> parse_challenge(byte_view);
/// Payload in the order target name, target info, right behind the fixed part.
void serialise(const challenge_message&, byte_writer& out);

} // namespace lyceum::ntlm
