#pragma once

#include "protocol/ntlm/server.h"

#include <string>

namespace lyceum::ntlm {

/// Who answers.
struct identity {
    std::string user{};
    std::string domain{}; ///< empty when the user is a UPN
    std::string workstation{};
    octets16 nt_hash{};
};

/// What of an answer is not determined by who answers and what was asked.
struct freshness {
    octets8 client_challenge{};
    octets16 session_key{};
    std::uint64_t time = 0; ///< FILETIME; the challenge's timestamp wins
};

struct answer {
    authenticate_message message;
    session agreed;
};

/// Answers a challenge in the connectionless form, with NTLMv2, LMv2 and a fresh session key.
/// Refused when the server does not offer what a SIP session needs (digest MS-SIPAE 10).
/// [MS-NLMP] 3.1.5.2.1 A MIC is not made: servers ask for it by a timestamp, and those of SIP do
/// not. digest MS-SIPAE 3.7
parsed<answer> answer_challenge(const challenge_message&, const identity&, const freshness&);

} // namespace lyceum::ntlm
