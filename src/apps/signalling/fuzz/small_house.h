#pragma once

#include "apps/deployment/deployment.h"
#include "apps/signalling/front_end.h"
#include "base/fuzz/require.h"
#include "base/log/log.h"
#include "net/sim/sim_resolver.h"
#include "net/sim/world.h"
#include "protocol/ntlm/keys.h"
#include "store/memory/memory_store.h"

/// lyceumd's signalling on a virtual network, for fuzzing: every role, two shards, no disk.
namespace lyceum::apps::signalling::fuzz {

using lyceum::fuzz::require;

inline constexpr std::string_view house_address = "10.0.0.1";
inline constexpr std::string_view gateway_address = "10.0.0.9";

inline const ntlm::octets16& everybodys_hash() {
    static const auto hash = *ntlm::nt_hash("Pa$$word");
    return hash;
}

inline people::user person(std::string_view name) {
    people::user u;
    u.aor = *sip::aor::from("sip:" + std::string(name) + "@contoso.test");
    u.login = name;
    u.display_name = name;
    return u;
}

inline const std::vector<std::string>& people_of_the_house() {
    static const std::vector<std::string> names{"alice", "bob"};
    return names;
}

/// Everybody's password is the same.
class one_password final : public credentials::verifier {
public:
    credentials::verdict verify(const credentials::ntlm_proof& p) override {
        using why = credentials::refused::why;
        const auto m = ntlm::parse_authenticate(p.authenticate);
        if (!m) return credentials::refused{why::malformed, {}};
        const auto& names = people_of_the_house();
        if (std::ranges::find(names, m->user) == names.end())
            return credentials::refused{why::unknown_user, m->user};
        const auto agreed = ntlm::check(*m, p.challenge, everybodys_hash());
        if (!agreed) return credentials::refused{why::wrong_password, m->user};
        return credentials::proven{person(m->user), agreed->key, agreed->flags};
    }
};

class small_house {
public:
    small_house() : host_(world.make_host(*ip_address::parse(house_address), 2)), names_(world) {
        log::set_level(log::level::error);
        host_.listen(net::transport::tls, net::audience::clients, 5061);
        host_.listen(net::transport::tcp, net::audience::trusted, 5060);
        host_.listen(net::transport::udp, net::audience::trusted, 5060);
        names_.add_host("gw.other.test", gateway_address);
        foundation_.home.domains = {"contoso.test"};
        foundation_.home.fqdn = "fe.contoso.test";
        foundation_.home.names = {std::string(house_address)};
        foundation_.home.ports = {5060, 5061};
        auto& s = foundation_.stack;
        s.gate.fqdn = "fe.contoso.test";
        s.gate.product = "RTC/5.0";
        s.gate.association.targetname = "fe.contoso.test";
        for (unsigned i = 0; i < 2; ++i) {
            shards_.push_back(
                std::make_unique<front_end>(host_.shard(i), host_.links(i), names_, foundation_));
        }
        for (unsigned i = 0; i < 2; ++i) {
            host_.set_events(i, shards_[i]->link_events());
            shards_[i]->meet(shards_);
            shards_[i]->set_trusted({{std::string(gateway_address), "", true, {}}});
        }
        for (const auto& name : people_of_the_house()) {
            require(store_.users().add(person(name), {}).has_value());
            const auto shared = std::make_shared<const people::user>(person(name));
            for (const auto& f : shards_)
                f->put_user(shared);
        }
    }

    /// Everybody has left: nothing is kept of them, now or for later.
    void require_empty() {
        world.run_for(15min); // timer C, its CANCEL, 64*T1, idle connections
        for (const auto& f : shards_) {
            const auto n = f->now();
            require(n.load.server_transactions == 0);
            require(n.load.client_transactions == 0);
            require(n.associations == 0);
            require(n.response_contexts == 0);
            require(n.subscriptions == 0);
        }
        world.run_for(13h); // the longest: a subscription's, a security association's
        for (const auto& f : shards_) {
            // The gateway's phones stay without a connection, and connections to them for a while.
            require(f->now().registrations == 0);
            require(f->now().load.flows == 0);
            require(f->stack().deadlines().size() == 0);
        }
    }

    net::sim::world world{1};

private:
    net::sim::host& host_;
    net::sim::sim_resolver names_;
    store::memory::memory_store store_;
    one_password checks_;
    foundation foundation_ = foundation_of(
        deployment::defaults("contoso.test"), checks_, store_.users(), store_.contacts());
    std::vector<std::unique_ptr<front_end>> shards_;
};

} // namespace lyceum::apps::signalling::fuzz
