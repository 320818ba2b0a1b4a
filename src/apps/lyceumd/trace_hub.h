#pragma once

#include "admin/service.h"
#include "base/environment.h"
#include "sipstack/transport/tap.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace lyceum::apps::server {

/// What `lyceum trace USER` listens to: every shard's tap leads here. Costs one load of an atomic
/// while nobody traces.
class trace_hub {
public:
    explicit trace_hub(const environment& e) : environment_(e) {}

    /// Messages of that user (as sender, receiver or connection's owner) go to the sink until it is
    /// gone.
    void add(std::string user, std::shared_ptr<admin::line_sink>);
    /// Lets go of everybody, who have to be there still, and takes nobody any more.
    void end();
    [[nodiscard]] bool anybody() const { return listening_.load(std::memory_order_relaxed); }
    void saw(sipstack::tap::direction,
             const sipstack::path&,
             const ip_endpoint& local,
             std::string_view user,
             std::string_view octets);

private:
    struct listener {
        std::string user; ///< sip:alice@contoso.test, lower case
        std::shared_ptr<admin::line_sink> sink;
    };
    const environment& environment_;
    std::atomic<bool> listening_ = false;
    std::mutex lock_;
    std::vector<listener> listeners_;
    bool ended_ = false;
};

/// One shard's tap.
class trace_tap final : public sipstack::tap {
public:
    explicit trace_tap(trace_hub& h) : hub_(h) {}
    void saw(direction d,
             const sipstack::path& p,
             const ip_endpoint& local,
             std::string_view user,
             std::string_view octets) override {
        if (hub_.anybody()) hub_.saw(d, p, local, user, octets);
    }

private:
    trace_hub& hub_;
};

} // namespace lyceum::apps::server
