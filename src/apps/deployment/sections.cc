#include "apps/deployment/sections.h"

namespace lyceum::apps::deployment {

using namespace std::chrono_literals;

void server_settings::describe(settings::section& s) {
    s.list("domains",
           domains,
           "SIP domains of this deployment's users; the first one names the deployment.")
        .between(1, 1000)
        .needs_restart();
    s.text("fqdn", fqdn, "The server's own name, in Via, Record-Route and its certificate.")
        .between(1, 253)
        .needs_restart();
    s.text("data", data, "Folder of the database, keys and sockets, relative to this file.")
        .between(1, 4096)
        .needs_restart();
    s.number("shards", shards, "Event loops, each on its own thread. 0: one per core.")
        .between(0, 256)
        .needs_restart();
    s.number(
         "pool_threads", pool_threads, "Threads for what blocks: the database, password checks.")
        .between(1, 256)
        .needs_restart();
    s.number("pool_queue",
             pool_queue,
             "Jobs that may wait for those threads; further ones are refused with 503.")
        .between(1, 1'000'000)
        .needs_restart();
    s.number("mailbox",
             mailbox,
             "Jobs that may wait for one shard; further ones are dropped and counted.")
        .between(16, 10'000'000)
        .needs_restart();
    s.duration("drain_patience", drain_patience, "How long a stop waits for what is under way.")
        .between(0s, 1h)
        .needs_restart();
}

void port_settings::describe(settings::section& s) {
    const auto port = [&](std::string_view name, std::uint16_t& value, std::string_view sentence) {
        s.number(name, value, sentence).between(1, 65535).needs_restart();
    };
    port("sip_tls", sip_tls, "SIP over TLS: where clients sign in.");
    port("sip_tcp", sip_tcp, "SIP over TCP; who may use it says sip.tcp.");
    port("sip_udp", sip_udp, "SIP over UDP; who may use it says sip.udp.");
    port("https", https, "Web services.");
    port("http", http, "Autodiscover without TLS.");
    port("c3p", c3p, "Commands between conferencing servers.");
    port("turn_udp", turn_udp, "Media relay over UDP.");
    port("turn_tcp", turn_tcp, "Media relay over TCP.");
    port("metrics", metrics, "Prometheus metrics.");
    port("sip_mtls",
         sip_mtls,
         "SIP over mutual TLS for trusted servers; whether it is open says sip.mtls.");
}

void tls_settings::describe(settings::section& s) {
    s.text("certificate",
           certificate,
           "PEM file: the server's certificate and its chain, leaf first. `lyceum reload` reads "
           "this and "
           "the two files below anew; under other names they are read after a restart.")
        .between(1, 4096)
        .needs_restart();
    s.text("key", key, "PEM file: its private key.").between(1, 4096).needs_restart();
    s.text("ca", ca, "PEM file: the authorities that peers' certificates must come from.")
        .between(1, 4096)
        .needs_restart();
    s.text("min_version", min_version, "Oldest TLS that is spoken. Lync 2010 and older need 1.0.")
        .one_of({"1.0", "1.1", "1.2", "1.3"})
        .needs_restart();
}

void sip_settings::describe(settings::section& s) {
    s.list("listen",
           listen,
           "Addresses of every SIP listener: IPv4 or IPv6; \"0.0.0.0\" and \"::\" are all of them.")
        .between(1, 64)
        .needs_restart();
    s.text("tls", tls, "Who may use the port sip_tls.").one_of({"off", "clients"}).needs_restart();
    s.text("tcp",
           tcp,
           "Who may use the port sip_tcp. trusted: only what `lyceum trusted` lists, never "
           "challenged.")
        .one_of({"off", "clients", "trusted"})
        .needs_restart();
    s.text("udp", udp, "Who may use the port sip_udp.").one_of({"off", "trusted"}).needs_restart();
    s.text("mtls",
           mtls,
           "Who may use the port sip_mtls; peers show a certificate that tls.ca signed.")
        .one_of({"off", "trusted"})
        .needs_restart();
    s.octets("max_message", max_message, "Largest SIP message, body included.")
        .between(4096, 16 << 20)
        .needs_restart();
    s.octets("max_header", max_header, "Largest start line and header of a SIP message.")
        .between(2048, 1 << 20)
        .needs_restart();
    s.number("max_connections", max_connections, "Connections that one shard accepts.")
        .between(1, 10'000'000)
        .in("connections")
        .needs_restart();
    s.number("max_per_address",
             max_per_address,
             "Connections of one peer address per shard; whole offices stand behind one. Addresses "
             "that `lyceum trusted` lists have no limit. 0: nobody has.")
        .between(0, 10'000'000)
        .in("connections")
        .needs_restart();
    s.octets("max_queued",
             max_queued,
             "What may wait for a peer that reads slowly; beyond it the connection is closed.")
        .between(65536, std::int64_t{1} << 30)
        .needs_restart();
    s.duration("handshake_patience",
               handshake_patience,
               "How long connecting and the TLS handshake may take.")
        .between(1s, 10min)
        .needs_restart();
    s.duration("sign_in_patience",
               sign_in_patience,
               "A client connection on which nobody signed in is closed after so long.")
        .between(5s, 1h)
        .needs_restart();
    s.duration(
         "idle_patience",
         idle_patience,
         "A connection on which nothing comes, not even an empty line, is closed after so long.")
        .between(30s, 24h)
        .needs_restart();
    s.duration(
         "keep_alive", keep_alive, "What clients are told: send something at least this often.")
        .between(20s, 1h)
        .needs_restart();
    s.duration("min_expires", min_expires, "Shortest registration; who asks for less is told so.")
        .between(10s, 24h)
        .needs_restart();
    s.duration("expires", expires, "What clients are given, whatever they ask for.")
        .between(10s, 24h)
        .needs_restart();
    s.number("max_endpoints", max_endpoints, "Places where one user may be signed in at once.")
        .between(1, 1000)
        .needs_restart();
    s.duration(
         "message_patience",
         message_patience,
         "A connection is closed when a message takes longer than this from its first octet to "
         "its last.")
        .between(1s, 10min)
        .needs_restart();
    s.octets("max_before_sign_in",
             max_before_sign_in,
             "What is kept of an incomplete message of a client that has not signed in.")
        .between(4096, 16 << 20)
        .needs_restart();
    s.number("max_transactions_of_user",
             max_transactions_of_user,
             "Requests that one user may have under way per shard, over all its connections; "
             "further ones get 503.")
        .between(10, 1'000'000)
        .in("requests")
        .needs_restart();
    s.number("max_transactions_of_peer",
             max_transactions_of_peer,
             "Requests that one trusted peer may have under way per shard; further ones get 503.")
        .between(10, 1'000'000)
        .in("requests")
        .needs_restart();
    s.octets("max_waiting",
             max_waiting,
             "What requests under way may keep per shard, their bodies included; then further ones "
             "get 503. One trusted peer may have half of it, one user a 64th.")
        .between(64 << 20, std::int64_t{1} << 36)
        .needs_restart();
    s.octets(
         "max_answered",
         max_answered,
         "What answered requests may keep per shard, so that one that comes again is not served "
         "again (an OPTIONS over UDP: 1,300 octets for 32 s); then further ones get 503. One "
         "trusted peer may have half of it, one user a 64th.")
        .between(1 << 20, std::int64_t{1} << 36)
        .needs_restart();
    s.number("max_subscriptions",
             max_subscriptions,
             "Subscriptions that one user may have, per shard; further ones are refused with 413.")
        .between(10, 1000000)
        .needs_restart();
    s.number("max_subscriptions_of_connection",
             max_subscriptions_of_connection,
             "Subscriptions that may be made over one client connection, per shard.")
        .between(10, 1000000)
        .needs_restart();
}

void dns_settings::describe(settings::section& s) {
    s.list("nameservers",
           nameservers,
           "Name servers to ask, with or without a port: \"127.0.0.1:5300\", \"[2001:db8::53]\". "
           "Empty: the system's.")
        .between(0, 16)
        .needs_restart();
    s.duration(
         "patience",
         patience,
         "How long to wait for a name server's answer before the name counts as unresolvable.")
        .between(100ms, 1min)
        .needs_restart();
}

void auth_settings::describe(settings::section& s) {
    s.text("realm", realm, "Shown in every challenge.").between(1, 256).needs_restart();
    s.text("netbios_domain",
           netbios_domain,
           "NTLM domain that is shown; empty: the first label of the first SIP domain.")
        .between(0, 15)
        .needs_restart();
    s.text("sealing_key",
           sealing_key,
           "File of 32 octets that seals password hashes in the database. Lost, every password "
           "must be set anew.")
        .between(1, 4096)
        .needs_restart();
    s.duration("association_lifetime",
               association_lifetime,
               "A signed-in client must prove itself again after so long.")
        .between(1min, 168h)
        .needs_restart();
    s.number("lowest_version",
             lowest_version,
             "Lowest version of the authentication protocol [MS-SIPAE] that clients may choose. "
             "Below 4, somebody in the middle can hand a client's answer on and receive what is "
             "sent to it; clients older than Office Communicator 2007 R2 speak nothing else.")
        .between(2, 4)
        .needs_restart();
    s.number("throttle_failures",
             throttle_failures,
             "Wrong passwords of one user before the first pause, in which none is looked at.")
        .between(1, 1'000'000)
        .needs_restart();
    const auto pause =
        [&](std::string_view name, std::chrono::seconds& value, std::string_view sentence) {
            s.duration(name, value, sentence).between(1s, 24h).needs_restart();
        };
    pause("throttle_first_pause",
          throttle_first_pause,
          "The first pause; it doubles with each further wrong password.");
    pause("throttle_longest_pause",
          throttle_longest_pause,
          "Longest pause of one user from one address.");
    pause("throttle_longest_user_pause",
          throttle_longest_user_pause,
          "Longest pause of one user from anywhere: short, so that nobody can lock another out.");
    pause("throttle_forget",
          throttle_forget,
          "Without a wrong password for so long, all is forgotten.");
}

void store_settings::describe(settings::section& s) {
    s.text("file", file, "The SQLite database. An acknowledged change is on the disk.")
        .between(1, 4096)
        .needs_restart();
    s.number("readers", readers, "Database sessions that read, beside the one that writes.")
        .between(1, 256)
        .needs_restart();
    s.duration("busy_patience",
               busy_patience,
               "How long to wait for another process that holds the database.")
        .between(0s, 5min)
        .needs_restart();
    s.number("max_contacts", max_contacts, "Contacts of one user.")
        .between(1, 100'000)
        .needs_restart();
    s.number("max_groups", max_groups, "Contact groups of one user.")
        .between(1, 64)
        .needs_restart();
}

void log_settings::describe(settings::section& s) {
    s.text("level", level, "Least important events that are written.")
        .one_of({"trace", "debug", "info", "warn", "error"});
    s.text("file", file, "Where events go, one JSON object a line; empty: standard error, as text.")
        .needs_restart();
}

void metrics_settings::describe(settings::section& s) {
    s.flag("enabled", enabled, "Whether metrics are served.").needs_restart();
    s.text("address",
           address,
           "Address of their listener; they are for the operator, not for the world.")
        .between(1, 64)
        .needs_restart();
}

} // namespace lyceum::apps::deployment
