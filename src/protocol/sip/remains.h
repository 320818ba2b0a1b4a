#pragma once

#include "protocol/sip/message.h"
#include "protocol/sip/validate.h"

#include <optional>
#include <string_view>

namespace lyceum::sip {

/// What a response repeats (method, all Via, the first From, To, Call-ID and CSeq) of octets that
/// message::parse() refused, so that their sender can be told: a request of nothing else, whose
/// Request-URI is what stands between the method and the version, "sip:invalid" when that is
/// nothing. Lines that cannot be read are passed over, folds are undone, and lines may end in a
/// bare LF; the rest is not looked at, nor is it judged. Nothing when it is a response, an ACK, or
/// no message at all: when one of the five is missing, or one of them holds what no header field
/// holds. Not for requests that are to be served. RFC 3261 8.2.6.2, 18.3, 21.5.6, RFC 4475 3.1.2
[[nodiscard]] std::optional<message> remains_of_request(std::string_view octets,
                                                        const limits& = {});

/// How to refuse a request whose octets message::parse() refused: 505 for another SIP-Version, 513
/// for what exceeds the limits, 400 for all else. RFC 3261 21.5.6, 21.5.7, 18.3
[[nodiscard]] refusal refusal_of(const parse_error&);

} // namespace lyceum::sip
