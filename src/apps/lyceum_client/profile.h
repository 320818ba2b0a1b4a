#pragma once

#include "machines/user_agent/account.h"
#include "net/links.h"

#include <expected>
#include <string>
#include <vector>

namespace lyceum::apps::client {

/// What the command line says of account and server.
struct wanted_profile {
    std::string
        demo; ///< folder of a deployment: server, authority and passwords are taken from there
    std::string server; ///< HOST[:PORT]
    std::string transport = "tls";
    std::string ca; ///< PEM file; empty: the system's
    std::string tls_name;
    std::string user; ///< sip:alice@contoso.test, alice@contoso.test, or alice with a demo folder
    std::string login;
    std::string password_file;
    bool password_stdin = false;
    bool authenticate = true; ///< false: the server trusts our address
    std::string epid;
    unsigned answer_delay = 0; ///< seconds
};

/// Everything that a client needs to start.
struct profile {
    user_agent::account account;
    net::links::target server;
    std::string server_name; ///< for people: HOST:PORT
    std::string ca;
};

/// Reads files, asks for the password, looks up the server's address. The error is one clear line.
[[nodiscard]] std::expected<profile, std::string> make_profile(wanted_profile);

/// HOST, HOST:PORT, [v6]:PORT; 5061 for TLS, 5060 otherwise when there is no port.
struct host_and_port {
    std::string host;
    std::uint16_t port = 0;

    friend bool operator==(const host_and_port&, const host_and_port&) = default;
};
[[nodiscard]] std::expected<host_and_port, std::string> parse_server(std::string_view,
                                                                     net::transport);
/// The first address of a host. Blocks.
[[nodiscard]] std::expected<ip_endpoint, std::string> look_up(const host_and_port&);
[[nodiscard]] std::expected<net::transport, std::string> parse_transport(std::string_view);

/// sip:bob@contoso.test, bob@contoso.test, or bob in the domain given.
[[nodiscard]] std::expected<sip::aor, std::string> parse_user(std::string_view,
                                                              std::string_view domain);

/// One line of a file of passwords: a URI, blanks, the password up to the end of the line.
struct user_and_password {
    sip::aor user;
    std::string password;
};
/// Empty lines and lines with # in front are skipped.
[[nodiscard]] std::expected<std::vector<user_and_password>, std::string>
read_passwords(const std::string& file);

} // namespace lyceum::apps::client
