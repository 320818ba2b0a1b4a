#pragma once

#include "machines/security_association/client.h"
#include "machines/user_agent/account.h"

#include <optional>

namespace lyceum::user_agent {

/// The security associations of one connection: the one that stands, and the one that a handshake
/// is making. The old one serves until the new one stands. digest MS-SIPAE 4.5 rule 23
class key_ring {
public:
    key_ring(const account&, random::source&);

    /// A handshake begins: the next REGISTER goes out unsigned, and what comes of it takes over.
    void begin();
    /// A REGISTER was answered 401. True: send it again. A challenge out of the blue begins a
    /// handshake.
    [[nodiscard]] bool challenged(const sip::message& response, wall_instant wall);
    /// Signs, or adds the handshake's part to a REGISTER. Call it last.
    void authorise(sip::message&);

    using verdict = security_association::client_association::verdict;
    [[nodiscard]] verdict verify(const sip::message&, instant now);

    [[nodiscard]] bool stands() const { return standing_.has_value(); }
    [[nodiscard]] std::optional<instant> renew_at() const {
        return standing_ ? standing_->renew_at() : std::nullopt;
    }
    /// The connection is gone, and with it everything.
    void forget();

private:
    using association = security_association::client_association;
    ntlm::identity login_;
    random::source* random_;
    std::optional<association> standing_;
    std::optional<association> rising_;
};

} // namespace lyceum::user_agent
