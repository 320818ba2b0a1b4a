#pragma once

#include "protocol/sipauth/date.h"
#include "roles/registrar/endpoints.h"
#include "sipstack/dispatch/dispatch.h"
#include "sipstack/location/location.h"
#include "sipstack/stack.h"

#include <functional>
#include <unordered_map>

namespace lyceum::roles::registrar {

/// Gives one shard's share of the registrar its REGISTERs and carries out what it decides: answers,
/// registration notices, and the table that tells every shard where a user is.
class registrar_rim {
public:
    /// Called for every change: hands a user's endpoints to all shards' location tables.
    using publisher =
        std::function<void(const sip::aor&, std::shared_ptr<const sipstack::reachable_endpoints>)>;
    /// Called when an endpoint of a user of this shard comes or goes, for whatever is bound to it.
    struct neighbours {
        std::function<void(const sip::aor&, const binding&)> started;
        std::function<void(const sip::aor&, const binding&)> ended;
    };

    registrar_rim(sipstack::stack&, sipstack::dispatch&, const settings&, publisher, neighbours);

    /// A connection closed somewhere: the user's endpoints that used it are gone. On the user's
    /// home shard.
    void on_flow_closed(const sip::aor&, net::flow_id);
    /// The user was disabled or removed: every endpoint is told and dropped. digest MS-SIPREGE 4
    /// rule 10
    void expel(const sip::aor&, const std::string& reason, diagnostics::id);
    /// The trusted list changed: what peers registered who may do so no longer ends.
    void on_trusted_changed();
    [[nodiscard]] std::size_t registrations() const {
        return static_cast<std::size_t>(registrations_.value());
    }
    /// For `lyceum status` and lyceum-client: the live endpoints of a user.
    [[nodiscard]] const std::vector<binding>* live(const sip::aor&) const;

    static constexpr std::uint32_t timer_kind = 20;

private:
    struct user {
        sip::aor aor;
        endpoints machine;
        std::size_t counted = 0;           ///< endpoints in the gauge
        std::optional<instant> armed = {}; ///< the earliest timer that will come
    };
    void on_register(sipstack::incoming&&);
    void carry_out(user&,
                   std::vector<endpoints::action>&&,
                   const sipstack::incoming* asked,
                   instant now);
    void answer(const sipstack::incoming&, const user&, const endpoints::accept*, instant now);
    void notify(const sip::aor&, const endpoints::notify&);
    void tidy(const sip::aor&);

    sipstack::stack& stack_;
    sipstack::dispatch& dispatch_;
    settings settings_;
    publisher publish_;
    neighbours neighbours_;
    std::unordered_map<sip::aor, user, sip::aor_hash> users_;
    struct timer {
        sip::aor whose;
        instant when;
    };
    std::unordered_map<std::uint64_t, timer> by_timer_;
    std::uint64_t next_timer_ = 1;
    sipauth::date_clock date_;
    diagnostics::id expelled_because_ = diagnostics::id::user_disabled;
    metrics::gauge& registrations_;
    metrics::counter& registered_;
    metrics::counter& refused_;
};

} // namespace lyceum::roles::registrar
