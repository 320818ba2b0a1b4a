#pragma once

#include "apps/deployment/sections.h"
#include "net/flow.h"

#include <array>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::apps::deployment {

/// Everything that lyceum.toml says: the composed settings of a deployment. Read by lyceumd and
/// lyceum.
struct deployment {
    std::string file; ///< the lyceum.toml it came from, absolute
    std::string data; ///< the data folder, absolute; other paths are relative to it

    server_settings server;
    port_settings ports;
    tls_settings tls;
    sip_settings sip;
    dns_settings dns;
    auth_settings auth;
    store_settings store;
    log_settings log;
    metrics_settings metrics;

    /// A path of the settings, made absolute below the data folder.
    [[nodiscard]] std::string path(std::string_view relative) const;

    [[nodiscard]] std::string lock_file() const { return path("run/lock"); } ///< held by flock
    [[nodiscard]] std::string admin_socket() const { return path("run/admin.sock"); } ///< 0600
    [[nodiscard]] std::string primary_domain() const { return server.domains.front(); }
};

/// Whether settings may name this domain or host.
[[nodiscard]] bool is_domain(std::string_view name);
/// Reads and checks the file. The error is one line per problem: lyceum.toml:12: sip.tpc: unknown
/// key...
[[nodiscard]] std::expected<deployment, std::string> load(const std::string& file);
/// Makes it the deployment of that file, which need not exist: for settings that were read from a
/// backup.
void move_to(deployment&, const std::string& file);
/// The keys whose change from one to the other is heard only after a restart: ports.sip_tls.
[[nodiscard]] std::vector<std::string> changes_that_wait(const deployment& from,
                                                         const deployment& to);
/// The defaults for a domain: what `lyceum init` writes. With a base, port n is base + its fixed
/// offset.
[[nodiscard]] deployment defaults(const std::string& domain, std::uint16_t port_base = 0);
/// The annotated file with the values that d has.
[[nodiscard]] std::string to_toml(const deployment& d);
/// docs/reference/configuration.md
[[nodiscard]] std::string reference_page();

/// A port by the name that scripts know it by.
struct named_port {
    std::string_view
        key; ///< sip_tls, sip_tcp, sip_udp, https, http, c3p, turn_udp, turn_tcp, metrics, sip_mtls
    std::uint16_t number;
    std::uint16_t offset;     ///< what --port-base adds to
    net::transport transport; ///< udp or tcp (or tls)
    std::string_view purpose;
    bool open; ///< whether these settings have a listener there
};
/// Every port, in the order of its offset.
[[nodiscard]] std::vector<named_port> port_table(const deployment&);

/// One SIP listener that these settings ask for.
struct sip_listener {
    net::transport kind = net::transport::tls;
    net::audience who = net::audience::clients;
    ip_endpoint at;
    bool ask_for_certificate = false; ///< mutual TLS
};
/// One per transport that is on and address of sip.listen.
[[nodiscard]] std::vector<sip_listener> sip_listeners(const deployment&);

/// How many shards the server has: server.shards, or one per core that this process may use.
[[nodiscard]] unsigned shard_count(const deployment&);
/// How many descriptors the server needs when every shard has all the connections that it may have.
[[nodiscard]] std::uint64_t descriptors_needed(const deployment&);

/// The key that seals NT hashes: 32 octets from the file auth.sealing_key, which must not be
/// readable by others.
[[nodiscard]] std::expected<std::array<std::uint8_t, 32>, std::string>
read_sealing_key(const deployment&);

/// The exclusive right to the data folder, held while it lives: lyceumd for its whole life, lyceum
/// for an offline command. Freed by the kernel when the process dies.
class data_lock {
public:
    /// The error says who holds it. Makes the run folder (0700) when it is missing. Run as root,
    /// what it makes belongs to the data folder's owner.
    [[nodiscard]] static std::expected<data_lock, std::string> take(const deployment&);
    data_lock(data_lock&& other) noexcept;
    data_lock& operator=(data_lock&& other) noexcept;
    ~data_lock();

private:
    explicit data_lock(int fd) : fd_(fd) {}
    int fd_ = -1;
};

} // namespace lyceum::apps::deployment
