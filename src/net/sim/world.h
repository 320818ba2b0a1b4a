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
    unsigned split_percent = 0;               ///< how many chunks of a stream arrive in two pieces
    std::chrono::milliseconds give_up{60000}; ///< octets into a dead wire: the sender learns after
    std::size_t max_queued = std::size_t{4} << 20U; ///< octets that wait for a slow reader
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
    /// Somebody sets the clock on the wall; the monotonic one does not notice.
    void jump_wall(std::chrono::milliseconds by) { wall_jump_ += by; }
    void set_weather(const weather& w) { weather_ = w; }
    [[nodiscard]] const weather& weather_now() const { return weather_; }

    /// A machine with that many shards. Lives as long as the world.
    host& make_host(const ip_address&, unsigned shards = 1);

    /// Lets time pass: everything due within it happens, in order.
    void run_for(std::chrono::nanoseconds);
    /// Runs until nothing is left to happen within that time; gives how many things happened.
    std::size_t run_until_quiet(std::chrono::nanoseconds at_most);
    /// Is called after each thing that happened: for invariants.
    void after_each(std::function<void()> f) { after_each_ = std::move(f); }
    [[nodiscard]] std::uint64_t happened() const { return happened_; }
    /// A digest of all that arrived anywhere, and when: equal runs have equal ones.
    [[nodiscard]] std::uint64_t fingerprint() const { return fingerprint_; }

    // For hosts.
    void at(instant, job);
    [[nodiscard]] std::chrono::nanoseconds delay();
    [[nodiscard]] bool loses_datagram();
    /// Where a chunk of that size breaks in two; 0: it does not.
    [[nodiscard]] std::size_t break_of(std::size_t size);
    [[nodiscard]] host* find(const ip_address&);
    [[nodiscard]] std::uint64_t next_seed() { return random_.u64(); }
    void note(std::uint64_t flow, std::string_view what);

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
    std::chrono::milliseconds wall_jump_{0};
    weather weather_;
    random::seeded random_;
    std::priority_queue<happening> plan_;
    std::uint64_t next_ = 0;
    std::uint64_t happened_ = 0;
    std::uint64_t fingerprint_ = 0;
    std::function<void()> after_each_;
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
    /// The process dies: every connection ends without a word to this side, what waited is lost,
    /// numbers are forgotten. The others hear of it. It may begin anew: set_events(), listen().
    void kill();

    // What happens to connections, from this host's side. All of them, whatever the shard.
    /// Both sides hear that the network failed.
    void reset_connections();
    /// The wire is cut: nobody hears anything, octets vanish, and who sends learns of it after
    /// weather::give_up. New connections work.
    void cut_connections();
    /// This side says that it will send no more, but goes on reading what comes until the other
    /// side closes.
    void finish_sending();
    /// Octets that come in wait, and so does all that follows them, until the host reads again.
    void stop_reading();
    void read_again();
    [[nodiscard]] std::size_t connections() const;

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
    bool reads_ = true;
};

} // namespace lyceum::net::sim
