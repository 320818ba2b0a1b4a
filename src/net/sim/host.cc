#include "net/sim/sim_shard.h"

namespace lyceum::net::sim {

host::host(world& w, const ip_address& address, unsigned shards) : world_(w), address_(address) {
    for (unsigned i = 0; i < shards; ++i)
        shards_.push_back(std::make_unique<sim_shard>(*this, i, shards, w.next_seed()));
}
host::~host() = default;

net::shard& host::shard(unsigned i) {
    return *shards_[i];
}
net::links& host::links(unsigned i) {
    return *shards_[i];
}
void host::set_events(unsigned i, link_events& e) {
    shards_[i]->set_events(e);
}
void host::listen(transport kind, audience who, std::uint16_t port) {
    listening_.insert_or_assign({kind == transport::udp, port}, std::pair(kind, who));
}
void host::kill() {
    listening_.clear();
    reads_ = true;
    for (auto& s : shards_)
        s->die();
}
void host::reset_connections() {
    for (auto& s : shards_)
        s->reset_all();
}
void host::cut_connections() {
    for (auto& s : shards_)
        s->cut_all();
}
void host::finish_sending() {
    for (auto& s : shards_)
        s->finish_all();
}
void host::stop_reading() {
    reads_ = false;
}
void host::read_again() {
    reads_ = true;
    for (auto& s : shards_)
        s->read_all();
}
std::size_t host::connections() const {
    std::size_t n = 0;
    for (const auto& s : shards_)
        n += s->flows();
    return n;
}

// ---- the shard

bool host::sim_shard::post(unsigned to, job work) {
    world().at(world().now(), host_.shards_[to]->guarded(std::move(work)));
    return true;
}

bool host::sim_shard::offload(job blocking, job then) {
    // Two moments: who dies between them has done the work and told nobody.
    auto both = [this, blocking = std::move(blocking), then = std::move(then)]() mutable {
        blocking();
        world().at(world().now() + world().delay(), guarded(std::move(then)));
    };
    world().at(world().now() + world().delay(), guarded(std::move(both)));
    return true;
}

void host::sim_shard::wake_at(instant when) {
    if (armed_ && *armed_ <= when) return;
    armed_ = when;
    world().at(when, guarded([this, when] {
                   if (armed_ != when) return; // an earlier one took its place
                   armed_.reset();
                   if (wakeup_) wakeup_(world().now());
               }));
}

// ---- its links

flow_id host::sim_shard::connect(const target& t) {
    const ip_endpoint local{host_.address_, host_.next_port_++};
    const auto mine = make_flow({t.kind, audience::trusted, true, local, t.peer, {}});
    world().at(world().now() + world().delay(),
               guarded([this, mine, t, local] { reach(mine, t, local); }));
    return mine;
}

void host::sim_shard::reach(flow_id mine, const target& t, const ip_endpoint& local) {
    if (!flows_.contains(mine)) return;
    auto* there = world().find(t.peer.address);
    const auto listening = there == nullptr ? decltype(there->listening_.begin()){}
                                            : there->listening_.find({false, t.peer.port});
    if (there == nullptr || listening == there->listening_.end()) {
        end(mine, closed_why::refused);
        return;
    }
    auto& to = *there->shards_[there->next_shard_++ % there->shards_.size()];
    const auto theirs =
        to.make_flow({listening->second.first, listening->second.second, false, t.peer, local, {}});
    to.flows_[theirs].other = this;
    to.flows_[theirs].other_id = mine;
    auto& f = flows_[mine];
    f.other = &to;
    f.other_id = theirs;
    world().note(mine.value, "opened");
    to.events_->opened(theirs, to.flows_[theirs].facts);
    if (flows_.contains(mine)) events_->opened(mine, flows_[mine].facts);
    if (const auto it = flows_.find(mine); it != flows_.end() && !it->second.waiting.empty())
        carry(mine, it->second, std::exchange(it->second.waiting, {}));
}

bool host::sim_shard::send(flow_id id, std::string_view octets) {
    const auto it = flows_.find(id);
    if (it == flows_.end() || it->second.finished) return false;
    auto& f = it->second;
    if (f.cut) {
        if (!std::exchange(f.gives_up, true))
            end_later(id, world().weather_now().give_up, closed_why::failed);
        return true;
    }
    if (f.other == nullptr) {
        f.waiting += octets; // not connected yet
    } else {
        carry(id, f, std::string(octets));
    }
    return true;
}

void host::sim_shard::carry(flow_id id, flow& f, std::string octets) {
    f.under_way += octets.size();
    if (f.under_way > world().weather_now().max_queued) {
        end_later(id, 0ns, closed_why::too_slow);
        return;
    }
    const auto broken = world().break_of(octets.size());
    std::string rest = broken == 0 ? std::string() : octets.substr(broken);
    if (broken != 0) octets.resize(broken);
    for (auto* piece : {&octets, &rest}) {
        if (piece->empty()) continue;
        f.busy_until = std::max(f.busy_until, world().now() + world().delay());
        world().at(f.busy_until,
                   f.other->guarded([other = f.other, to = f.other_id, o = std::move(*piece)] {
                       other->arrive(to, o);
                   }));
    }
}

void host::sim_shard::arrive(flow_id id, std::string_view octets) {
    const auto it = flows_.find(id);
    if (it == flows_.end() || it->second.cut) return;
    if (!host_.reads_) {
        it->second.unread += octets;
        return;
    }
    if (auto* const other = it->second.other) other->taken(it->second.other_id, octets.size());
    world().note(id.value, octets);
    events_->received(id, octets);
}

void host::sim_shard::taken(flow_id id, std::size_t octets) {
    if (const auto it = flows_.find(id); it != flows_.end()) it->second.under_way -= octets;
}

void host::sim_shard::hear_end(flow_id id, closed_why why) {
    const auto it = flows_.find(id);
    if (it == flows_.end() || it->second.cut) return;
    if (!it->second.unread.empty() && why == closed_why::by_peer) {
        it->second.ended = true; // after what is not read yet
        return;
    }
    tell_other(it->second, closed_why::by_peer); // who hears an end closes: a half-closed one, too
    end(id, why);
}

void host::sim_shard::send_datagram(flow_id socket,
                                    const ip_endpoint& peer,
                                    std::string_view octets) {
    auto* there = world().find(peer.address);
    if (there == nullptr || world().loses_datagram()) return;
    const auto listening = there->listening_.find({true, peer.port});
    if (listening == there->listening_.end()) return;
    const ip_endpoint from{host_.address_, static_cast<std::uint16_t>(socket.value & 0xFFFFU)};
    auto& to = *there->shards_[from.port % there->shards_.size()];
    world().at(world().now() + world().delay(),
               to.guarded([&to, peer, from, text = std::string(octets)] {
                   if (to.events_ == nullptr) return;
                   to.world().note(from.port, text);
                   to.events_->received_datagram(to.socket_id(peer.port), from, text);
               }));
}

void host::sim_shard::close(flow_id id, bool) {
    world().at(world().now(), guarded([this, id] {
                   const auto it = flows_.find(id);
                   if (it == flows_.end()) return;
                   tell_other(it->second, closed_why::by_peer);
                   end(id, closed_why::by_us);
               }));
}

void host::sim_shard::tell_other(const flow& f, closed_why why) {
    if (f.other == nullptr || f.cut || f.finished) return;
    const auto when = why == closed_why::by_peer ? std::max(f.busy_until, world().now()) // in order
                                                 : world().now();
    world().at(when + world().delay(), f.other->guarded([other = f.other, id = f.other_id, why] {
        other->hear_end(id, why);
    }));
}

void host::sim_shard::end_later(flow_id id, std::chrono::nanoseconds after, closed_why why) {
    world().at(world().now() + after, guarded([this, id, why] {
                   const auto it = flows_.find(id);
                   if (it == flows_.end()) return;
                   tell_other(it->second, closed_why::failed);
                   end(id, why);
               }));
}

void host::sim_shard::end(flow_id id, closed_why why) {
    if (flows_.erase(id) == 0 || events_ == nullptr) return;
    world().note(id.value, name(why));
    events_->closed(id, why);
}

// ---- what happens to them

void host::sim_shard::die() {
    ++life_;
    for (const auto& [id, f] : flows_)
        tell_other(f, closed_why::failed);
    flows_.clear();
    armed_.reset();
    wakeup_ = {};
    metrics_.push_back(std::make_unique<metrics::registry>());
}

std::vector<flow_id> host::sim_shard::connected() const {
    std::vector<flow_id> out;
    for (const auto& [id, f] : flows_) {
        if (f.other != nullptr) out.push_back(id);
    }
    std::ranges::sort(out);
    return out;
}

void host::sim_shard::reset_all() {
    for (const auto id : connected())
        end_later(id, 0ns, closed_why::failed);
}

void host::sim_shard::cut_all() {
    for (const auto id : connected()) {
        auto& f = flows_[id];
        f.cut = true;
        if (f.finished) end_later(id, world().weather_now().give_up, closed_why::failed);
        if (const auto it = f.other->flows_.find(f.other_id); it != f.other->flows_.end())
            it->second.cut = true;
    }
}

void host::sim_shard::finish_all() {
    for (const auto id : connected()) {
        tell_other(flows_[id], closed_why::by_peer);
        flows_[id].finished = true;
        if (flows_[id].cut) end_later(id, world().weather_now().give_up, closed_why::failed);
    }
}

void host::sim_shard::read_all() {
    for (const auto id : connected()) {
        world().at(world().now(), guarded([this, id] {
                       const auto it = flows_.find(id);
                       if (it == flows_.end()) return;
                       const bool ended = it->second.ended;
                       const auto octets = std::exchange(it->second.unread, {});
                       if (!octets.empty()) arrive(id, octets);
                       if (ended && host_.reads_) hear_end(id, closed_why::by_peer);
                   }));
    }
}

} // namespace lyceum::net::sim
