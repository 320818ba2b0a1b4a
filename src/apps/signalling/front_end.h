#pragma once

#include "apps/signalling/foundation.h"
#include "net/caching_resolver.h"
#include "roles/contacts/rim/contacts_rim.h"
#include "roles/presence/rim/presence_rim.h"
#include "roles/provisioning/rim/provisioning_rim.h"
#include "roles/registrar/rim/registrar_rim.h"
#include "roles/router/rim/router_rim.h"
#include "store/trusted.h"

namespace lyceum::apps::signalling {

/// The signalling roles of one shard, put together: the one visible table of who is there.
class front_end final : public sipstack::flow_user {
public:
    /// names: the shard's way to name servers.
    front_end(net::shard&, net::links&, net::resolver& names, const foundation&);

    /// Introduces the front ends of all shards to each other. Before any shard runs.
    void meet(const std::vector<std::unique_ptr<front_end>>& all);

    /// What the directory says, at start and at every change. On this shard.
    void put_user(const std::shared_ptr<const people::user>&);
    void set_trusted(std::vector<store::trusted_peer>);
    /// The user is gone, or may no longer be here: endpoints are told. On every shard.
    void expel(const sip::aor&, const std::string& reason, diagnostics::id, bool forget);
    /// Closes the user's connections. On every shard, after expel() on all of them.
    void hang_up(const sip::aor&);

    struct status {
        sipstack::stack::load load;
        std::size_t associations = 0;
        std::size_t response_contexts = 0;
        std::size_t unanswered = 0; ///< of them
        std::size_t registrations = 0;
        std::size_t subscriptions = 0;
        std::size_t locations = 0; ///< users with a place, as this shard knows them
        std::size_t waiting = 0;   ///< requests that roles hold
        std::size_t watching = 0;  ///< batches of watched users
        std::size_t users = 0;     ///< of the deployment; every shard knows all
    };
    [[nodiscard]] status now() const;
    [[nodiscard]] net::link_events& link_events() { return stack_.lower(); }
    [[nodiscard]] sipstack::stack& stack() { return stack_; }
    [[nodiscard]] const roles::registrar::registrar_rim& registrar() const { return registrar_; }

    // flow_user
    void on_flow_closed(net::flow_id) override;

private:
    void publish(const sip::aor&, const std::shared_ptr<const sipstack::reachable_endpoints>&);
    void take(const sip::aor&, const std::shared_ptr<const sipstack::reachable_endpoints>&);

    net::shard& shard_;
    net::links& links_;
    sipstack::location location_;
    directory::snapshot people_;
    sipstack::stack stack_;
    sipstack::dispatch dispatch_;
    sipstack::proxy proxy_;
    net::caching_resolver names_;
    sipstack::next_hop next_hop_;
    sipstack::subscriptions subscriptions_;
    roles::registrar::registrar_rim registrar_;
    roles::contacts::contacts_rim contacts_;
    roles::provisioning::provisioning_rim provisioning_;
    roles::presence::presence_rim presence_;
    roles::router::house home_;
    std::unique_ptr<roles::router::router_rim> router_;
    std::vector<front_end*> all_;
    std::unordered_map<net::flow_id, std::vector<sip::aor>, net::flow_hash>
        registered_over_; ///< of our flows
};

/// Gives them all what the store knows of people and trusted peers. Before any shard runs.
[[nodiscard]] std::expected<void, unavailable>
fill_directory(const std::vector<std::unique_ptr<front_end>>&, store::users&, store::trusted&);

} // namespace lyceum::apps::signalling
