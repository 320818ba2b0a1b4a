#pragma once

#include "net/sim/world.h"

#include <unordered_map>

namespace lyceum::net::sim {

/// A shard and its links, without a thread and without sockets.
class host::sim_shard final : public net::shard, public net::links {
public:
    sim_shard(host& h, unsigned index, unsigned count, std::uint64_t seed)
        : host_(h), index_(index), count_(count), random_(seed) {
        metrics_.push_back(std::make_unique<metrics::registry>());
    }

    // shard
    [[nodiscard]] unsigned index() const override { return index_; }
    [[nodiscard]] unsigned count() const override { return count_; }
    bool post(unsigned to, job work) override;
    void deliver(unsigned to, job work) override { post(to, std::move(work)); }
    bool offload(job blocking, job then) override;
    void wake_at(instant when) override;
    void on_wakeup(std::move_only_function<void(instant)> f) override { wakeup_ = std::move(f); }
    [[nodiscard]] const environment& clock() const override { return host_.world_; }
    random::source& random() override { return random_; }
    metrics::registry& metrics() override { return *metrics_.back(); }

    // links
    flow_id connect(const target&) override;
    bool send(flow_id, std::string_view octets) override;
    void send_datagram(flow_id socket, const ip_endpoint& peer, std::string_view octets) override;
    void close(flow_id, bool) override;
    void acknowledge_now(flow_id) override {}
    void stop_listening() override { host_.listening_.clear(); }
    [[nodiscard]] flow_id udp_socket_to(const ip_address& peer) const override {
        return peer.is_v4() == host_.address_.is_v4() ? udp_socket() : flow_id{};
    }
    [[nodiscard]] flow_id udp_socket() const override {
        for (const auto& [key, who] : host_.listening_) {
            if (key.first) return socket_id(key.second);
        }
        return {};
    }

    void set_events(link_events& e) { events_ = &e; }
    void die();
    void reset_all();
    void cut_all();
    void finish_all();
    void read_all();
    [[nodiscard]] std::size_t flows() const { return flows_.size(); }

private:
    struct flow {
        flow_facts facts;
        sim_shard* other = nullptr;
        flow_id other_id;
        std::string waiting;       ///< sent before it was connected
        std::string unread;        ///< came while the host did not read
        std::size_t under_way = 0; ///< sent and not read by the other side yet
        instant busy_until;        ///< octets of a stream never overtake each other
        bool ended = false;        ///< the other side closed; told after what is unread
        bool finished = false;     ///< we send no more
        bool cut = false;
        bool gives_up = false;
    };

    sim::world& world() const { return host_.world_; }
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
    [[nodiscard]] std::vector<flow_id> connected() const;
    void reach(flow_id mine, const target&, const ip_endpoint& local);
    void carry(flow_id, flow&, std::string octets);
    void arrive(flow_id, std::string_view octets);
    void taken(flow_id, std::size_t octets);
    void hear_end(flow_id, closed_why);
    void tell_other(const flow&, closed_why);
    void end_later(flow_id, std::chrono::nanoseconds after, closed_why);
    void end(flow_id, closed_why);

    host& host_;
    unsigned index_;
    unsigned count_;
    random::seeded random_;
    /// One for each life: who dies may still hold numbers of his.
    std::vector<std::unique_ptr<metrics::registry>> metrics_;
    link_events* events_ = nullptr;
    std::optional<instant> armed_;
    std::move_only_function<void(instant)> wakeup_;
    std::unordered_map<flow_id, flow, flow_hash> flows_;
    std::uint64_t next_flow_ = 1;
    unsigned life_ = 0;
};

} // namespace lyceum::net::sim
