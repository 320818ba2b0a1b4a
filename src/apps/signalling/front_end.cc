#include "apps/signalling/front_end.h"

namespace lyceum::apps::signalling {

front_end::front_end(net::shard& s, net::links& l, net::resolver& names, const foundation& f)
    : shard_(s), links_(l), stack_(s, l, f.stack, f.verifier), proxy_(stack_, f.proxy),
      names_(names, s, {}), next_hop_(stack_, names_, f.next_hop),
      subscriptions_(stack_, f.subscriptions, f.subscription_limits),
      registrar_(stack_,
                 dispatch_,
                 f.registrar,
                 [this](const sip::aor& user,
                        const std::shared_ptr<const sipstack::reachable_endpoints>& endpoints) {
                     publish(user, endpoints);
                 },
                 {[this](const sip::aor& user, const roles::registrar::binding& b) {
                      presence_.on_endpoint_started(user, b.epid);
                  },
                  [this](const sip::aor& user, const roles::registrar::binding& b) {
                      presence_.on_endpoint_ended(user, b.epid);
                  }}),
      contacts_(stack_, dispatch_, subscriptions_, f.contacts, f.contact_lists),
      provisioning_(stack_, dispatch_, subscriptions_, people_, f.provisioning),
      presence_(stack_, dispatch_, subscriptions_, people_, f.contacts, f.presence), home_(f.home) {
    proxy_.on_unreachable([this](const net::links::target& t) { next_hop_.unreachable(t); });
    stack_.gate_keeper().set_people(people_);
}

void front_end::meet(const std::vector<std::unique_ptr<front_end>>& all) {
    std::vector<sipstack::stack*> stacks;
    std::vector<sipstack::dispatch*> dispatches;
    std::vector<roles::presence::presence_rim*> presences;
    for (const auto& other : all) {
        all_.push_back(other.get());
        stacks.push_back(&other->stack_);
        dispatches.push_back(&other->dispatch_);
        presences.push_back(&other->presence_);
    }
    router_ = std::make_unique<roles::router::router_rim>(roles::router::surroundings{
        stack_, proxy_, location_, people_, home_, next_hop_, dispatches});
    presence_.meet(std::move(presences));
    stack_.connect(*router_, *this, stacks);
}

void front_end::publish(const sip::aor& user,
                        const std::shared_ptr<const sipstack::reachable_endpoints>& endpoints) {
    for (unsigned i = 0; i < all_.size(); ++i) {
        if (i == shard_.index()) {
            // At once: the 200 that follows must not be overtaken by a request.
            take(user, endpoints);
        } else {
            shard_.deliver(i, [there = all_[i], user, endpoints] { there->take(user, endpoints); });
        }
    }
}

void front_end::take(const sip::aor& user,
                     const std::shared_ptr<const sipstack::reachable_endpoints>& endpoints) {
    const auto before = location_.find(user);
    const auto mine = [&](const sipstack::reachable_endpoint& e) {
        return e.way.kind != net::transport::udp && e.way.flow &&
               e.way.flow.shard() == shard_.index();
    };
    if (before) {
        for (const auto& e : *before) {
            if (!mine(e)) continue;
            const auto it = registered_over_.find(e.way.flow);
            if (it == registered_over_.end()) continue;
            std::erase(it->second, user);
            if (it->second.empty()) registered_over_.erase(it);
        }
    }
    for (const auto& e : *endpoints) {
        if (!mine(e)) continue;
        auto& users = registered_over_[e.way.flow];
        if (std::ranges::find(users, user) == users.end()) users.push_back(user);
        if (stack_.lower().facts(e.way.flow) == nullptr)
            on_flow_closed(e.way.flow); // it closed meanwhile
    }
    location_.put(user, endpoints);
}

void front_end::on_flow_closed(net::flow_id flow) {
    for (auto* other : all_) {
        shard_.deliver(other->shard_.index(),
                       [other, flow] { other->subscriptions_.on_flow_closed(flow); });
    }
    const auto it = registered_over_.find(flow);
    if (it == registered_over_.end()) return;
    const auto users = std::move(it->second);
    registered_over_.erase(it);
    for (const auto& user : users) {
        const auto home = net::home_of(user.text(), shard_.count());
        shard_.deliver(home, [there = all_[home], user, flow] {
            there->registrar_.on_flow_closed(user, flow);
        });
    }
}

void front_end::put_user(const std::shared_ptr<const people::user>& user) {
    people_.put(user);
    if (net::home_of(user->aor.text(), shard_.count()) == shard_.index())
        presence_.on_person_changed(*user);
}
void front_end::set_trusted(std::vector<store::trusted_peer> peers) {
    std::vector<ip_address> addresses;
    for (const auto& p : peers) {
        if (const auto a = ip_address::parse(p.host)) addresses.push_back(*a);
    }
    links_.exempt(addresses);
    people_.set_trusted(std::move(peers));
    registrar_.on_trusted_changed();
    stack_.gate_keeper().on_trusted_changed();
}

void front_end::expel(const sip::aor& user,
                      const std::string& reason,
                      diagnostics::id why,
                      bool forget) {
    if (forget) people_.remove(user);
    if (net::home_of(user.text(), shard_.count()) != shard_.index()) return;
    registrar_.expel(user, reason, why);
    if (forget) presence_.forget(user);
}

void front_end::hang_up(const sip::aor& user) {
    stack_.expel(user);
}

front_end::status front_end::now() const {
    return {stack_.now_under_way(),
            stack_.gate_keeper().associations(),
            proxy_.contexts(),
            proxy_.unanswered(),
            registrar_.registrations(),
            subscriptions_.size(),
            location_.size(),
            contacts_.waiting() + presence_.waiting(),
            presence_.batches(),
            people_.size()};
}

std::expected<void, unavailable> fill_directory(const std::vector<std::unique_ptr<front_end>>& all,
                                                store::users& users,
                                                store::trusted& trusted) {
    auto known = users.all();
    if (!known) return std::unexpected(known.error());
    const auto peers = trusted.all();
    if (!peers) return std::unexpected(peers.error());
    for (auto& u : *known) {
        const auto shared = std::make_shared<const people::user>(std::move(u));
        for (const auto& f : all)
            f->put_user(shared);
    }
    for (const auto& f : all)
        f->set_trusted(*peers);
    return {};
}

} // namespace lyceum::apps::signalling
