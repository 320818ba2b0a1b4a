#pragma once

#include "domain/people/user.h"
#include "protocol/sip/message.h"
#include "protocol/sip/uri.h"
#include "sipstack/transport/path.h"
#include "store/trusted.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace lyceum::sipstack {

/// Names a transaction of some shard of this process. 0 is none.
struct transaction_ref {
    std::uint64_t value = 0; ///< shard in the upper 16 bits

    [[nodiscard]] constexpr unsigned shard() const { return static_cast<unsigned>(value >> 48U); }
    /// What its shard calls it.
    [[nodiscard]] constexpr std::uint64_t local() const {
        return value & ((std::uint64_t{1} << 48U) - 1);
    }
    [[nodiscard]] constexpr explicit operator bool() const { return value != 0; }
    friend constexpr auto operator<=>(const transaction_ref&, const transaction_ref&) = default;
};

/// A request that came in, after signature or trust was checked and its transaction was found.
struct incoming {
    sip::message message;
    transaction_ref transaction; ///< none for ACK: nothing answers it
    path from;
    std::shared_ptr<const people::user> user; ///< a client: who it has proven to be
    std::shared_ptr<const store::trusted_peer>
        trusted; ///< a trusted peer, as the list has it; one of the two is set
    /// What the house is asked to do concerns this user: To, checked against the Request-URI. Set
    /// by the router for requests that it hands to a role; empty otherwise.
    sip::aor about = {};
    std::uint32_t likeness = 0; ///< signet::likeness() as it came in: goes into our branches
};

/// Why a request that we sent got no response.
enum class send_failure : std::uint8_t {
    timeout,     ///< nobody answered: 408. RFC 3261 8.1.3.1, 16.6 step 7
    unreachable, ///< the connection is gone or could not be made: 503. RFC 3261 8.1.3.1, 16.9
};

} // namespace lyceum::sipstack
