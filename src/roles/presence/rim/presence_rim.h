#pragma once

#include "directory/snapshot.h"
#include "roles/presence/batch.h"
#include "roles/presence/presentity.h"
#include "sipstack/dispatch/dispatch.h"
#include "sipstack/subscriptions/subscriptions.h"
#include "store/contacts.h"

#include <unordered_map>

namespace lyceum::roles::presence {

/// Presence of one shard's users, and what one shard's users watch: gives the machines their SIP
/// requests and each other's news. A watcher's batch lives at the watcher's home, the presentity at
/// the user's; what passes between them are values.
class presence_rim {
public:
    presence_rim(sipstack::stack&,
                 sipstack::dispatch&,
                 sipstack::subscriptions&,
                 const directory::snapshot&,
                 store::contacts&,
                 const settings&);

    /// The rims of all shards, in order. Before the shards run.
    void meet(std::vector<presence_rim*> all) { all_ = std::move(all); }

    // From the registrar and the directory, at the user's home shard.
    void on_endpoint_started(const sip::aor&, const std::string& endpoint);
    void on_endpoint_ended(const sip::aor&, const std::string& endpoint);
    void on_person_changed(const people::user&);
    /// The user exists no longer: nothing of it may meet who comes after under the same address.
    void forget(const sip::aor&);

    /// Requests that wait for a machine's answer.
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
    [[nodiscard]] std::size_t batches() const { return batches_.size(); }

    static constexpr std::uint32_t presentity_timer = 21;
    static constexpr std::uint32_t batch_timer = 22;

private:
    // ---- the watched: presence_rim.cc
    struct watch_of { ///< who waits for a presentity's shows
        unsigned shard = 0;
        std::uint64_t batch = 0;
    };
    struct person {
        presentity machine;
        std::map<subscription_id, sipstack::subscription_id> followers;
        std::map<watch_id, watch_of> watches;
        std::optional<instant> armed = {};
    };
    struct waiting_request {
        sipstack::incoming in;
        subscription_id subscription{}; ///< of a SUBSCRIBE to own data; 0 none
    };
    [[nodiscard]] person& person_of(const sip::aor&);
    void on_own_subscribe(sipstack::incoming&&, bool acl);
    template <class Event>
    void on_service(sipstack::incoming&&);
    void feed(const sip::aor&, const presentity::event&);
    void accept(const sip::aor&, const presentity::accept&);
    void refuse(const presentity::refuse&);
    void watched(const sip::aor& whom, presentity::watched, watch_of);
    void unwatched(const sip::aor& whom, watch_id);
    void arm(const sip::aor&, person&);
    [[nodiscard]] moment now() const;

    // ---- the watchers: watching.cc
    struct watching {
        batch machine;
        sip::aor watcher;
        std::optional<sipstack::subscription_id> subscription = {};
        std::map<sip::aor, watch_id> watches = {};
        std::optional<instant> armed = {};
    };
    void on_presence_subscribe(sipstack::incoming&&);
    void feed(std::uint64_t batch, const batch::event&);
    void accept(std::uint64_t batch, const batch::accept&);
    void watch(std::uint64_t batch, const batch::watch&);
    void unwatch(std::uint64_t batch, const sip::aor&);
    void arm(std::uint64_t batch, watching&);

    [[nodiscard]] unsigned home_of(const sip::aor& user) const {
        return net::home_of(user.text(), stack_.shard().count());
    }
    /// Runs f on the rim of that shard.
    template <class F>
    void at(unsigned shard, F f) {
        stack_.shard().post(shard,
                            [there = all_[shard], f = std::move(f)]() mutable { f(*there); });
    }
    [[nodiscard]] std::uint64_t hold(sipstack::incoming&&, subscription_id = {});
    [[nodiscard]] std::optional<waiting_request> take(request_id);

    sipstack::stack& stack_;
    sipstack::subscriptions& subscriptions_;
    const directory::snapshot& people_;
    store::contacts& contacts_;
    settings settings_;
    std::vector<presence_rim*> all_;
    std::unordered_map<sip::aor, person, sip::aor_hash> persons_;
    std::unordered_map<std::uint64_t, watching> batches_;
    std::unordered_map<std::uint64_t, std::uint64_t> batch_of_; ///< SIP subscription to batch
    std::unordered_map<std::uint64_t, subscription_id>
        follower_of_; ///< SIP subscription to the presentity's
    std::unordered_map<std::uint64_t, waiting_request> waiting_;
    std::unordered_map<std::uint64_t, sip::aor> by_timer_;
    std::uint64_t next_ = 1; ///< of requests, subscriptions, batches and timers alike
};

} // namespace lyceum::roles::presence
