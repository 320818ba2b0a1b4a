#pragma once

#include "net/asio/asio_links.h"
#include "net/asio/lateness.h"
#include "net/asio/turns.h"
#include "net/shard.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <thread>

namespace lyceum::net::asio {

class asio_shard;

/// What all shards share: who the others are, and the pool.
struct shard_circle {
    std::vector<std::unique_ptr<asio_shard>> shards;
    std::unique_ptr<boost::asio::thread_pool> pool;
    std::atomic<std::size_t> waiting_for_pool = 0;
};

/// A shard with a thread of its own. What happens here happens in a turn of the shard (turns.h).
class asio_shard final : public net::shard {
public:
    asio_shard(unsigned index, const settings&, shard_circle&, const environment&);
    ~asio_shard() override;

    [[nodiscard]] unsigned index() const override { return index_; }
    [[nodiscard]] unsigned count() const override { return settings_.shards; }
    bool post(unsigned to, job) override;
    void deliver(unsigned to, job) override;
    bool offload(job blocking, job then) override;
    void wake_at(instant) override;
    void on_wakeup(std::move_only_function<void(instant)> f) override { wakeup_ = std::move(f); }
    [[nodiscard]] const environment& clock() const override { return environment_; }
    random::source& random() override { return random_; }
    metrics::registry& metrics() override { return metrics_; }

    [[nodiscard]] asio_links& links() { return links_; }
    void start(); ///< the thread
    void shut();  ///< the sockets; returns when no event of theirs will come
    void stop();  ///< and joins it

private:
    /// Looks how late we are, now and again and again.
    void try_lateness();

    unsigned index_;
    const settings& settings_;
    shard_circle& circle_;
    const environment& environment_;
    metrics::registry metrics_;
    random::system random_;
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    metrics::counter& posted_;
    metrics::counter& dropped_;
    turns turns_;
    asio_links links_;
    boost::asio::steady_timer timer_;
    std::optional<instant> armed_;
    std::move_only_function<void(instant)> wakeup_;
    lateness lateness_;
    boost::asio::steady_timer lateness_timer_;
    std::thread thread_;
};

} // namespace lyceum::net::asio
