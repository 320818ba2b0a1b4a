#pragma once

#include "net/links.h"
#include "net/shard.h"

#include <map>
#include <memory>
#include <queue>
#include <set>

namespace lyceum::net::sim {

class host;

/// How the virtual network treats what is sent. All randomness comes from the world's seed.
struct weather {
    std::chrono::milliseconds least_delay{1};
    std::chrono::milliseconds most_delay{1}; ///< streams keep their own order, whatever the delays
    unsigned datagram_loss_percent = 0;
};

/// A virtual clock and a virtual network in one thread: hosts with shards, streams and datagrams
/// between them. The same seed gives the same run. Above TLS: transports tcp and tls both carry
/// plain octets.
class world final : public environment {
public:
    explicit world(std::uint64_t seed, weather w = {});
    ~world() override;

    [[nodiscard]] instant now() const override { return now_; }
    [[nodiscard]] wall_instant wall_now() const override;

    /// A machine with that many shards. Lives as long as the world.
    host& make_host(const ip_address&, unsigned shards = 1);

    /// Lets time pass: everything due within it happens, in order.
    void run_for(std::chrono::nanoseconds);
    /// Runs until nothing is left to happen within that time; gives how many things happened.
    std::size_t run_until_quiet(std::chrono::nanoseconds at_most);

    // For hosts.
    void at(instant, job);
    [[nodiscard]] std::chrono::nanoseconds delay();
    [[nodiscard]] bool loses_datagram();
    [[nodiscard]] host* find(const ip_address&);
    [[nodiscard]] std::uint64_t next_seed() { return random_.u64(); }

private:
    struct happening {
        instant when;
        std::uint64_t number; ///< what was planned first happens first
        mutable job what;
        friend bool operator<(const happening& a, const happening& b) {
            return std::tie(b.when, b.number) < std::tie(a.when, a.number);
        }
    };
    bool step(instant until);

    instant now_{std::chrono::hours(1)};
    weather weather_;
    random::seeded random_;
    std::priority_queue<happening> plan_;
    std::uint64_t next_ = 0;
    std::map<ip_address, std::unique_ptr<host>> hosts_;
};

/// One machine of the world.
class host {
public:
    host(world&, const ip_address&, unsigned shards);
    ~host();

    [[nodiscard]] net::shard& shard(unsigned index);
    [[nodiscard]] net::links& links(unsigned index);
    void set_events(unsigned index, link_events&);
    /// Accepts at that port; connections are dealt to the shards in turn, datagrams by the sender's
    /// port.
    void listen(transport, audience, std::uint16_t port);
    [[nodiscard]] const ip_address& address() const { return address_; }
    /// The power goes: every connection dies without a word to this side, what waited is lost.
    void kill();

private:
    friend class sim_shard;
    class sim_shard;

    world& world_;
    ip_address address_;
    std::map<std::pair<bool, std::uint16_t>, std::pair<transport, audience>>
        listening_; ///< by (is udp, port)
    std::vector<std::unique_ptr<sim_shard>> shards_;
    unsigned next_shard_ = 0;
    std::uint16_t next_port_ = 40000;
};

} // namespace lyceum::net::sim
