#pragma once

#include "base/instant.h"
#include "base/random/random.h"
#include "domain/people/user.h"
#include "machines/security_association/association.h"
#include "machines/security_association/diagnosis.h"
#include "machines/security_association/endpoint.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lyceum::security_association {

/// How a server authenticates the clients of its connections.
struct settings {
    std::string realm = "SIP Communications Service"; ///< the same in the whole pool
    std::string targetname{};                         ///< this server's FQDN
    std::string netbios_domain{};                     ///< told to NTLM clients; may be empty
    std::string dns_domain{};                         ///< told to NTLM clients; may be empty
    unsigned version = 4;                             ///< offered: 3 or 4
    unsigned lowest_version = 2;                      ///< that a client may choose: 2 to 4
    bool weak_sessions =
        false; ///< also without extended session security or 128-bit keys (LCS 2005)
    std::size_t max_half_open = 8;     ///< handshakes under way, per connection
    std::size_t max_associations = 16; ///< with them, per connection
    std::size_t max_token = 8192;      ///< octets of gssapi-data, in base64
    std::size_t max_challenged = 64;   ///< other requests than REGISTER answered 401 in vain, per
                                       ///< connection
    std::chrono::seconds handshake_timeout{30};
    /// Clients begin anew after at most 8 hours; a quarter of an hour for slow clocks. digest
    /// MS-SIPAE 4.6
    std::chrono::seconds lifetime = 8h + 15min;
    /// How long keys that newer ones replaced still prove what the client sent before it knew.
    std::chrono::seconds overlap{30};
};

/// The server's end of [MS-SIPAE] on one connection: challenges, takes NTLM handshakes as far as
/// they go without a password, keeps the associations that came of them, verifies what the client
/// signs and signs what goes to it. Nothing of it is known to another connection.
///
/// Only requests and responses of peers that have to prove themselves come here. After a pass,
/// Authorization has done its work: it is not for the next hop.
class authenticator {
public:
    /// Names a request that waits for a verdict; 0 is the message of the event itself.
    using ticket = std::uint64_t;

    // What happens.
    struct request_received {
        const sip::message& message;
        wall_instant wall;
    };
    struct response_received {
        const sip::message& message;
    };
    struct ntlm_proven {
        ticket of = 0;
        std::shared_ptr<const people::user> user;
        ntlm::session session;
        wall_instant wall;
    };
    struct ntlm_refused {
        ticket of = 0;
        wall_instant wall;
    };
    struct ntlm_unavailable {
        ticket of = 0;
        std::chrono::seconds retry_after{30};
    };
    struct tick {};
    struct closed {};
    using event = std::variant<request_received,
                               response_received,
                               ntlm_proven,
                               ntlm_refused,
                               ntlm_unavailable,
                               tick,
                               closed>;

    // What is to be done. of: with which message.
    /// It is this user's.
    struct pass {
        ticket of = 0;
        std::shared_ptr<const people::user> user;
    };
    /// Answer 401 with these headers, and ms-diagnostics when there is a reason to give. Not to be
    /// signed.
    struct challenge {
        struct line {
            sip::header name = sip::header::other;
            std::string value;
        };
        ticket of = 0;
        std::vector<line> headers;
        std::optional<diagnosis> why;
    };
    /// Keep the request under this ticket, and let somebody who knows the user's secret look at the
    /// answer.
    struct verify_ntlm {
        ticket of = 0;
        ntlm::octets8 challenge{};
        byte_vector authenticate;
    };
    /// Answer with this status.
    struct refuse {
        ticket of = 0;
        int status = 403;
        diagnosis why;
        std::optional<std::chrono::seconds> retry_after = {};
        bool hang_up = false; ///< and close the connection: the client will not find back by itself
    };
    enum class drop_why : std::uint8_t {
        unsigned_,     ///< no credentials for our realm and target
        bad_signature, ///< or no such association
        replayed,
    };
    /// Forget it in silence: ACK, CANCEL and responses cannot be answered, and replays should not
    /// be.
    struct drop {
        ticket of = 0;
        drop_why why = drop_why::unsigned_;
    };
    using action = std::variant<pass, challenge, verify_ntlm, refuse, drop>;
    using actions = std::vector<action>;

    /// random must outlive the machine. Machines of one server share their settings.
    authenticator(std::shared_ptr<const settings>, random::source& random);

    /// Appends to out. A received message gets exactly one action; a verdict at most one.
    void on(const event&, instant now, actions& out);
    /// When on(tick{}) is next due.
    [[nodiscard]] std::optional<instant> deadline() const;

    /// Adds Authentication-Info, replacing what is there; call it last, when all other headers are
    /// final. Of several associations it takes the recipient's: that of the given AOR, else of From
    /// in a response and of To in a request, and of its epid if it has one. False, and nothing
    /// changed, when there is none: no 401, and not everybody, has one.
    bool sign(sip::message& out, instant now, const sip::aor* recipient = nullptr);

    /// Ends what this user has proven here, or is about to. True when there was something.
    bool forget(const sip::aor&);

    [[nodiscard]] std::size_t half_open() const { return half_open_.size(); }
    [[nodiscard]] std::size_t established() const {
        return static_cast<std::size_t>(
            std::ranges::count(established_, false, &member::superseded));
    }

private:
    struct handshake {
        endpoint who;
        std::string opaque;
        byte_vector challenge; ///< as it went out
        ntlm::octets8 server_challenge{};
        instant until;
        // From the final leg on:
        ticket waiting = 0;
        unsigned version = 0;
        byte_vector authenticate;
        std::optional<pending_signature> signed_with;
    };
    struct member {
        endpoint who;
        association keys;
        std::shared_ptr<const people::user> user;
        instant until;
        bool superseded = false; ///< newer keys stand: these only prove what was under way
        std::string from; ///< a From URI, epid and Contact known to be this endpoint's, to spare
                          ///< parsing
        std::string epid;
        std::string contact = {};
    };

    void on_request(const sip::message&, wall_instant, instant now, actions&);
    void on_signed(
        const sip::message&, const sipauth::fields_view&, wall_instant, instant now, actions&);
    void on_response(const sip::message&, instant now, actions&);
    /// The request proves nothing: drop, 401, or, for one that was answered 401 already and came
    /// again as it was, 403.
    void not_proven(const sip::message&, drop_why, wall_instant, actions&);
    void on_tick(instant now, actions&);

    // handshake.cc
    void on_handshake(
        const sip::message&, const sipauth::fields_view&, wall_instant, instant now, actions&);
    void first_leg(endpoint, unsigned version, wall_instant, instant now, actions&);
    void final_leg(
        const sip::message&, const sipauth::fields_view&, const endpoint&, wall_instant, actions&);
    void on_proven(const ntlm_proven&, instant now, actions&);
    void on_refused(const ntlm_refused&, actions&);
    void on_unavailable(const ntlm_unavailable&, actions&);
    void handshake_failed(ticket,
                          wall_instant,
                          actions&,
                          const diagnosis& why = final_handshake_failed) const;
    [[nodiscard]] byte_vector ntlm_challenge(const ntlm::octets8&) const;
    [[nodiscard]] challenge fresh_challenge(ticket, wall_instant) const;
    [[nodiscard]] std::optional<handshake> take_waiting(ticket);
    [[nodiscard]] std::string new_opaque();

    [[nodiscard]] member* find(std::string_view opaque, instant now);
    [[nodiscard]] member* recipient_of(const sip::message&, instant now, const sip::aor* recipient);
    [[nodiscard]] std::optional<sipauth::fields_view> credentials_of(const sip::message&) const;

    std::shared_ptr<const settings> settings_;
    random::source* random_;
    std::vector<handshake> half_open_;
    std::vector<member> established_;
    std::vector<std::size_t> challenged_; ///< requests that were, and no step of a handshake since
    ticket last_ticket_ = 0;
};

} // namespace lyceum::security_association
