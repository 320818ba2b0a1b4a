#include "sipstack/stack.h"
#include "sipstack/stack_counters.h"
#include "sipstack/way_back.h"

namespace lyceum::sipstack {

using transaction::action;

void stack::respond(transaction_ref ref, sip::message&& m) {
    if (!ref) return;
    if (ref.shard() == shard_.index()) {
        respond_here(ref, std::move(m));
        return;
    }
    count_->hops.add();
    shard_.deliver(ref.shard(), [to = all_[ref.shard()], ref, m = std::move(m)]() mutable {
        to->respond_here(ref, std::move(m));
    });
}

void stack::respond_here(transaction_ref ref, sip::message&& m) {
    const auto id = ref.local();
    auto* const found = servers_.find(id);
    if (found == nullptr) return;
    auto& t = *found;
    transaction::actions todo;
    t.machine.on(transaction::respond{m.status()}, shard_.clock().now(), todo);
    const bool waits = !todo.has(action::terminated); // for an ACK, a CANCEL, or what comes again
    const bool is_final = m.status() >= 200;
    if (waits) {
        if (is_final) t.refused = m.status() >= 300;
        // It is kept for long: of one that nobody makes so long nothing is.
        if (const auto tag = m.to_tag(); !tag.empty() && tag.size() <= longest_tag) t.to_tag = tag;
    }
    serve(id, todo, &m);
    if (waits && is_final) servers_.note_answered(id);
}

bool stack::is_merged(const incoming& in) {
    if (!in.trusted || in.transaction.shard() != shard_.index()) return false;
    const auto& m = in.message;
    if (!m.to_tag().empty()) return false;
    const auto call = m.call_id();
    const auto tag = m.from_tag();
    const auto cseq = m.value(sip::header::cseq);
    sameness_.assign(call).append("\n").append(tag).append("\n").append(cseq);
    const bool merged = servers_.is_merged(in.transaction.local(), sameness_);
    if (merged) count_->loops.add();
    return merged;
}

void stack::serve(std::uint64_t id, transaction::actions todo, sip::message* response) {
    auto* const found = servers_.find(id);
    if (found == nullptr) return;
    auto& t = *found;
    if (todo.has(action::send) && response != nullptr) {
        if (!net::is_reliable(t.from.kind)) {
            gate_.keep_inside(t.back, *response); // before it is kept for another time
            t.last = response->text();
            if (t.last.size() > longest_datagram) let_go(t.last);
        }
        transmit_here(t.back, std::move(*response), {});
    }
    if (todo.has(action::retransmit) && !t.last.empty()) transport_.send(t.back, t.last);
    const auto when = t.machine.deadline();
    // Where an ACK or the request itself could come again is gone: there is nothing to wait for.
    const bool orphan =
        when && net::is_reliable(t.from.kind) && transport_.facts(t.from.flow) == nullptr;
    if (todo.has(action::terminated) || orphan) {
        end_server(id);
        return;
    }
    t.timer.set(deadlines_, {server_timer, id}, when);
}

void stack::file_server() {
    if (!servers_.file_in_hand()) return;
    if (!std::exchange(sweeping_, true))
        deadlines_.arm({sweep_timer, 0}, shard_.clock().now() + settings_.timings.long_wait());
    count_->servers.set(static_cast<std::int64_t>(servers_.size()));
}

void stack::end_server(std::uint64_t id) {
    servers_.erase(id);
    count_->servers.set(static_cast<std::int64_t>(servers_.size()));
}

/// Requests other than INVITE have no timer before they are answered. An answer that got lost
/// between shards (a full mailbox) would leave them for ever; who asked has given up long since.
void stack::sweep(instant now) {
    sweeping_ = false;
    std::vector<std::uint64_t> forgotten;
    for (const auto& [id, t] : servers_) {
        if (!t.is_invite && !t.machine.deadline() &&
            t.began + 2 * settings_.timings.long_wait() <= now)
            forgotten.push_back(id);
    }
    for (const auto id : forgotten) {
        count_->unanswered.add();
        end_server(id);
    }
    if (servers_.size() == 0) return;
    sweeping_ = true;
    deadlines_.arm({sweep_timer, 0}, now + settings_.timings.long_wait());
}

void stack::answer(const path& to, sip::message&& m) {
    answer_at_once(to, std::move(m));
}

void stack::answer_at_once(const path& from, sip::message&& response) {
    const auto back = back_from(from, response);
    transmit_here(back, std::move(response), {});
}

path stack::back_from(const path& from, const sip::message& m) const {
    return way_back(from, m, [this](const path& p) { return gate_.trusts(p); });
}

} // namespace lyceum::sipstack
