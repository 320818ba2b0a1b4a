#pragma once

#include "protocol/sip/message.h"

#include <string_view>

namespace lyceum::sip {

/// The response to a request with what every response repeats of it: all Via, From, To, Call-ID and
/// CSeq, in the request's order, under their long names; Timestamp too in a 100. A To without a tag
/// gets to_tag (its owner makes one tag for all responses of a transaction); an empty to_tag adds
/// none. Record-Route, Contact and all else are the caller's. An empty reason means the registered
/// phrase. RFC 3261 8.2.6.1, 8.2.6.2
[[nodiscard]] message make_response(const message& request,
                                    int status,
                                    std::string_view reason = {},
                                    std::string_view to_tag = {});

} // namespace lyceum::sip
