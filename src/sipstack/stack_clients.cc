#include "sipstack/invite_followers.h"
#include "sipstack/stack.h"
#include "sipstack/stack_counters.h"
#include "sipstack/via.h"

namespace lyceum::sipstack {

using sip::method;
using transaction::action;

transaction_ref stack::send(sip::message&& m,
                            const path& where,
                            response_user* user,
                            std::uint64_t token,
                            std::string_view via_parameters) {
    const auto to = nearest(where);
    const auto id = next_id_++;
    const branch via{shard_.index(), id, shard_.random().u64()};
    add_via(m, to, via, settings_, via_parameters);
    const bool invite = m.method_id() == method::invite;
    client_transaction t{transaction::client(invite, settings_.timings, net::is_reliable(to.kind)),
                         via,
                         to,
                         user,
                         token,
                         {},
                         {},
                         m.method_id()};
    if (t.method == method::other) t.method = sip::method_of(m.method_name());
    if (invite) {
        t.request = m;
        t.request.set_body({}, {});
    }
    if (!net::is_reliable(to.kind)) {
        gate_.keep_inside(to, m);
        t.last = m.text();
    }
    transaction::actions todo;
    t.machine.on(transaction::start{}, shard_.clock().now(), todo);
    const auto when = t.machine.deadline();
    clients_.add(id, std::move(t));
    count_->clients.set(static_cast<std::int64_t>(clients_.size()));
    if (when) deadlines_.arm({client_timer, id}, *when);
    transmit(to, std::move(m), via);
    return ref_of(id);
}

void stack::send_stateless(sip::message&& m, const path& where) {
    const auto to = nearest(where);
    add_via(m, to, {shard_.index(), 0, shard_.random().u64()}, settings_);
    transmit(to, std::move(m), {});
}

void stack::forget(transaction_ref ref) {
    if (auto* t = clients_.find(ref.local())) t->user = nullptr;
}

void stack::cancel(transaction_ref ref) {
    const auto id = ref.local();
    auto* const t = clients_.find(id);
    if (t == nullptr || t->method != method::invite) return;
    t->cancel_wanted = true;
    // RFC 3261 9.1: not before a provisional response came.
    if (t->heard_provisional && !t->cancel_sent) send_cancel(id);
}

void stack::send_cancel(std::uint64_t id) {
    auto& invite = *clients_.find(id);
    invite.cancel_sent = true;
    const auto now = shard_.clock().now();
    transaction::actions todo;
    invite.machine.on(transaction::cancelled{}, now, todo);
    if (const auto when = invite.machine.deadline()) deadlines_.arm({client_timer, id}, *when);
    auto m = cancel_of(invite.request);
    client_transaction t{
        transaction::client(false, settings_.timings, net::is_reliable(invite.to.kind)),
        invite.via,
        invite.to,
        nullptr,
        0,
        {},
        {},
        method::cancel};
    if (!net::is_reliable(t.to.kind)) t.last = m.text();
    t.machine.on(transaction::start{}, now, todo);
    const auto to = t.to;
    const auto when = t.machine.deadline();
    clients_.add(id | cancel_bit, std::move(t));
    if (when) deadlines_.arm({client_timer, id | cancel_bit}, *when);
    transmit(to, std::move(m), {});
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
        transmit(t.to, ack_of(t.request, *response), {});
    if (todo.has(action::retransmit) && !t.last.empty()) transport_.send(t.to, t.last);
    const auto ref = ref_of(id);
    auto* const user = t.user;
    const auto token = t.token;
    const bool over = todo.has(action::terminated);
    if (over) {
        clients_.erase(id);
        count_->clients.set(static_cast<std::int64_t>(clients_.size()));
    } else if (const auto when = t.machine.deadline()) {
        deadlines_.arm({client_timer, id}, *when);
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
