#include "net/asio/engine.h"

#include "net/asio/asio_shard.h"

#include <csignal>

namespace lyceum::net::asio {
namespace {

class asio_engine final : public engine {
public:
    asio_engine(const settings& s, const environment& e) : settings_(s) {
        std::signal(SIGPIPE, SIG_IGN); // OpenSSL writes without MSG_NOSIGNAL
        circle_.pool = std::make_unique<boost::asio::thread_pool>(settings_.pool_threads);
        for (unsigned i = 0; i < settings_.shards; ++i) {
            circle_.shards.push_back(std::make_unique<asio_shard>(i, settings_, circle_, e));
        }
        if (settings_.tls.certificate.empty()) return;
        circle_.shards.front()->metrics().show_gauge(
            "lyceum_net_certificate_end_timestamp_seconds",
            "When the certificate ends that is shown to clients, in seconds since 1970",
            [this] { return static_cast<double>(certificate_end_.load()); });
    }
    ~asio_engine() override { stop(); }

    net::shard& shard(unsigned i) override { return *circle_.shards[i]; }
    net::links& links(unsigned i) override { return circle_.shards[i]->links(); }
    void set_events(unsigned i, link_events& e) override {
        circle_.shards[i]->links().set_events(e);
    }

    std::expected<void, std::string> listen(const listener& l) override {
        if (l.kind == transport::tls && settings_.tls.certificate.empty()) {
            return std::unexpected("a TLS listener needs a certificate");
        }
        LYCEUM_CHECKED(asio_links::is_free(l));
        for (auto& s : circle_.shards) {
            LYCEUM_CHECKED(s->links().listen(l));
        }
        return {};
    }

    void run() override {
        for (auto& s : circle_.shards)
            s->start();
        running_ = true;
    }

    std::expected<void, std::string> reload_tls() override {
        auto fresh = std::make_shared<tls_contexts>();
        LYCEUM_TRY(fresh->client, make_client_context(settings_.tls));
        if (!settings_.tls.certificate.empty()) {
            LYCEUM_TRY(fresh->server, make_server_context(settings_.tls, false));
            LYCEUM_TRY(fresh->mutual, make_server_context(settings_.tls, true));
        }
        if (fresh->server) certificate_end_ = end_of_certificate(*fresh->server);
        for (auto& s : circle_.shards) {
            if (running_) {
                s->deliver(s->index(), [&links = s->links(), fresh] { links.set_tls(fresh); });
            } else {
                s->links().set_tls(fresh);
            }
        }
        return {};
    }

    void stop() override {
        if (!circle_.pool) return;
        // First all sockets, so that nothing more comes in anywhere; shards take jobs of others
        // until the last one has heard it. Then the shards. The pool does what it has begun with,
        // and what waits there; nobody is left who could give it more.
        for (auto& s : circle_.shards)
            s->shut();
        for (auto& s : circle_.shards)
            s->stop();
        circle_.pool->join();
        circle_.pool.reset();
        running_ = false;
    }

private:
    settings settings_;
    shard_circle circle_;
    bool running_ = false;
    std::atomic<std::int64_t> certificate_end_ = 0; ///< seconds since 1970
};

} // namespace

std::expected<std::unique_ptr<engine>, std::string> engine::make(const settings& s,
                                                                 const environment& e) {
    auto made = std::make_unique<asio_engine>(s, e);
    LYCEUM_CHECKED(made->reload_tls());
    return made;
}

} // namespace lyceum::net::asio
