#include "sipstack/tests/house.h"

#include "base/log/log.h"

namespace lyceum::sipstack::test {

credentials::verdict one_password::verify(const credentials::ntlm_proof& p) {
    const auto m = ntlm::parse_authenticate(p.authenticate);
    if (!m) return credentials::refused{credentials::refused::why::malformed, {}};
    const auto aor = sip::aor::from("sip:" + m->user + "@contoso.test");
    const auto user = aor ? people_.find(*aor) : nullptr;
    const auto agreed = ntlm::check(*m, p.challenge, *ntlm::nt_hash(secret));
    if (!user || !agreed)
        return credentials::refused{credentials::refused::why::wrong_password, m->user};
    return credentials::proven{*user, agreed->key, agreed->flags};
}

house::front_end::front_end(house& h, unsigned i)
    : of(h), shard(h.host_.shard(i)), st(shard, h.host_.links(i), h.settings_, h.checks_),
      carrier(st, {}), names(h.names_, shard, {}), hops(st, names, {}),
      registrar(st,
                handlers,
                {},
                [this](const sip::aor& user, std::shared_ptr<const reachable_endpoints> endpoints) {
                    for (const auto& other : of.shards_) {
                        if (other.get() == this) {
                            take(user, endpoints);
                        } else {
                            shard.post(other->shard.index(),
                                       [there = other.get(), user, endpoints] {
                                           there->take(user, endpoints);
                                       });
                        }
                    }
                },
                {[](const sip::aor&, const roles::registrar::binding&) {},
                 [](const sip::aor&, const roles::registrar::binding&) {}}) {
    carrier.on_unreachable([this](const net::links::target& t) { hops.unreachable(t); });
    st.gate_keeper().set_people(people);
}

void house::front_end::take(const sip::aor& user,
                            std::shared_ptr<const reachable_endpoints> endpoints) {
    for (auto& [flow, users] : registered_over)
        std::erase(users, user);
    for (const auto& e : *endpoints) {
        if (e.way.kind == net::transport::udp || !e.way.flow || e.way.flow.shard() != shard.index())
            continue;
        registered_over[e.way.flow].push_back(user);
        if (st.lower().facts(e.way.flow) == nullptr) on_flow_closed(e.way.flow);
    }
    where.put(user, std::move(endpoints));
}

void house::front_end::on_flow_closed(net::flow_id flow) {
    for (const auto& other : of.shards_) {
        shard.deliver(other->shard.index(), [there = other.get(), flow] {
            if (there->offered) there->offered->on_flow_closed(flow);
        });
    }
    auto node = registered_over.extract(flow);
    if (node.empty()) return;
    for (const auto& user : node.mapped()) {
        auto* home = of.shards_[net::home_of(user.text(), shard.count())].get();
        shard.post(home->shard.index(),
                   [home, user, flow] { home->registrar.on_flow_closed(user, flow); });
    }
}

stack_settings house::settings() {
    stack_settings s;
    s.gate.fqdn = "fe.contoso.test";
    s.gate.product = "RTC/5.0";
    s.gate.association.targetname = "fe.contoso.test";
    return s;
}

house::house(std::uint64_t seed, net::sim::weather how, stack_settings s)
    : world(seed, how), settings_(std::move(s)),
      host_(world.make_host(*ip_address::parse(house_address), 2)) {
    log::set_level(log::level::error);
    home_.domains = {"contoso.test"};
    home_.fqdn = "fe.contoso.test";
    home_.names = {std::string(house_address)};
    home_.ports = {5060, 5061};
    host_.listen(net::transport::tls, net::audience::clients, 5061);
    host_.listen(net::transport::tcp, net::audience::trusted, 5060);
    host_.listen(net::transport::udp, net::audience::trusted, 5060);
    for (unsigned i = 0; i < 2; ++i)
        shards_.push_back(std::make_unique<front_end>(*this, i));
    std::vector<stack*> stacks;
    std::vector<dispatch*> dispatches;
    for (const auto& f : shards_) {
        stacks.push_back(&f->st);
        dispatches.push_back(&f->handlers);
    }
    for (const auto& f : shards_) {
        host_.set_events(f->shard.index(), f->st.lower());
        f->router = std::make_unique<roles::router::router_rim>(roles::router::surroundings{
            f->st, f->carrier, f->where, f->people, home_, f->hops, dispatches});
        f->st.connect(*f->router, *f, stacks);
    }
}

void house::add_user(std::string_view name, bool enabled, std::string_view line) {
    auto u = std::make_shared<people::user>();
    u->aor =
        *sip::aor::from("sip:" + std::string(name) + (name.contains('@') ? "" : "@contoso.test"));
    u->login = name;
    u->display_name = name;
    u->line_uri = line;
    u->enabled = enabled;
    people_.put(u);
    for (const auto& f : shards_)
        f->people.put(u);
}

void house::trust(std::string_view host, bool may_register, std::vector<std::uint16_t> ports) {
    trusted_.push_back({std::string(host), "", may_register, {}, std::move(ports)});
    tell_trusted();
}

void house::distrust(std::string_view host) {
    std::erase_if(trusted_, [&](const auto& p) { return p.host == host; });
    tell_trusted();
}

bool house::was_asked_for(std::string_view host) const {
    return std::ranges::any_of(names_.asked(), [&](const auto& q) { return q.name == host; });
}

void house::tell_trusted() {
    for (const auto& f : shards_) {
        f->people.set_trusted(trusted_);
        f->registrar.on_trusted_changed();
        f->st.gate_keeper().on_trusted_changed();
    }
}

void house::set_password(std::string_view name) {
    checks_.secret = "Another1";
    end_what_they_proved(name, diagnostics::id::final_handshake_failed);
}

void house::expel(std::string_view name) {
    add_user(name, false);
    end_what_they_proved(name, diagnostics::id::user_disabled);
}

void house::end_what_they_proved(std::string_view name, diagnostics::id why) {
    const auto aor = *sip::aor::from("sip:" + std::string(name) + "@contoso.test");
    for (const auto& f : shards_) {
        if (net::home_of(aor.text(), 2) == f->shard.index())
            f->registrar.expel(aor, "rejected", why);
    }
    for (const auto& f : shards_) {
        f->shard.post(f->shard.index(), [there = f.get(), aor] { there->st.expel(aor); });
    }
}

void house::offer(const std::string& event, const subscription_limits& limits) {
    for (const auto& f : shards_) {
        f->offered = std::make_unique<subscriptions>(f->st, subscription::settings{}, limits);
        f->handlers.on_event(event, [at = f->offered.get()](incoming&& in) {
            at->accept(in, subscription::document{"text/plain", "x"}, {});
        });
    }
}

std::size_t house::subscriptions_served() const {
    std::size_t n = 0;
    for (const auto& f : shards_)
        n += f->offered->size();
    return n;
}

void house::swallow(std::string_view content_type) {
    for (const auto& f : shards_)
        f->handlers.on_service(std::string(content_type), [](incoming&&) {});
}

stack::load house::load() const {
    stack::load sum;
    for (const auto& f : shards_) {
        const auto l = f->st.now_under_way();
        sum.flows += l.flows;
        sum.server_transactions += l.server_transactions;
        sum.client_transactions += l.client_transactions;
    }
    return sum;
}

std::size_t house::kept_for_clients() const {
    std::size_t n = 0;
    for (const auto& f : shards_)
        n += f->st.kept_for_clients();
    return n;
}
std::size_t house::kept_for_answered() const {
    std::size_t n = 0;
    for (const auto& f : shards_)
        n += f->st.kept_for_answered();
    return n;
}

std::size_t house::contexts() const {
    std::size_t n = 0;
    for (const auto& f : shards_)
        n += f->carrier.contexts();
    return n;
}

std::size_t house::associations() const {
    std::size_t n = 0;
    for (const auto& f : shards_)
        n += f->st.gate_keeper().associations();
    return n;
}

std::size_t house::registrations() const {
    std::size_t n = 0;
    for (const auto& f : shards_)
        n += f->registrar.registrations();
    return n;
}

std::size_t house::timers() const {
    std::size_t n = 0;
    for (const auto& f : shards_)
        n += f->st.deadlines().size();
    return n;
}

double house::metric(std::string_view name) const {
    std::vector<const metrics::registry*> all;
    for (const auto& f : shards_)
        all.push_back(&f->shard.metrics());
    double sum = 0;
    for (const auto& [what, value] : metrics::totals(all)) {
        if (what == name) sum += value;
    }
    return sum;
}

void house::expect_nothing_left() {
    run_for(10min); // timer C, its CANCEL, 64*T1, idle connections
    const auto l = load();
    EXPECT_EQ(l.flows, 0U);
    EXPECT_EQ(l.server_transactions, 0U);
    EXPECT_EQ(l.client_transactions, 0U);
    EXPECT_EQ(contexts(), 0U);
    EXPECT_EQ(associations(), 0U);
    EXPECT_EQ(registrations(), 0U);
    for (const auto& f : shards_) {
        EXPECT_EQ(f->where.size(), 0U);
        for (const auto& [flow, users] : f->registered_over)
            EXPECT_TRUE(users.empty());
    }
    run_for(9h); // the longest: a security association's
    EXPECT_EQ(timers(), 0U);
}

} // namespace lyceum::sipstack::test
