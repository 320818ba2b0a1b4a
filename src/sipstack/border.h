#pragma once

#include "protocol/sip/message.h"

namespace lyceum::sipstack {

/// Who gets a message, as far as what it may be told depends on that.
enum class receiver : std::uint8_t {
    signed_in, ///< a client that has proven who it is
    stranger,  ///< a client that has not
    inside,    ///< a trusted peer that may act for our users
    outside,   ///< any other trusted peer: a gateway, a partner
};

/// Whether keep_inside() would have to look at that message at all.
[[nodiscard]] bool speaks_of_inside(const sip::message&);

/// Takes off what is not for that receiver:
/// - ms-diagnostics names our servers and stays among ourselves; others get its number and reason
///   as ms-diagnostics-public. [MS-OCER] 2.2.1.2, digest MS-OCER 4 rule 2
/// - ms-client-diagnostics does not leave the house. digest MS-OCER 4 rule 5
/// - a P-Asserted-Identity whose owner asked for Privacy: id is for nobody who could not have
///   asserted it. digest MS-SIPAE 4.7 rule 25
void keep_inside(sip::message&, receiver);

} // namespace lyceum::sipstack
