#pragma once

#include "base/instant.h"
#include "base/settings/section.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lyceum::apps::deployment {

// One struct per table of lyceum.toml. To add a setting: a member here and a line in sections.cc.
// To add a role's own settings: a member of struct deployment and a line in tables() of
// deployment.cc.

struct server_settings {
    std::vector<std::string>
        domains;               ///< SIP domains that are ours; the first one names the deployment
    std::string fqdn;          ///< our own name in Via, Record-Route and certificates
    std::string data = ".";    ///< data folder, relative to the file
    unsigned shards = 0;       ///< 0: one per core
    unsigned pool_threads = 4; ///< for database and password work
    std::size_t pool_queue = 4096;
    std::size_t mailbox = 65536;
    std::chrono::seconds drain_patience{10}; ///< how long SIGTERM waits for what is under way
    void describe(settings::section&);
};

struct port_settings {
    std::uint16_t sip_tls = 5061;
    std::uint16_t sip_tcp = 5060;
    std::uint16_t sip_udp = 5060;
    std::uint16_t https = 8443;
    std::uint16_t http = 8080;
    std::uint16_t c3p = 8444;
    std::uint16_t turn_udp = 3478;
    std::uint16_t turn_tcp = 4443;
    std::uint16_t metrics = 9090;
    std::uint16_t sip_mtls = 5067; ///< trusted servers by mutual TLS
    void describe(settings::section&);
};

struct tls_settings {
    std::string certificate = "server.pem"; ///< chain, leaf first
    std::string key = "server.key";
    std::string ca = "ca.pem"; ///< whom we believe
    std::string min_version = "1.2";
    void describe(settings::section&);
};

struct sip_settings {
    std::vector<std::string> listen{"0.0.0.0"}; ///< addresses of every SIP listener
    std::string tls = "clients";                ///< who may use sip_tls: off, clients
    std::string tcp = "trusted";                ///< who may use sip_tcp: off, clients, trusted
    std::string udp = "trusted";                ///< who may use sip_udp: off, trusted
    std::string mtls = "off";                   ///< who may use sip_mtls: off, trusted
    std::size_t max_message = 262144;           ///< octets of one message, body included
    std::size_t max_header = 163840; ///< octets of start line and header; a first text of 64 KiB
                                     ///< travels there, in base64
    std::size_t max_connections = 50000; ///< per shard
    std::size_t max_per_address = 2000;  ///< connections of one peer address per shard; 0: no limit
    std::size_t max_queued = 4194304;    ///< octets that wait for a slow reader
    std::chrono::seconds handshake_patience{15};
    std::chrono::seconds sign_in_patience{
        60}; ///< a client connection on which nobody signed in is closed
    std::chrono::seconds idle_patience{
        660}; ///< a connection that says nothing, not even CRLF, is closed
    std::chrono::seconds keep_alive{
        300}; ///< what clients are told to keep the connection alive with
    std::chrono::seconds min_expires{60}; ///< of a registration
    std::chrono::seconds expires{7200};
    std::size_t max_endpoints = 8;                ///< places where one user is signed in at once
    std::chrono::seconds message_patience{30};    ///< from a message's first octet to its last
    std::size_t max_before_sign_in = 32768;       ///< octets of a stranger's incomplete message
    std::size_t max_transactions_of_user = 2000;  ///< requests under way, per shard
    std::size_t max_transactions_of_peer = 50000; ///< the same of a trusted peer
    std::size_t max_waiting = 536870912;          ///< octets of requests under way, per shard
    std::size_t max_answered = 268435456;         ///< octets of answered requests, per shard
    std::size_t max_subscriptions = 1000;         ///< of one user, per shard
    std::size_t max_subscriptions_of_connection = 250; ///< per shard
    void describe(settings::section&);
};

/// Where the names of gateways and trusted servers are looked up.
struct dns_settings {
    std::vector<std::string> nameservers;     ///< empty: the system's
    std::chrono::milliseconds patience{5000}; ///< for one question
    void describe(settings::section&);
};

struct auth_settings {
    std::string realm = "SIP Communications Service";
    std::string
        netbios_domain; ///< NTLM domain that we show; empty: the first label of the first domain
    std::string sealing_key = "sealing.key";
    std::chrono::seconds association_lifetime{28800};
    unsigned lowest_version = 2; ///< of [MS-SIPAE], that clients may choose: 2 to 4
    // Wrong passwords, as credentials::builtin::settings has them.
    unsigned throttle_failures = 5;
    std::chrono::seconds throttle_first_pause{1};
    std::chrono::seconds throttle_longest_pause{300};
    std::chrono::seconds throttle_longest_user_pause{30};
    std::chrono::seconds throttle_forget{900};
    void describe(settings::section&);
};

struct store_settings {
    std::string file = "lyceum.db";
    unsigned readers = 4; ///< database sessions beside the one that writes
    std::chrono::milliseconds busy_patience{5000};
    std::size_t max_contacts = 1000; ///< per user
    std::size_t max_groups = 64;     ///< per user
    void describe(settings::section&);
};

struct log_settings {
    std::string level = "info";
    std::string file; ///< empty: standard error
    void describe(settings::section&);
};

struct metrics_settings {
    bool enabled = true;
    std::string address = "127.0.0.1";
    void describe(settings::section&);
};

} // namespace lyceum::apps::deployment
