#pragma once

#include "apps/signalling/front_end.h"
#include "credentials/builtin/verifier.h"
#include "net/sim/sim_resolver.h"
#include "store/memory/memory_store.h"

namespace lyceum::simulation {

inline constexpr std::string_view server_address = "10.0.0.1";
inline constexpr std::string_view domain = "contoso.test";

inline sip::aor aor_of(std::string_view name) {
    return *sip::aor::from("sip:" + std::string(name) + "@" + std::string(domain));
}
std::string password_of(std::string_view name);

/// The whole front end as lyceumd composes it, on a virtual machine: real NTLM against sealed
/// hashes, several shards, a store that outlives the process.
class server {
public:
    server(net::sim::world&, unsigned shards);
    ~server();

    /// Before start(), or while it runs: the store, and the directory of every shard.
    void add_user(std::string_view name);
    /// What an administrator does, as lyceumd carries it out. False when the store does not take
    /// it: then nothing has happened.
    [[nodiscard]] bool set_enabled(std::string_view name, bool enabled);
    [[nodiscard]] bool set_password(std::string_view name, std::string_view password);
    /// Endpoints of that user that are registered now.
    [[nodiscard]] std::size_t endpoints_of(std::string_view name) const;
    /// Lets that host in over UDP and TCP without a challenge, for users of ours.
    void trust(const ip_address& host);

    void start();
    /// kill -9: memory is lost, the store stays.
    void kill();
    /// SIGTERM: no new requests; kill() ends it.
    void drain();
    [[nodiscard]] bool is_up() const { return !front_ends_.empty(); }
    /// From now on the store answers nothing, or answers again.
    void set_store_down(bool down) { store_down_ = down; }

    /// Everything that is counted, over all shards.
    struct counts {
        std::size_t flows = 0;
        std::size_t server_transactions = 0;
        std::size_t client_transactions = 0;
        std::size_t associations = 0;
        std::size_t response_contexts = 0;
        std::size_t registrations = 0;
        std::size_t subscriptions = 0;
        std::size_t locations = 0; ///< users with a place, on any shard
        std::size_t waiting = 0;   ///< requests that roles hold
        std::size_t watching = 0;  ///< batches of watched users

        [[nodiscard]] std::size_t transient() const {
            return server_transactions + client_transactions + response_contexts + waiting;
        }
        [[nodiscard]] std::string text() const;
        [[nodiscard]] std::size_t sum() const {
            return transient() + flows + associations + registrations + subscriptions + locations +
                   watching;
        }
    };
    [[nodiscard]] counts now() const;
    [[nodiscard]] std::size_t timers() const;
    [[nodiscard]] double metric(std::string_view name) const;
    [[nodiscard]] net::sim::host& host() { return host_; }
    [[nodiscard]] store::memory::memory_store& store() { return store_; }
    /// How often it was started.
    [[nodiscard]] unsigned lives() const { return lives_; }

private:
    void expel(const sip::aor&, diagnostics::id);

    net::sim::world& world_;
    net::sim::host& host_;
    unsigned shards_;
    net::sim::sim_resolver names_;
    apps::deployment::deployment settings_;
    bool store_down_ = false;
    store::memory::memory_store store_;
    crypto::seal_key key_{};
    random::seeded sealing_{1};
    std::unique_ptr<credentials::verifier> verifier_;
    std::unique_ptr<apps::signalling::foundation> foundation_;
    std::vector<std::unique_ptr<apps::signalling::front_end>> front_ends_;
    unsigned lives_ = 0;
};

} // namespace lyceum::simulation
