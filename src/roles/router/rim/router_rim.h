#pragma once

#include "directory/snapshot.h"
#include "roles/router/destination.h"
#include "sipstack/dispatch/dispatch.h"
#include "sipstack/location/location.h"
#include "sipstack/next_hop/next_hop.h"
#include "sipstack/proxy/proxy.h"
#include "sipstack/stack.h"
#include "store/trusted.h"

namespace lyceum::roles::router {

/// What a shard's router looks things up in. All of it belongs to the shard, or may be read by it.
struct surroundings {
    sipstack::stack& stack;
    sipstack::proxy& proxy;
    const sipstack::location& location;
    const directory::snapshot& people;
    const house& home;
    sipstack::next_hop& next_hops;
    std::vector<sipstack::dispatch*>
        dispatches; ///< of all shards, in order; called on their own shard only
};

/// Every request of one shard comes here first: is it ours to answer (dispatch, on the home shard
/// of the user that it is about), or somebody's to get (proxy)? It decides where; it carries
/// nothing. RFC 3261 16.3–16.6
class router_rim final : public sipstack::request_user {
public:
    explicit router_rim(surroundings);

    void on_request(sipstack::incoming&&) override;
    void on_cancel(sipstack::transaction_ref, std::vector<std::string> reasons) override;
    void on_caller_gone(sipstack::transaction_ref) override;

private:
    /// A request whose next hop is being looked up.
    struct waiting {
        sipstack::incoming in;
        std::string host;
        bool names_port = false; ///< the URI does, or is an address
        sipstack::next_hop::ticket ticket = 0;
    };
    /// named: the user in the Request-URI; nullptr when it names the server.
    void serve(sipstack::incoming&&, const sip::aor* named);
    /// Refuses what requires more than the house knows, or has a body that nobody here unpacks;
    /// whether it did.
    bool refuse_not_understood(const sipstack::incoming&);
    /// To whoever serves it, on the shard of the user that it is about.
    void hand_home(sipstack::incoming&&);
    void serve_component(sipstack::incoming&&, const to_component&);
    void to_people(sipstack::incoming&&,
                   const sip::aor&,
                   std::string_view epid,
                   const sip::instance_id*);
    /// Nothing when nobody on the list answers for it, or there is no socket that reaches it.
    [[nodiscard]] std::optional<sipstack::proxy_target>
    target_of(const sipstack::reachable_endpoint&) const;
    void to_connection(sipstack::incoming&&, const std::string& cid);
    [[nodiscard]] bool has_endpoint_on(net::flow_id, const sip::aor&) const;
    void go_on_to_connection(sipstack::incoming&&, net::flow_id, const sip::aor& user);
    /// In a dialog the other end is gone until it comes back; outside one it is just not here.
    void refuse_unreachable(const sipstack::incoming&);
    void to_elsewhere(sipstack::incoming&&, const std::string& uri);
    /// The next hop is known, or will not be.
    void go_on_elsewhere(waiting&&, sipstack::next_hop::result);
    /// On whose account what waits may go to that place; nothing when it may not.
    [[nodiscard]] std::optional<sipstack::account> may_go_to(const waiting&,
                                                             const net::links::target&) const;
    [[nodiscard]] bool may_be_looked_up(const sipstack::incoming&, std::string_view host) const;
    /// Answers an INVITE that waits for its next hop, and whether it did. RFC 3261 9.2
    bool give_up_waiting(sipstack::transaction_ref invite);
    void
    forward(sipstack::incoming&&, std::vector<sipstack::proxy_target>&&, bool failover = false);
    void refuse(const sipstack::incoming&, const diagnostics::refusal&);
    /// No role here answers that: says what would be.
    void refuse_unserved(const sipstack::incoming&);
    /// 420 with the option tags that nobody here knows. RFC 3261 8.2.2.3, 16.3
    void refuse_extension(const sipstack::incoming&, std::string_view unknown);
    void answer_options(const sipstack::incoming&);
    /// What must not leave the first hop, and who the sender has proven to be. digest MS-SIPAE 4.7
    void make_presentable(sipstack::incoming&) const;
    [[nodiscard]] bool may_name(const store::trusted_peer&, const sip::uri_view&) const;
    [[nodiscard]] bool speaks_for_itself(const sipstack::incoming&) const;

    surroundings around_;
    std::unordered_map<std::uint64_t, waiting>
        waiting_; ///< bounded by next_hop and by the transactions
    std::uint64_t next_waiting_ = 1;
    metrics::counter& relayed_;
    metrics::counter& refused_;
};

} // namespace lyceum::roles::router
