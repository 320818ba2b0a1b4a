#include "net/sim/world.h"

#include <unordered_map>

namespace lyceum::net::sim {

/// A shard and its links, without a thread and without sockets.
class host::sim_shard final : public net::shard, public net::links {
public:
    sim_shard(host& h, unsigned index, unsigned count, std::uint64_t seed)
        : host_(h), index_(index), count_(count), random_(seed) {}

    // shard
    unsigned index() const override { return index_; }
    unsigned count() const override { return count_; }
    bool post(unsigned to, job work) override {
        host_.world_.at(host_.world_.now(), host_.shards_[to]->guarded(std::move(work)));
        return true;
    }
    void deliver(unsigned to, job work) override { post(to, std::move(work)); }
    bool offload(job blocking, job then) override {
        auto both = [blocking = std::move(blocking), then = std::move(then)]() mutable {
            blocking();
            then();
        };
        host_.world_.at(host_.world_.now() + host_.world_.delay(), guarded(std::move(both)));
        return true;
    }
    void wake_at(instant when) override {
        if (armed_ && *armed_ <= when) return;
        armed_ = when;
        host_.world_.at(when, guarded([this, when] {
                            if (armed_ != when) return; // an earlier one took its place
                            armed_.reset();
                            if (wakeup_) wakeup_(host_.world_.now());
                        }));
    }
    void on_wakeup(std::move_only_function<void(instant)> f) override { wakeup_ = std::move(f); }
    const environment& clock() const override { return host_.world_; }
    random::source& random() override { return random_; }
    metrics::registry& metrics() override { return metrics_; }

    // links
    flow_id connect(const target& t) override {
        const ip_endpoint local{host_.address_, host_.next_port_++};
        const auto mine = make_flow({t.kind, audience::trusted, true, local, t.peer, {}});
        host_.world_.at(host_.world_.now() + host_.world_.delay(),
                        guarded([this, mine, t, local] { reach(mine, t, local); }));
        return mine;
    }
    bool send(flow_id id, std::string_view octets) override {
        const auto it = flows_.find(id);
        if (it == flows_.end()) return false;
        auto& f = it->second;
        if (f.other == nullptr) {
            f.waiting += octets; // not connected yet
        } else {
            carry(f, std::string(octets));
        }
        return true;
    }
    void send_datagram(flow_id socket, const ip_endpoint& peer, std::string_view octets) override {
        auto* there = host_.world_.find(peer.address);
        if (there == nullptr || host_.world_.loses_datagram()) return;
        const auto listening = there->listening_.find({true, peer.port});
        if (listening == there->listening_.end()) return;
        const ip_endpoint from{host_.address_, static_cast<std::uint16_t>(socket.value & 0xFFFFU)};
        auto& to = *there->shards_[from.port % there->shards_.size()];
        host_.world_.at(host_.world_.now() + host_.world_.delay(),
                        to.guarded([&to, peer, from, text = std::string(octets)] {
                            if (to.events_ != nullptr)
                                to.events_->received_datagram(to.socket_id(peer.port), from, text);
                        }));
    }
    void close(flow_id id, bool) override {
        host_.world_.at(host_.world_.now(), guarded([this, id] {
                            const auto it = flows_.find(id);
                            if (it == flows_.end()) return;
                            auto* const other = it->second.other;
                            const auto other_id = it->second.other_id;
                            const auto when = std::max(it->second.busy_until, host_.world_.now());
                            end(id, closed_why::by_us);
                            if (other != nullptr) {
                                host_.world_.at(when + host_.world_.delay(),
                                                other->guarded([other, other_id] {
                                                    other->end(other_id, closed_why::by_peer);
                                                }));
                            }
                        }));
    }
    void acknowledge_now(flow_id) override {}
    void stop_listening() override { host_.listening_.clear(); }
    flow_id udp_socket_to(const ip_address& peer) const override {
        return peer.is_v4() == host_.address_.is_v4() ? udp_socket() : flow_id{};
    }
    flow_id udp_socket() const override {
        for (const auto& [key, who] : host_.listening_) {
            if (key.first) return socket_id(key.second);
        }
        return {};
    }

    void set_events(link_events& e) { events_ = &e; }
    void die() {
        ++life_;
        for (auto& [id, f] : flows_) {
            if (auto* const other = f.other) {
                const auto other_id = f.other_id;
                host_.world_.at(host_.world_.now() + host_.world_.delay(),
                                other->guarded([other, other_id] {
                                    other->end(other_id, closed_why::failed);
                                }));
            }
        }
        flows_.clear();
        armed_.reset();
    }

private:
    struct flow {
        flow_facts facts;
        sim_shard* other = nullptr;
        flow_id other_id;
        std::string waiting;
        instant busy_until; ///< octets of a stream never overtake each other
    };

    /// What was planned for a shard that has died since does not happen.
    job guarded(job what) {
        return [this, life = life_, what = std::move(what)]() mutable {
            if (life == life_) what();
        };
    }
    flow_id socket_id(std::uint16_t port) const {
        return {(std::uint64_t{index_} << 48U) | (std::uint64_t{1} << 40U) | port};
    }
    flow_id make_flow(flow_facts facts) {
        const flow_id id{(std::uint64_t{index_} << 48U) | next_flow_++};
        flows_[id].facts = std::move(facts);
        return id;
    }
    void reach(flow_id mine, const target& t, const ip_endpoint& local) {
        if (!flows_.contains(mine)) return;
        auto* there = host_.world_.find(t.peer.address);
        const auto listening = there == nullptr ? decltype(there->listening_.begin()){}
                                                : there->listening_.find({false, t.peer.port});
        if (there == nullptr || listening == there->listening_.end()) {
            end(mine, closed_why::refused);
            return;
        }
        auto& to = *there->shards_[there->next_shard_++ % there->shards_.size()];
        const auto theirs = to.make_flow(
            {listening->second.first, listening->second.second, false, t.peer, local, {}});
        to.flows_[theirs].other = this;
        to.flows_[theirs].other_id = mine;
        auto& f = flows_[mine];
        f.other = &to;
        f.other_id = theirs;
        to.events_->opened(theirs, to.flows_[theirs].facts);
        if (flows_.contains(mine)) events_->opened(mine, flows_[mine].facts);
        if (const auto it = flows_.find(mine); it != flows_.end() && !it->second.waiting.empty()) {
            carry(it->second, std::exchange(it->second.waiting, {}));
        }
    }
    void carry(flow& f, std::string octets) {
        f.busy_until = std::max(f.busy_until, host_.world_.now() + host_.world_.delay());
        host_.world_.at(
            f.busy_until,
            f.other->guarded([other = f.other, id = f.other_id, octets = std::move(octets)] {
                if (other->flows_.contains(id)) other->events_->received(id, octets);
            }));
    }
    void end(flow_id id, closed_why why) {
        if (flows_.erase(id) != 0 && events_ != nullptr) events_->closed(id, why);
    }

    host& host_;
    unsigned index_;
    unsigned count_;
    random::seeded random_;
    metrics::registry metrics_;
    link_events* events_ = nullptr;
    std::optional<instant> armed_;
    std::move_only_function<void(instant)> wakeup_;
    std::unordered_map<flow_id, flow, flow_hash> flows_;
    std::uint64_t next_flow_ = 1;
    unsigned life_ = 0;
};

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
    for (auto& s : shards_)
        s->die();
}

} // namespace lyceum::net::sim
