#include "sipstack/next_hop/next_hop.h"

#include "base/log/log.h"
#include "base/overloaded.h"

namespace lyceum::sipstack {
namespace {

namespace ts = target_set;

net::transport transport_of(ts::transport t) {
    switch (t) {
    case ts::transport::udp:
        return net::transport::udp;
    case ts::transport::tcp:
        return net::transport::tcp;
    case ts::transport::tls:
        return net::transport::tls;
    }
    return net::transport::udp;
}

/// Equal for what leads to the same search.
std::string key_of(const ts::plan& p) {
    std::string key = p.domain;
    if (p.asks_naptr) key += " naptr";
    for (const auto& q : p.srv) {
        key.append(" ").append(q.name).append("/").append(
            std::to_string(std::to_underlying(q.kind)));
    }
    for (const auto& h : p.hosts) {
        key.append(" ").append(h.host).append(":").append(std::to_string(h.port));
        key.append("/").append(std::to_string(std::to_underlying(h.kind)));
    }
    return key;
}

} // namespace

next_hop::next_hop(stack& s, net::resolver& names, const next_hop_settings& settings)
    : stack_(s), names_(names), settings_(settings), resting_(settings.rest),
      found_(s.shard().metrics().make_counter("lyceum_sipstack_next_hops_total",
                                              "Next hops looked for, and whether there was one",
                                              {{"outcome", "found"}})),
      not_found_(s.shard().metrics().make_counter("lyceum_sipstack_next_hops_total",
                                                  "Next hops looked for, and whether there was one",
                                                  {{"outcome", "none"}})),
      refused_(s.shard().metrics().make_counter("lyceum_sipstack_next_hops_total",
                                                "Next hops looked for, and whether there was one",
                                                {{"outcome", "too_many"}})) {
    s.on_timer(timer_kind, [this](std::uint64_t id, instant now) {
        const auto it = searches_.find(id);
        if (it == searches_.end() || it->second.until > now) return;
        it->second.heard_nobody = true; // the resolver owes an answer: its own patience is shorter
        finish(id);
    });
    s.on_timer(naptr_timer, [this](std::uint64_t id, instant) {
        if (const auto it = searches_.find(id); it != searches_.end())
            feed(id, ts::naptr_failed{it->second.domain});
    });
}

ts::preferences next_hop::preferences() const {
    const bool udp = static_cast<bool>(stack_.lower().udp_socket());
    ts::preferences p;
    if (!udp) {
        p.supported = {ts::transport::tls, ts::transport::tcp};
        p.otherwise = ts::transport::tcp;
    }
    return p;
}

bool next_hop::may_wait(const std::string& asker, const search* s) const {
    if (waiting_.size() >= settings_.max_waiting) return false;
    const auto it = askers_.find(asker);
    const auto uses = it == askers_.end() ? use{} : it->second;
    if (uses.waiting >= settings_.max_waiting_of_one) return false;
    if (s != nullptr) return s->waiters.size() < settings_.max_waiting_of_one;
    return searches_.size() < settings_.max_searches &&
           uses.searches < settings_.max_searches_of_one;
}

next_hop::ticket next_hop::find(const sip::uri_view& uri,
                                std::uint64_t affinity,
                                const std::string& asker,
                                callback then) {
    auto plan = ts::plan_for(uri, preferences());
    if (!plan) {
        then(std::unexpected(diagnostics::refuse(diagnostics::id::cannot_route)));
        return 0;
    }
    if (plan->numeric) {
        then(result_of({*plan->numeric}));
        return 0;
    }
    auto key = key_of(*plan);
    const auto known = by_key_.find(key);
    auto* const joined = known == by_key_.end() ? nullptr : &searches_.at(known->second);
    if (!may_wait(asker, joined)) {
        refused_.add();
        then(std::unexpected(diagnostics::refusal{503, diagnostics::id::service_unavailable}));
        return 0;
    }
    const auto id = next_++;
    ++askers_[asker].waiting;
    waiting_.emplace(id, std::pair(joined != nullptr ? known->second : id, asker));
    if (joined != nullptr) {
        joined->waiters.push_back({id, affinity, std::move(then)});
        return id;
    }
    ++askers_[asker].searches;
    by_key_.emplace(key, id);
    auto domain = plan->domain;
    const bool asks_srv = !plan->srv.empty();
    auto& s = searches_
                  .emplace(id,
                           search{ts::search(*std::move(plan), affinity),
                                  std::move(key),
                                  asker,
                                  {},
                                  std::move(domain),
                                  asks_srv,
                                  false,
                                  false,
                                  stack_.shard().clock().now() + settings_.patience,
                                  {},
                                  {},
                                  true})
                  .first->second;
    s.waiters.push_back({id, affinity, std::move(then)});
    stack_.deadlines().arm({timer_kind, id}, s.until);
    ts::actions todo;
    s.machine.begin(todo);
    carry_out(id, std::move(todo));
    return waiting_.contains(id) ? id : 0;
}

void next_hop::forget(ticket id) {
    const auto it = waiting_.find(id);
    if (it == waiting_.end()) return;
    if (const auto s = searches_.find(it->second.first); s != searches_.end())
        std::erase_if(s->second.waiters, [&](const waiter& w) { return w.id == id; });
    stop_waiting(id);
}

bool next_hop::stop_waiting(ticket id) {
    const auto node = waiting_.extract(id);
    if (node.empty()) return false;
    const auto& asker = node.mapped().second;
    --askers_[asker].waiting;
    tidy_up(asker);
    return true;
}

void next_hop::tidy_up(const std::string& asker) {
    if (const auto& u = askers_[asker]; u.searches == 0 && u.waiting == 0) askers_.erase(asker);
}

void next_hop::unreachable(const net::links::target& t) {
    log::write(log::level::warn,
               "sipstack",
               "next_hop_unreachable",
               {{"peer", t.peer.text()}, {"transport", net::name(t.kind)}, {"host", t.tls_name}});
    resting_.add(t, stack_.shard().clock().now());
}

void next_hop::feed(number id, ts::event&& e) {
    const auto it = searches_.find(id);
    if (it == searches_.end()) return; // given up
    it->second.inbox.push_back(std::move(e));
    if (it->second.busy) return; // the resolver answered at once: carry_out() goes on with it
    it->second.busy = true;
    carry_out(id, {});
}

/// Carries out the actions and those that answers bring about which are there at once. Entered with
/// busy set.
void next_hop::carry_out(number id, ts::actions&& todo) {
    auto it = searches_.find(id);
    for (;;) {
        for (auto& a : todo) {
            const bool over = std::visit(
                overloaded{
                    [&](ts::lookup_naptr& l) {
                        look_up_naptr(id, l.name);
                        return false;
                    },
                    [&](ts::lookup_srv& l) {
                        names_.srv(l.name, [this, id, name = l.name](const net::dns_answer& found) {
                            const auto at = searches_.find(id);
                            if (at == searches_.end()) return;
                            if (found.outcome == net::lookup::failed)
                                at->second.heard_nobody = true;
                            if (found.outcome != net::lookup::found) {
                                feed(id, ts::lookup_failed{name});
                                return;
                            }
                            at->second.has_srv = true;
                            ts::srv_found records{name, {}};
                            for (const auto& r : found.services)
                                records.records.push_back({r.priority, r.weight, r.port, r.target});
                            feed(id, std::move(records));
                        });
                        return false;
                    },
                    [&](ts::lookup_host& l) {
                        look_up_host(id, l.name);
                        return false;
                    },
                    [&](ts::found&) {
                        finish(id);
                        return true;
                    },
                },
                a);
            if (over) return;
        }
        todo.clear();
        it = searches_.find(id);
        if (it == searches_.end()) return;
        auto& s = it->second;
        if (s.inbox.empty()) {
            s.busy = false;
            return;
        }
        auto e = std::move(s.inbox.front());
        s.inbox.pop_front();
        s.machine.on(std::move(e), todo);
    }
}

void next_hop::look_up_naptr(number id, const std::string& name) {
    stack_.deadlines().arm({naptr_timer, id},
                           stack_.shard().clock().now() + settings_.naptr_patience);
    // A name server that does not know NAPTR is no failure: the SRV names are asked all the same.
    names_.naptr(name, [this, id, name](const net::dns_answer& heard) {
        if (heard.outcome != net::lookup::found) {
            feed(id, ts::naptr_failed{name});
            return;
        }
        ts::naptr_found found{name, {}};
        for (const auto& r : heard.pointers) {
            if (r.regexp.empty()) // RFC 3263 4.1: SIP uses the replacement alone
                found.records.push_back({r.order, r.preference, r.flags, r.service, r.replacement});
        }
        feed(id, std::move(found));
    });
}

void next_hop::look_up_host(number id, const std::string& name) {
    const unsigned due =
        static_cast<unsigned>(settings_.ipv4) + static_cast<unsigned>(settings_.ipv6);
    searches_.at(id).hosts[name] = {due, {}};
    if (due == 0) feed(id, ts::lookup_failed{name});
    for (const bool v6 : {false, true}) {
        if (!(v6 ? settings_.ipv6 : settings_.ipv4)) continue;
        names_.host(
            name, v6, [this, id, name](const net::dns_answer& a) { host_heard(id, name, a); });
    }
}

void next_hop::host_heard(number id, const std::string& name, const net::dns_answer& a) {
    const auto it = searches_.find(id);
    if (it == searches_.end()) return;
    auto& s = it->second;
    auto& [due, addresses] = s.hosts[name];
    if (a.outcome == net::lookup::failed) s.heard_nobody = true;
    // IPv4 first, whichever answer comes first. assumed: what both speak in gateways' networks.
    const bool v4 = !a.addresses.empty() && a.addresses.front().is_v4();
    addresses.insert(
        v4 ? addresses.begin() : addresses.end(), a.addresses.begin(), a.addresses.end());
    if (--due != 0) return;
    if (addresses.empty()) {
        feed(id, ts::lookup_failed{name});
    } else {
        feed(id, ts::host_found{name, std::move(addresses)});
    }
}

void next_hop::finish(number id) {
    auto node = searches_.extract(id);
    if (node.empty()) return;
    auto& s = node.mapped();
    by_key_.erase(s.key);
    --askers_[s.begun_by].searches;
    tidy_up(s.begun_by);
    const bool found = s.machine.is_done() && !s.machine.targets().empty();
    const auto why = s.asks_srv && !s.has_srv ? diagnostics::id::srv_not_resolved
                                              : diagnostics::id::dns_unresolvable;
    if (!found) {
        log::write(log::level::info,
                   "sipstack",
                   "next_hop_not_found",
                   {{"domain", s.domain},
                    {"why", s.heard_nobody ? "no_answer" : "no_record"},
                    {"diagnostics", std::to_underlying(why)}});
    }
    for (auto& w : s.waiters) {
        if (!stop_waiting(w.id)) continue; // forgotten by who was told before
        if (found) {
            w.then(result_of(s.machine.targets_for(w.affinity)));
        } else {
            not_found_.add();
            w.then(std::unexpected(diagnostics::refuse(why)));
        }
    }
}

next_hop::result next_hop::result_of(const std::vector<ts::where>& places) {
    targets out;
    for (const auto& w : places) {
        const auto kind = transport_of(w.kind);
        // A place that we have no socket for is none.
        if (kind == net::transport::udp && !stack_.lower().udp_socket_to(w.peer.address)) continue;
        out.push_back({kind, w.peer, w.tls_name});
    }
    if (out.empty()) {
        not_found_.add();
        return std::unexpected(diagnostics::refusal{503, diagnostics::id::cannot_route});
    }
    resting_.sort(out, stack_.shard().clock().now());
    if (out.size() > settings_.max_targets) out.resize(settings_.max_targets);
    found_.add();
    return out;
}

} // namespace lyceum::sipstack
