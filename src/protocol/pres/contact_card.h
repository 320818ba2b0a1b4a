#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace lyceum::pres {

/// The contactCard that the server publishes for a user from the directory. digest MS-PRES 3.10
struct contact_card {
    std::string display_name; ///< empty if not known
    std::string email;        ///< empty if none

    friend bool operator==(const contact_card&, const contact_card&) = default;
};

/// The element, standing alone.
[[nodiscard]] std::string serialise(const contact_card&);
/// Whatever else is on the card is passed over.
parsed<contact_card> parse_contact_card(std::string_view content);

} // namespace lyceum::pres
