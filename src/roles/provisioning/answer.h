#pragma once

#include "domain/people/user.h"
#include "protocol/diagnostics/diagnostics.h"
#include "roles/provisioning/settings.h"

#include <expected>
#include <string>
#include <string_view>

namespace lyceum::roles::provisioning {

/// A SUBSCRIBE for settings, as the rim read it.
struct request {
    std::string_view event;  ///< the package's name, without parameters
    std::string_view accept; ///< all Accept headers, separated by commas; empty if there is none
    std::string_view content_type; ///< without parameters; empty if none
    std::string_view body;
    sip::aor from;                 ///< who asks, as authenticated
    sip::aor to;                   ///< whose settings
    std::string_view on_behalf_of; ///< p-session-on-behalf-of; empty if none
};

/// What goes into the 200 (or the NOTIFY). The subscription ends with it: Expires 0, terminated; no
/// state is kept. digest MS-SIPREGE 4 rule 19
struct document {
    std::string content_type;
    std::string body;

    friend bool operator==(const document&, const document&) = default;
};

/// The settings that were asked for, as far as there are any; unknown groups are passed over.
/// Both the provisioning of 2007 and later and that of 2005 are served. digest MS-SIPREGE 4 rules
/// 16 to 19
/// \param u the user of request.to
std::expected<document, diagnostics::refusal>
answer(const request&, const people::user& u, const settings&);

} // namespace lyceum::roles::provisioning
