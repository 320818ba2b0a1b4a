#include "net/asio/asio_shard.h"

#include <boost/asio/post.hpp>

#include <future>

namespace lyceum::net::asio {

asio_shard::asio_shard(unsigned index,
                       const settings& s,
                       shard_circle& circle,
                       const environment& environment)
    : index_(index), settings_(s), circle_(circle), environment_(environment), io_(1),
      work_(boost::asio::make_work_guard(io_)),
      posted_(metrics_.make_counter("lyceum_net_mailbox_posted_total",
                                    "Jobs taken from other shards or the pool")),
      dropped_(metrics_.make_counter("lyceum_net_mailbox_dropped_total",
                                     "Jobs refused: the mailbox was full")),
      turns_([this] { boost::asio::post(io_, [this] { turns_.turn([] {}); }); }, posted_),
      links_(io_, turns_, index, s, environment, metrics_), timer_(io_), lateness_timer_(io_) {
    metrics_.show_gauge(
        "lyceum_net_shard_late_seconds",
        "How long what was ready had to wait for its shard, at worst, in the last 30 to 60 s",
        [this] { return lateness_.worst(environment_.now()).count(); },
        {{"shard", std::to_string(index)}});
}

asio_shard::~asio_shard() = default;

bool asio_shard::post(unsigned to, job work) {
    if (circle_.shards[to]->turns_.put(std::move(work), settings_.mailbox)) return true;
    dropped_.add();
    return false;
}

void asio_shard::deliver(unsigned to, job work) {
    circle_.shards[to]->turns_.put(std::move(work), std::numeric_limits<std::size_t>::max());
}

bool asio_shard::offload(job blocking, job then) {
    if (circle_.waiting_for_pool.load(std::memory_order_relaxed) >= settings_.pool_queue)
        return false;
    circle_.waiting_for_pool.fetch_add(1, std::memory_order_relaxed);
    boost::asio::post(*circle_.pool,
                      [this, blocking = std::move(blocking), then = std::move(then)]() mutable {
                          blocking();
                          circle_.waiting_for_pool.fetch_sub(1, std::memory_order_relaxed);
                          // The answer must not be lost to a full mailbox.
                          deliver(index_, std::move(then));
                      });
    return true;
}

void asio_shard::wake_at(instant when) {
    if (armed_ && *armed_ <= when) return; // an early wake-up is harmless, a late one is not
    armed_ = when;
    timer_.expires_at(std::chrono::steady_clock::time_point(when.time_since_epoch()));
    timer_.async_wait([this](const boost::system::error_code& e) {
        if (e) return;
        turns_.turn([this] {
            armed_.reset();
            if (wakeup_) wakeup_(environment_.now());
        });
    });
}

void asio_shard::try_lateness() {
    const auto due = environment_.now() + lateness::pause;
    lateness_.expect(due);
    lateness_timer_.expires_at(std::chrono::steady_clock::time_point(due.time_since_epoch()));
    lateness_timer_.async_wait([this](const boost::system::error_code& e) {
        if (e) return;
        turns_.turn([this] { // which others may have, who then do our work
            lateness_.came(environment_.now());
            try_lateness();
        });
    });
}

void asio_shard::start() {
    boost::asio::post(io_, [this] {
        turns_.turn([this] {
            links_.start();
            try_lateness();
        });
    });
    thread_ = std::thread([this] { io_.run(); });
}

void asio_shard::shut() {
    if (!thread_.joinable()) { // it was never started
        links_.shut();
        return;
    }
    std::promise<void> done;
    boost::asio::post(io_, [this, &done] {
        turns_.turn([this] { links_.shut(); });
        done.set_value();
    });
    done.get_future().wait();
}

void asio_shard::stop() {
    turns_.end();
    boost::asio::post(io_, [this] {
        work_.reset();
        io_.stop();
    });
    if (thread_.joinable()) thread_.join();
}

} // namespace lyceum::net::asio
