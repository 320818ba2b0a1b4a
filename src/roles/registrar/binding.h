#pragma once

#include "base/instant.h"
#include "base/ip_endpoint.h"
#include "protocol/sip/gruu.h"

#include <optional>
#include <string>

namespace lyceum::roles::registrar {

/// The way back to an endpoint: for clients the connection that it registered over; for plain SIP
/// user agents, who can be connected to, what their contact says, and flow is 0. Compared, never
/// looked into.
struct way {
    std::uint64_t flow = 0;
    std::uint8_t transport = 0;
    ip_endpoint peer;

    friend bool operator==(const way&, const way&) = default;
};

/// The trusted peer that registered a plain user agent, and over which transport it was known.
/// Compared, never looked into.
struct sponsor {
    std::string host; ///< empty: nobody, it registered itself
    std::uint8_t transport = 0;

    friend bool operator==(const sponsor&, const sponsor&) = default;
};

/// One endpoint of a user, live. [MS-SIPREGE] 3.1.2.1
struct binding {
    std::string epid;                         ///< empty for plain SIP user agents
    std::optional<sip::instance_id> instance; ///< nothing for plain SIP user agents
    std::string gruu;                         ///< empty without an instance
    std::string contact;                      ///< the URI to put into requests for it
    std::uint16_t q = 1000; ///< how much it is preferred, thousandths. RFC 3261 10.2.1.2
    // Its Contact value in a 200, made once: what stands before and behind the seconds of expires.
    std::string shown_before;
    std::string shown_after;
    std::string call_id; ///< of the REGISTER that made it; identifies registration notices
    std::string from_tag;
    std::uint32_t cseq = 0;
    way where;
    sponsor by;
    instant registered;
    instant expires;
    std::string user_agent;
    bool wants_notices = false; ///< Event: registration. [MS-SIPREGE] 2.2.1.1

    /// How it was asked for: the same words over the same connection mean the same again.
    struct wording {
        std::string contact;                  ///< the Contact value
        std::optional<std::uint32_t> expires; ///< that parameter of it
        way came_over;

        friend bool operator==(const wording&, const wording&) = default;
    };
    wording asked;

    friend bool operator==(const binding&, const binding&) = default;
};

} // namespace lyceum::roles::registrar
