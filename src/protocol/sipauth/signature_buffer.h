#pragma once

#include "protocol/sip/message.h"

#include <string>
#include <string_view>

namespace lyceum::sipauth {

/// What of a signature is not in the message's other headers. Texts as they appear in the header
/// that bears the signature, without quotes.
struct signed_with {
    std::string_view scheme{}; ///< NTLM
    std::string_view rand{};   ///< crand of a client, srand of a server
    std::string_view num{};    ///< cnum, snum
    std::string_view realm{};
    std::string_view targetname{};
    unsigned version = 4; ///< 2 has another buffer than 3 and 4
};

/// Appends the octets that a signature is made over. All other headers must have their final
/// values. Missing and malformed fields are empty. [MS-SIPAE] 3.2.5.2; version 2: [MS-SIP] 3.1.4.2;
/// digest MS-SIPAE 3.5
void append_signature_buffer(const sip::message&, const signed_with&, std::string& out);

/// The URIs of P-Asserted-Identity that a signature covers; of P-Preferred-Identity where the other
/// has none. Empty where neither has. digest MS-SIPAE 3.4, 3.5
struct identities {
    std::string_view sip{};
    std::string_view tel{};
};
[[nodiscard]] identities signed_identities(const sip::message&);

} // namespace lyceum::sipauth
