#pragma once

#include "net/caching_resolver.h"
#include "net/sim/sim_resolver.h"
#include "protocol/ntlm/keys.h"
#include "roles/registrar/rim/registrar_rim.h"
#include "roles/router/rim/router_rim.h"
#include "sipstack/subscriptions/subscriptions.h"

#include <gtest/gtest.h>

/// A house of two shards on a virtual network, put together as lyceumd does it, for tests that play
/// all who talk to it.
namespace lyceum::sipstack::test {

using namespace std::string_view_literals;

inline constexpr std::string_view house_address = "10.0.0.1";
inline constexpr std::string_view password = "Pa$$word";

inline ip_endpoint at(std::string_view address, std::uint16_t port) {
    return {*ip_address::parse(address), port};
}

/// Everybody's password is the same; who exists says the house.
class one_password final : public credentials::verifier {
public:
    explicit one_password(const directory::snapshot& people) : people_(people) {}
    credentials::verdict verify(const credentials::ntlm_proof&) override;

    std::string secret{password};

private:
    const directory::snapshot& people_;
};

class house {
public:
    explicit house(std::uint64_t seed = 1, net::sim::weather = {}, stack_settings = settings());

    [[nodiscard]] static stack_settings settings();
    /// name: the user part of contoso.test, or user@domain.
    void add_user(std::string_view name, bool enabled = true, std::string_view line = {});
    /// Users of that domain live here, too.
    void own_domain(std::string_view domain) { home_.domains.emplace_back(domain); }
    /// What the house's look-ups find.
    [[nodiscard]] net::sim::sim_resolver& names() { return names_; }
    /// Lets that host in over every transport.
    void trust(std::string_view host, bool may_register = false, std::vector<std::uint16_t> = {});
    void distrust(std::string_view host);
    /// In the DNS of the world.
    void name(std::string_view host, std::string_view address) {
        names_.add_host(std::string(host), address);
    }
    [[nodiscard]] bool was_asked_for(std::string_view host) const;
    /// Everybody's password becomes another; what that user has proven with the old one ends.
    void set_password(std::string_view name);
    void run_for(std::chrono::nanoseconds d) { world.run_for(d); }
    /// From now on that event may be subscribed to; its state is "x".
    void offer(const std::string& event, const subscription_limits&);
    [[nodiscard]] std::size_t subscriptions_served() const;
    /// From now on SERVICE with that content gets no answer.
    void swallow(std::string_view content_type);
    /// The user is disabled: endpoints are told, connections closed.
    void expel(std::string_view name);

    [[nodiscard]] stack::load load() const;
    [[nodiscard]] std::size_t kept_for_clients() const;  ///< octets
    [[nodiscard]] std::size_t kept_for_answered() const; ///< octets
    [[nodiscard]] std::size_t contexts() const;
    [[nodiscard]] std::size_t associations() const;
    [[nodiscard]] std::size_t registrations() const;
    [[nodiscard]] std::size_t timers() const;
    /// A counter or gauge, summed over the shards.
    [[nodiscard]] double metric(std::string_view name) const;
    /// After everybody left: nothing is left, neither now nor in the heap of timers.
    void expect_nothing_left();

    net::sim::world world;

private:
    void tell_trusted();
    void end_what_they_proved(std::string_view name, diagnostics::id);
    /// The signalling of one shard.
    struct front_end final : flow_user {
        front_end(house&, unsigned shard);
        void on_flow_closed(net::flow_id) override;
        void take(const sip::aor&, std::shared_ptr<const reachable_endpoints>);

        house& of;
        net::shard& shard;
        location where;
        directory::snapshot people;
        stack st;
        dispatch handlers;
        proxy carrier;
        net::caching_resolver names;
        next_hop hops;
        roles::registrar::registrar_rim registrar;
        std::unique_ptr<roles::router::router_rim> router;
        std::unique_ptr<subscriptions> offered;
        std::unordered_map<net::flow_id, std::vector<sip::aor>, net::flow_hash> registered_over;
    };

    stack_settings settings_;
    net::sim::host& host_;
    net::sim::sim_resolver names_{world};
    directory::snapshot people_;
    std::vector<store::trusted_peer> trusted_;
    one_password checks_{people_};
    roles::router::house home_;
    std::vector<std::unique_ptr<front_end>> shards_;
};

} // namespace lyceum::sipstack::test
