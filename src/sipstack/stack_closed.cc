#include "base/log/log.h"
#include "sipstack/stack.h"

namespace lyceum::sipstack {

void stack::on_closed(net::flow_id id, net::closed_why why) {
    log::write(log::level::debug,
               "sipstack",
               "flow_closed",
               {{"why", net::name(why)}, {"user", transport_.user(id)}});
    gate_.on_closed(id);
    for (const auto ref : invites_from(id, true))
        requests_->on_caller_gone(ref);
    send_over_udp(id);
    // A stranger who comes and goes costs the other shards nothing: nobody sends to such a
    // connection.
    const auto* facts = transport_.facts(id);
    const bool was_used =
        !transport_.user(id).empty() || facts == nullptr || facts->who == net::audience::trusted;
    if (!was_used) return;
    for (unsigned i = 0; i < all_.size(); ++i) {
        if (i == shard_.index()) {
            fail_clients_of(id);
        } else {
            shard_.deliver(i, [there = all_[i], id] { there->fail_clients_of(id); });
        }
    }
    flows_->on_flow_closed(id);
    // For nothing but an ACK they would wait. Some have been answered just now: who called himself
    // over this connection had nobody else to ring.
    for (const auto ref : invites_from(id, false))
        end_server(ref.local());
}

std::vector<transaction_ref> stack::invites_from(net::flow_id flow, bool wait_for_answer) {
    std::vector<transaction_ref> out;
    for (const auto number : servers_.invites_by_flow().of(flow)) {
        const auto state = servers_.find(number)->machine.state();
        if ((state == transaction::state::proceeding) == wait_for_answer)
            out.push_back(ref_of(number));
    }
    return out;
}

void stack::fail_clients_of(net::flow_id flow) {
    for (const auto id : clients_.by_flow().of(flow))
        fail_client(id);
}

void stack::fail_client(std::uint64_t id) {
    auto* const t = clients_.find(id);
    if (t == nullptr) return;
    if (t->over_udp) {
        fall_back_to_udp(id);
        return;
    }
    transaction::actions todo;
    t->machine.on(transaction::transport_failed{}, shard_.clock().now(), todo);
    pursue(id, todo, nullptr);
}

void stack::unless_open(net::flow_id flow, std::move_only_function<void()> gone) {
    if (flow.shard() >= all_.size()) return;
    shard_.deliver(flow.shard(),
                   [there = all_[flow.shard()],
                    flow,
                    back = shard_.index(),
                    gone = std::move(gone)]() mutable {
                       if (there->transport_.facts(flow) == nullptr)
                           there->shard_.deliver(back, std::move(gone));
                   });
}

void stack::user_of(net::flow_id flow, std::move_only_function<void(std::string)> then) {
    const auto owner = flow.shard() < all_.size() ? flow.shard() : shard_.index();
    shard_.deliver(
        owner,
        [there = all_[owner], flow, back = shard_.index(), then = std::move(then)]() mutable {
            std::string who(there->transport_.user(flow));
            there->shard_.deliver(back, [who = std::move(who), then = std::move(then)]() mutable {
                then(std::move(who));
            });
        });
}

} // namespace lyceum::sipstack
