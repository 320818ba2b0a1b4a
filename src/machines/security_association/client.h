#pragma once

#include "base/instant.h"
#include "machines/security_association/association.h"
#include "protocol/ntlm/client.h"

#include <optional>
#include <string>

namespace lyceum::security_association {

/// The client's end of [MS-SIPAE] with NTLM: answers challenges, signs, verifies. One per server.
class client_association {
public:
    enum class state : std::uint8_t {
        idle,        ///< no challenge has come yet; messages go out as they are
        asked,       ///< challenged: the next request asks for the server's token
        answering,   ///< the server's token has come: the next request carries the answer
        established, ///< everything is signed
        failed,      ///< the server offers nothing we can do, or did not take our answer
    };

    /// highest_version: 2, 3 or 4. random must outlive the machine.
    client_association(ntlm::identity, random::source& random, unsigned highest_version = 4);

    /// A 401 or 407 came. True: send the request again (with the next CSeq), authorised anew.
    /// False: give up. wall: for the answer's timestamp. [MS-SIPAE] 3.2.5.1 by way of digest
    /// MS-SIPAE 5, 6
    [[nodiscard]] bool on_challenge(const sip::message& response, wall_instant wall);

    /// Adds the Authorization that a request or response needs, replacing what is there; call it
    /// last, when all other headers are final.
    void authorise(sip::message& out);

    enum class verdict : std::uint8_t {
        good,
        unsigned_, ///< no Authentication-Info of our association
        bad,
        replayed,
    };
    /// Checks what came from the server, challenges left out. The first good response to our answer
    /// establishes the association. [MS-SIPAE] 3.2.5.2
    [[nodiscard]] verdict verify(const sip::message& in, instant now);

    [[nodiscard]] state now_is() const { return state_; }
    /// When to start over with an unsigned REGISTER: 8 hours less 5 minutes after it was
    /// established. digest MS-SIPAE 4.6
    [[nodiscard]] std::optional<instant> renew_at() const { return renew_at_; }
    /// Forgets the association: the next request goes out unsigned.
    void start_over();

private:
    [[nodiscard]] bool
    answer(const sipauth::fields_view&, std::string_view token, wall_instant wall);

    ntlm::identity who_;
    random::source* random_;
    unsigned highest_version_;
    state state_ = state::idle;
    names names_;
    std::string token_; ///< our answer, in base64
    std::optional<association> keys_;
    std::optional<instant> renew_at_;
    std::string scratch_;
};

} // namespace lyceum::security_association
