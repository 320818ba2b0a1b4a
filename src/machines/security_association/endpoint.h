#pragma once

#include "protocol/sip/gruu.h"
#include "protocol/sip/message.h"

#include <expected>
#include <optional>

namespace lyceum::security_association {

/// Which of a user's devices speaks. digest MS-SIPAE 4.3 (6)
struct endpoint {
    sip::aor aor;
    sip::instance_id instance; ///< from epid, +sip.instance or GRUU, which all name the same one

    friend bool operator==(const endpoint&, const endpoint&) = default;
};

enum class endpoint_fault : std::uint8_t {
    bad_from,   ///< no From, or no sip URI with a user in it
    missing,    ///< neither epid nor +sip.instance nor GRUU
    too_long,   ///< epid of more than max_epid
    mismatched, ///< they are there, but name different endpoints
};

/// digest MS-SIPRE 3.1 (16 is what is safe to send; a client may have been told otherwise)
inline constexpr std::size_t max_epid = 64;

/// Who a request says that it comes from: From, and Contact where there is one. [MS-SIPAE] 3.3.5.2
[[nodiscard]] std::expected<endpoint, endpoint_fault> endpoint_of(const sip::message& request);

/// Whether what the Contact says of the endpoint, if anything, is true of this one.
[[nodiscard]] bool agrees_with(const sip::message& request, const endpoint&);

/// AOR and epid of From or To; nothing when there is no AOR. The epid is empty when absent.
struct party {
    sip::aor aor;
    std::string_view epid{}; ///< borrowed from the message
};
[[nodiscard]] std::optional<party> party_of(const sip::message&, sip::header from_or_to);

} // namespace lyceum::security_association
