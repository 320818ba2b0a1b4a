#pragma once

#include "base/environment.h"
#include "net/links.h"
#include "net/shard.h"

#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace lyceum::net::asio {

/// TLS of one side, from PEM files. Older protocol versions than 1.2 only by setting.
struct tls_files {
    std::string certificate; ///< chain, leaf first
    std::string key;
    std::string ca;                  ///< whom to trust in peers' certificates
    std::string min_version = "1.2"; ///< 1.0, 1.1, 1.2, 1.3
};

struct listener {
    transport kind = transport::tls;
    audience who = audience::clients;
    ip_endpoint at;
    bool ask_for_certificate = false; ///< mutual TLS: the peer must show one that the CA signed
};

struct settings {
    unsigned shards = 1;
    unsigned pool_threads = 4;           ///< for blocking work
    std::size_t pool_queue = 4096;       ///< jobs waiting for the pool
    std::size_t mailbox = 65536;         ///< jobs waiting for a shard
    std::size_t max_connections = 50000; ///< per shard; further ones are closed at once
    std::size_t max_per_address = 0;     ///< connections of one peer address per shard; 0: no limit
    std::size_t max_queued = 4 * 1024 * 1024; ///< octets waiting for a slow reader, per connection
    std::chrono::seconds handshake_patience{
        15};       ///< TCP connect and TLS handshake; the last reading before a close
    tls_files tls; ///< empty certificate: no TLS
};

/// Shards as threads with one Boost.Asio loop each, their sockets, and the pool.
class engine {
public:
    /// Reads certificates; nothing is opened yet. The error is one clear line.
    [[nodiscard]] static std::expected<std::unique_ptr<engine>, std::string>
    make(const settings&, const environment&);
    virtual ~engine() = default;

    [[nodiscard]] virtual net::shard& shard(unsigned index) = 0;
    [[nodiscard]] virtual net::links& links(unsigned index) = 0;
    /// Who hears of that shard's links. Before run().
    virtual void set_events(unsigned index, link_events&) = 0;
    /// Opens the listener on every shard. Before run().
    [[nodiscard]] virtual std::expected<void, std::string> listen(const listener&) = 0;
    /// Starts the shards' threads and returns.
    virtual void run() = 0;
    /// Reads the certificate files anew; connections that stand keep theirs.
    [[nodiscard]] virtual std::expected<void, std::string> reload_tls() = 0;
    /// Closes every socket of every shard, then ends the threads: jobs that wait there are dropped,
    /// those of the pool are done without an answer. No event comes after it, and nothing of a
    /// shard is touched any more. Blocks; not on a shard's or the pool's thread.
    virtual void stop() = 0;
};

} // namespace lyceum::net::asio
