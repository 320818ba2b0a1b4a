#pragma once

#include "protocol/sip/message.h"

#include <optional>
#include <string>

namespace lyceum::sip {

/// A request that a rule says no to, and how to say so.
struct refusal {
    int status;         ///< of the response
    std::string reason; ///< of the response

    friend bool operator==(const refusal&, const refusal&) = default;
};

/// Whether a request has what every request must have: one From, To, Call-ID and CSeq, all
/// readable; the method in CSeq; at least one Via and all of them readable; at most one
/// Max-Forwards, 0..255; a Request-URI that is a URI. Nothing when it has. A missing Max-Forwards,
/// From tag or Via branch is fine: RFC 2543 knew none of them (and pidgin-sipe sends no branch in
/// dialogs). RFC 3261 8.1.1, 20.22. Whether the URI's scheme is served (416) is the router's to
/// say.
[[nodiscard]] std::optional<refusal> check_request(const message& request);

} // namespace lyceum::sip
