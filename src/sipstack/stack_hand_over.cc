#include "sipstack/stack.h"
#include "sipstack/stack_counters.h"

namespace lyceum::sipstack {

path stack::nearest(path to) const {
    // Every shard has a socket on our UDP port, so none needs another's.
    if (to.kind == net::transport::udp) to.flow = transport_.udp_socket_to(to.peer.address);
    return to;
}

void stack::transmit(const path& to, sip::message&& m, const branch& waits) {
    if (!to.flow) { // no UDP socket of that family
        unreachable(waits);
        return;
    }
    const auto shard = to.flow.shard();
    if (shard == shard_.index()) {
        transmit_here(to, std::move(m), waits);
        return;
    }
    if (shard >= all_.size()) {
        unreachable(waits);
        return;
    }
    count_->hops.add();
    const bool taken =
        shard_.post(shard, [there = all_[shard], to, m = std::move(m), waits]() mutable {
            there->transmit_here(to, std::move(m), waits);
        });
    if (!taken) unreachable(waits);
}

void stack::transmit_here(const path& to, sip::message&& m, const branch& waits) {
    gate_.keep_inside(to, m);
    gate_.sign(to, m);
    out_.clear();
    m.serialise(out_);
    if (!transport_.send(to, out_)) unreachable(waits);
}

void stack::unreachable(const branch& waits) {
    if (waits.transaction == 0) return;
    // Never at once: the sender is in the middle of its own work.
    shard_.deliver(waits.shard,
                   [there = all_[waits.shard], id = waits.transaction] { there->fail_client(id); });
}

} // namespace lyceum::sipstack
