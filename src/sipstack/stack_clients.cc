#include "sipstack/invite_followers.h"
#include "sipstack/stack.h"
#include "sipstack/stack_counters.h"
#include "sipstack/via.h"

namespace lyceum::sipstack {

using sip::header;
using sip::method;
using transaction::action;

transaction_ref stack::send(sip::message&& m,
                            const path& where,
                            response_user* user,
                            std::uint64_t token,
                            const relay_marks& marks) {
    const auto id = next_id_++;
    const branch via{shard_.index(), id, shard_.random().u64(), marks.likeness};
    const auto nearby = nearest(where);
    add_via(m, nearby, via, settings_, marks.via_parameters);
    const bool invite = m.method_id() == method::invite;
    client_transaction t{
        transaction::client(invite, settings_.timings, net::is_reliable(where.kind)),
        via,
        nearby,
        user,
        token,
        {},
        {},
        m.method_id()};
    if (t.method == method::other) t.method = sip::method_of(m.method_name());
    if (!net::is_reliable(nearby.kind)) {
        gate_.keep_inside(nearby, m);
        t.last = m.text();
        if (t.last.size() > settings_.max_datagram) move_to_tcp(m, t, marks);
        if (t.last.size() > longest_datagram) let_go(t.last);
    }
    if (invite) t.stem = stem_of(m);
    const auto to = t.to;
    transaction::actions todo;
    t.machine.on(transaction::start{}, shard_.clock().now(), todo);
    t.timer.set(deadlines_, {client_timer, id}, t.machine.deadline());
    clients_.add(id, std::move(t));
    count_->clients.set(static_cast<std::int64_t>(clients_.size()));
    transmit(to, std::move(m), via);
    return ref_of(id);
}

std::optional<path> stack::tcp_instead_of(const path& udp, const account& whose) {
    const auto refused = refused_tcp_.find(udp.peer);
    if (refused != refused_tcp_.end() && refused->second > shard_.clock().now())
        return std::nullopt;
    if (!udp.flow) return std::nullopt; // no UDP of that family either: it fails as it is
    count_->moved_to_tcp.add();
    const auto address = udp.peer.address.text();
    return transport_.reach(net::transport::tcp,
                            udp.peer,
                            address,
                            whose.host.empty() ? account{address, net::transport::udp} : whose);
}

void stack::note_refused_tcp(const ip_endpoint& peer) {
    const auto now = shard_.clock().now();
    constexpr std::size_t max_remembered = 1000;
    if (refused_tcp_.size() >= max_remembered)
        std::erase_if(refused_tcp_, [&](const auto& p) { return p.second <= now; });
    if (refused_tcp_.size() < max_remembered)
        refused_tcp_.insert_or_assign(peer, now + settings_.tcp_refused_rest);
}

void stack::move_to_tcp(sip::message& m, client_transaction& t, const relay_marks& marks) {
    const auto found = tcp_instead_of(t.to, marks.on_account_of);
    if (!found) return;
    const auto& tcp = *found;
    const std::string udp_via(m.first(header::via));
    m.remove_first(header::via);
    add_via(m, tcp, t.via, settings_, marks.via_parameters);
    t.machine = transaction::client(t.method == method::invite, settings_.timings, true);
    if (transport_.is_open(tcp.flow)) {
        let_go(t.last);
    } else if (t.last.size() <= longest_datagram) {
        t.over_udp = t.to;
        t.udp_via = udp_via;
    }
    t.to = tcp;
}

void stack::fall_back_to_udp(std::uint64_t id) {
    auto& t = *clients_.find(id);
    const auto udp = std::exchange(t.over_udp, std::nullopt);
    if (!udp) return;
    note_refused_tcp(udp->peer);
    clients_.redirect(id, *udp);
    if (t.method == method::invite) t.stem.replace_first(header::via, t.udp_via);
    t.machine = transaction::client(t.method == method::invite, settings_.timings, false);
    transaction::actions todo;
    t.machine.on(transaction::start{}, shard_.clock().now(), todo);
    t.timer.set(deadlines_, {client_timer, id}, t.machine.deadline());
    transport_.send(t.to, t.last);
}

void stack::send_stateless(sip::message&& m, const path& where, const relay_marks& marks) {
    const auto to = nearest(where);
    const branch via{shard_.index(), 0, shard_.random().u64(), marks.likeness};
    add_via(m, to, via, settings_, marks.via_parameters);
    if (net::is_reliable(to.kind) || !to.flow) {
        transmit(to, std::move(m), {});
        return;
    }
    gate_.keep_inside(to, m);
    auto octets = m.text();
    const auto tcp = octets.size() > settings_.max_datagram
                         ? tcp_instead_of(to, marks.on_account_of)
                         : std::nullopt;
    if (!tcp) {
        transport_.send(to, octets);
        return;
    }
    m.remove_first(header::via);
    add_via(m, *tcp, via, settings_, marks.via_parameters);
    if (!transport_.is_open(tcp->flow) && octets.size() <= longest_datagram) {
        auto& waiting = over_udp_[tcp->flow];
        constexpr std::size_t max_waiting = 100; // who did not connect by then gets no more
        if (waiting.size() < max_waiting) waiting.push_back({to, std::move(octets)});
    }
    transmit(*tcp, std::move(m), {});
}

void stack::send_over_udp(net::flow_id refused) {
    const auto waiting = over_udp_.extract(refused);
    if (waiting.empty()) return;
    for (const auto& one : waiting.mapped()) {
        note_refused_tcp(one.to.peer);
        transport_.send(one.to, one.octets);
    }
}

void stack::forget(transaction_ref ref) {
    if (auto* t = clients_.find(ref.local())) t->user = nullptr;
}

void stack::cancel(transaction_ref ref,
                   std::vector<std::string> reasons,
                   std::optional<diagnostics::id> why) {
    const auto id = ref.local();
    auto* const t = clients_.find(id);
    if (t == nullptr || t->method != method::invite) return;
    t->cancel_wanted = true;
    t->cancel_reasons = std::move(reasons);
    t->cancel_why = why;
    // RFC 3261 9.1: not before a provisional response came.
    if (t->heard_provisional && !t->cancel_sent) send_cancel(id);
}

void stack::send_cancel(std::uint64_t id) {
    auto& invite = *clients_.find(id);
    invite.cancel_sent = true;
    const auto now = shard_.clock().now();
    transaction::actions todo;
    invite.machine.on(transaction::cancelled{}, now, todo);
    invite.timer.set(deadlines_, {client_timer, id}, invite.machine.deadline());
    auto m = cancel_of(invite.stem, std::exchange(invite.cancel_reasons, {}));
    if (invite.cancel_why) {
        m.append(header::ms_diagnostics,
                 diagnostics::value(*invite.cancel_why, settings_.gate.fqdn));
    }
    client_transaction t{
        transaction::client(false, settings_.timings, net::is_reliable(invite.to.kind)),
        invite.via,
        invite.to,
        nullptr,
        0,
        {},
        {},
        method::cancel};
    if (!net::is_reliable(t.to.kind)) {
        gate_.keep_inside(t.to, m);
        t.last = m.text();
    }
    t.machine.on(transaction::start{}, now, todo);
    const auto to = t.to;
    t.timer.set(deadlines_, {client_timer, id | cancel_bit}, t.machine.deadline());
    // Its connection may have closed, and our transactions have heard of that before this one was.
    auto waits = t.via;
    waits.transaction = id | cancel_bit;
    clients_.add(id | cancel_bit, std::move(t));
    transmit(to, std::move(m), waits);
}

void stack::deliver_response(branch b, const path& from, sip::message&& m, bool vouched) {
    const auto id = m.cseq_method() == "CANCEL" ? b.transaction | cancel_bit : b.transaction;
    auto* const found = clients_.find(id);
    // Only who was asked may answer: a guessed branch from another connection is nothing. And a
    // gateway that is trusted by its name is known by the address that it was reached at.
    if (found == nullptr || found->via != b || from.kind != found->to.kind ||
        (from.kind != net::transport::udp && from.flow != found->to.flow) ||
        (!vouched && from.peer.address != found->to.peer.address) ||
        sip::method_of(m.cseq_method()) != found->method) {
        count_->stray.add();
        return;
    }
    auto& t = *found;
    const int status = m.status();
    if (status < 200) t.heard_provisional = true;
    transaction::actions todo;
    t.machine.on(transaction::response{status}, shard_.clock().now(), todo);
    if (t.cancel_wanted && !t.cancel_sent && status < 200) send_cancel(id);
    pursue(id, todo, &m);
}

void stack::pursue(std::uint64_t id, transaction::actions todo, sip::message* response) {
    auto* const found = clients_.find(id);
    if (found == nullptr) return;
    auto& t = *found;
    if (todo.has(action::send_ack) && response != nullptr)
        transmit(t.to, ack_of(t.stem, *response), {});
    if (todo.has(action::retransmit) && !t.last.empty()) transport_.send(t.to, t.last);
    const auto ref = ref_of(id);
    auto* const user = t.user;
    const auto token = t.token;
    const bool over = todo.has(action::terminated);
    if (over) {
        clients_.erase(id);
        count_->clients.set(static_cast<std::int64_t>(clients_.size()));
    } else {
        t.timer.set(deadlines_, {client_timer, id}, t.machine.deadline());
    }
    // The user comes last: it may send, cancel and forget.
    if (user == nullptr) return;
    if (todo.has(action::deliver_to_user) && response != nullptr) {
        user->on_response(token, ref, std::move(*response));
    } else if (todo.has(action::report_timeout)) {
        count_->timeouts.add();
        user->on_failure(token, ref, send_failure::timeout);
    } else if (todo.has(action::report_transport_error)) {
        user->on_failure(token, ref, send_failure::unreachable);
    }
}

} // namespace lyceum::sipstack
