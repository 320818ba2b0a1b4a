#include "sipstack/stack.h"

#include "protocol/sip/respond.h"
#include "sipstack/stack_counters.h"

namespace lyceum::sipstack {

namespace {

using sip::header;

bool is_due(const auto& machine, instant now) {
    const auto when = machine.deadline();
    return when && *when <= now;
}

} // namespace

stack::stack(net::shard& s, net::links& l, const stack_settings& settings, credentials::verifier& v)
    : shard_(s), settings_(settings), deadlines_(s), signet_(s.random()),
      transport_(s, l, settings.transport, *this), gate_(s, transport_, settings.gate, v, *this),
      count_(std::make_unique<counters>(s.metrics())) {
    transport_.set_deadlines(deadlines_);
    gate_.set_deadlines(deadlines_);
    s.on_wakeup([this](instant now) { on_wakeup(now); });
}

stack::~stack() = default;

void stack::connect(request_user& r, flow_user& f, std::vector<stack*> all) {
    requests_ = &r;
    flows_ = &f;
    all_ = std::move(all);
    signet_ = all_.front()->signet_;
}

void stack::on_timer(std::uint32_t kind, std::move_only_function<void(std::uint64_t, instant)> f) {
    timers_.insert_or_assign(kind, std::move(f));
}

stack::load stack::now_under_way() const {
    return {transport_.flows(), servers_.size(), clients_.size()};
}

std::size_t stack::kept_for_clients() const {
    std::size_t kept = 0;
    for (const auto& [id, t] : clients_) {
        kept += t.stem.footprint() + t.last.capacity() + t.udp_via.capacity();
        for (const auto& why : t.cancel_reasons)
            kept += why.capacity();
    }
    return kept;
}

void stack::on_opened(net::flow_id id, const net::flow_facts& facts) {
    // There is TCP at the other end: what was sent there stays there.
    if (facts.outbound) {
        over_udp_.erase(id);
        for (const auto waiting : clients_.by_flow().of(id)) {
            auto& t = *clients_.find(waiting);
            if (!t.over_udp) continue;
            t.over_udp.reset();
            let_go(t.last);
        }
    }
    gate_.on_opened(id, facts);
}

sip::message stack::response_for(const sip::message& request, int status, std::string_view reason) {
    // The tag of a refusal is known again when its ACK comes; that of a dialog is drawn anew, for
    // clients that were started in the same second ask in the same words.
    const bool refuses = status >= 300;
    auto r = sip::make_response(
        request, status, reason, refuses ? signet_.refusal_tag(request) : shard_.random().hex(8));
    r.append(header::server, settings_.gate.product);
    // Whoever refuses without a reason of its own: still exactly one. digest MS-OCER 4 rule 1
    if (status >= 400) {
        r.append(header::ms_diagnostics,
                 diagnostics::value(diagnostics::usual(status), settings_.gate.fqdn));
    }
    return r;
}

sip::message stack::refusal_for(const sip::message& request, const diagnostics::refusal& why) {
    auto r = response_for(request, why.status);
    r.set(header::ms_diagnostics, diagnostics::value(why.id, settings_.gate.fqdn));
    return r;
}

void stack::close(net::flow_id id, bool flush) {
    if (id.shard() == shard_.index()) {
        transport_.close(id, flush);
    } else if (id.shard() < all_.size()) {
        shard_.deliver(id.shard(), [there = all_[id.shard()], id, flush] {
            there->transport_.close(id, flush);
        });
    }
}

void stack::expel(const sip::aor& user) {
    gate_.expel(user);
}

void stack::on_wakeup(instant now) {
    while (const auto key = deadlines_.due(now)) {
        transaction::actions todo;
        switch (key->kind) {
        case transport::timer_kind:
            transport_.on_deadline(key->id, now);
            break;
        case gate::timer_kind:
            gate_.on_deadline(key->id, now);
            break;
        case sweep_timer:
            sweep(now);
            break;
        case server_timer:
            if (auto* t = servers_.find(key->id); t != nullptr) {
                t->timer.rang(now);
                if (is_due(t->machine, now)) t->machine.on(transaction::tick{}, now, todo);
                serve(key->id, todo, nullptr);
            }
            break;
        case client_timer:
            if (auto* t = clients_.find(key->id); t != nullptr) {
                t->timer.rang(now);
                if (is_due(t->machine, now)) t->machine.on(transaction::tick{}, now, todo);
                pursue(key->id, todo, nullptr);
            }
            break;
        default:
            if (const auto it = timers_.find(key->kind); it != timers_.end())
                it->second(key->id, now);
        }
    }
    if (const auto next = deadlines_.next()) shard_.wake_at(*next);
}

} // namespace lyceum::sipstack
