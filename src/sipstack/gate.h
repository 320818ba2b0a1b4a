#pragma once

#include "base/log/sparing.h"
#include "credentials/verifier.h"
#include "directory/snapshot.h"
#include "machines/security_association/authenticator.h"
#include "protocol/diagnostics/diagnostics.h"
#include "sipstack/border.h"
#include "sipstack/transport/transport.h"
#include "sipstack/users.h"

#include <span>
#include <unordered_map>

namespace lyceum::sipstack {

class gate_events;

struct gate_settings {
    security_association::settings association;
    std::string fqdn;    ///< source of ms-diagnostics
    std::string product; ///< Server header
};

/// Who may speak on a connection. A client has to prove every message by [MS-SIPAE]; a trusted peer
/// is known by its address or certificate; nobody else gets a word in. Signs what goes to clients.
class gate {
public:
    /// Who has been let in: one of the two is set.
    struct speaker {
        std::shared_ptr<const people::user> user;
        directory::snapshot::peer trusted;
    };

    gate(net::shard&, transport&, const gate_settings&, credentials::verifier&, gate_events&);

    void set_people(const directory::snapshot& s) { people_ = &s; }

    void on_opened(net::flow_id, const net::flow_facts&);
    void on_closed(net::flow_id);
    /// A request: admitted() or answer() follow, now or after the password was checked; or nothing.
    void on_request(const path&, sip::message&&);
    /// Whether a response may be taken: signed by the client, or from a trusted peer.
    /// A client's loses what it says of its own identity and gets what it has proven.
    [[nodiscard]] bool admits_response(const path&, sip::message&);
    /// Whether the trusted list has who is at the other end. A path over UDP needs no traffic
    /// before.
    [[nodiscard]] bool trusts(const path& p) const { return trusted_of(p) != nullptr; }
    /// Whether the list still has that peer; may_register: and lets it register our users.
    [[nodiscard]] bool honours(const account&, bool may_register = false) const;
    /// Whether that user exists and is enabled, as far as this shard has heard.
    [[nodiscard]] bool may_be_here(const sip::aor&) const;
    /// Takes off a message what is not for who gets it. Twice does no harm.
    void keep_inside(const path& to, sip::message&) const;
    /// Signs a message on its way to a client with an association; last of all changes.
    void sign(const path&, sip::message&);
    /// Forgets every association of that user and closes its connections after what is queued.
    void expel(const sip::aor&);
    /// The trusted list changed: whose right to be here is gone is cut off, and connections that
    /// were made on accounts none of which stands.
    void on_trusted_changed();
    void on_deadline(std::uint64_t id, instant now);
    static constexpr std::uint32_t timer_kind = 4;
    void set_deadlines(net::deadlines& d) { deadlines_ = &d; }
    [[nodiscard]] std::size_t associations() const;

private:
    using authenticator = security_association::authenticator;
    struct client {
        authenticator machine;
        std::map<authenticator::ticket, sip::message> waiting; ///< for a password check
        std::optional<instant> armed;
    };
    [[nodiscard]] client& client_of(net::flow_id);
    [[nodiscard]] directory::snapshot::peer trusted_of(const path&) const;
    [[nodiscard]] bool is_client(const path&) const;
    [[nodiscard]] receiver receiver_at(const path&) const;
    // gate_proofs.cc
    void carry_out(const path&, authenticator::actions&&, sip::message* current);
    [[nodiscard]] std::optional<sip::message>
    message_of(net::flow_id, authenticator::ticket, sip::message* current);
    void pass(const path&, sip::message&&, const people::user& proven);
    void challenge(const path&, const sip::message&, const authenticator::challenge&);
    void refuse(const path&, const sip::message&, const authenticator::refuse&);
    /// A response of the gate's own.
    [[nodiscard]] sip::message answer_to(const sip::message&,
                                         int status,
                                         const std::optional<security_association::diagnosis>& why,
                                         std::span<const authenticator::challenge::line> more = {});
    void verify(const path&, authenticator::verify_ntlm&);
    void verified(const path&, authenticator::ticket, const credentials::verdict&);
    void arm(net::flow_id, client&);
    void count(const authenticator::drop&);
    void turn_away(const path&, const sip::message&);
    void note_old_version(const path&);

    net::shard& shard_;
    transport& transport_;
    const gate_settings& settings_;
    std::shared_ptr<const security_association::settings> association_; ///< of all clients
    credentials::verifier& verifier_;
    gate_events& events_;
    const directory::snapshot* people_ = nullptr;
    net::deadlines* deadlines_ = nullptr;
    std::unordered_map<net::flow_id, client, net::flow_hash>
        clients_; ///< made when a client first speaks
    metrics::counter& admitted_;
    metrics::counter& challenged_;
    metrics::counter& refused_;
    metrics::counter& dropped_;
    metrics::counter& replayed_;
    metrics::counter& strangers_;
    metrics::counter& wrong_proofs_;
    metrics::counter& unavailable_proofs_;
    metrics::counter& old_versions_;
    log::sparing stranger_lines_;
    log::sparing refusal_lines_;
    log::sparing version_lines_;
};

class gate_events {
public:
    virtual ~gate_events() = default;
    virtual void admitted(const path&, sip::message&&, gate::speaker) = 0;
    /// A response of the gate's own: challenge or refusal.
    virtual void answer(const path&, sip::message&&) = 0;
};

} // namespace lyceum::sipstack
