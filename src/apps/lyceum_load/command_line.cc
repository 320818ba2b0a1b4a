#include "apps/lyceum_load/command_line.h"

#include "apps/command_line/path.h"
#include "apps/command_line/wrong_line.h"
#include "apps/lyceum_load/conductor.h"
#include "apps/lyceum_load/worker.h"
#include "base/log/log.h"
#include "base/text.h"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace lyceum::apps::load {
namespace {

constexpr auto about =
    "Signs many endpoints in, keeps them at one kind of work, and measures: operations, errors, "
    "latency,\n"
    "and the server's CPU time and memory. JSON to standard output, one line for people to "
    "standard error.\n"
    "Exit codes: 0 measured, 1 errors among the operations, 2 wrong command line, 3 could not run.";
constexpr std::size_t spare_descriptors = 64;

struct wanted {
    std::vector<std::string> servers;
    std::string transport = "tls";
    std::string tls_name;
    std::string users_file;
    std::string drive = "idle";
    std::string local = "127.0.0.1:15060";
    unsigned seconds = 10;
    bool is_signed = false;
    bool is_unsigned = false;
    bool is_plain = false;
    std::string come_back = "8-60";
    std::string cut_by = "load";
    unsigned quiet = 5;
    std::optional<std::size_t> worker;
};

/// "8-60": seconds.
std::expected<habits, std::string> habits_of(const std::string& text) {
    std::string_view rest = text;
    const auto from = to_u32(split_first(rest, '-'));
    const auto to = to_u32(rest);
    if (!from || !to || *from > *to || *to > 3600)
        return std::unexpected("no span of seconds such as 8-60: " + text);
    habits h;
    h.first_from = std::chrono::seconds(*from);
    h.first_to = std::chrono::seconds(*to);
    return h;
}

std::expected<what, std::string> what_of(const std::string& word) {
    for (const auto w : {what::sign_in,
                         what::refresh,
                         what::relay,
                         what::call,
                         what::fork,
                         what::idle,
                         what::storm}) {
        if (word == name(w)) return w;
    }
    return std::unexpected("no such case: " + word);
}

std::expected<void, std::string> complete(const wanted& w, options& o) {
    LYCEUM_TRY(const auto kind, client::parse_transport(w.transport));
    o.is_plain = w.is_plain;
    o.is_signed = !w.is_unsigned && !w.is_plain;
    if (o.is_signed && kind == net::transport::udp)
        return std::unexpected("over UDP there are no signatures: --unsigned");
    LYCEUM_TRY(o.users, client::read_passwords(w.users_file));
    if (o.users.empty()) return std::unexpected(w.users_file + " names nobody");
    for (const auto& s : w.servers) {
        LYCEUM_TRY(const auto server, client::parse_server(s, kind));
        LYCEUM_TRY(const auto at, client::look_up(server));
        // A certificate names hosts; whom an address belongs to, the users' domain says.
        const bool is_address = ip_address::parse(server.host).has_value();
        o.servers.push_back({kind,
                             at,
                             !w.tls_name.empty() ? w.tls_name
                             : is_address        ? std::string(o.users.front().user.host())
                                                 : server.host});
    }
    LYCEUM_TRY(o.drive, what_of(w.drive));
    if (o.is_plain && (kind == net::transport::udp || o.drive == what::sign_in))
        return std::unexpected("plain agents sign in once, over TCP or TLS");
    if (!o.is_plain && (o.drive == what::call || o.drive == what::fork))
        return std::unexpected("calls are for plain agents: --plain");
    LYCEUM_TRY(o.clients, habits_of(w.come_back));
    o.quiet = std::chrono::seconds(w.quiet);
    o.cut_by_us = w.cut_by == "load";
    if (o.drive == what::storm && (kind == net::transport::udp || o.is_plain))
        return std::unexpected("a storm is for clients that are connected");
    if (o.connections % group_size(o.drive) != 0) {
        return std::unexpected("connections have to be a multiple of " +
                               std::to_string(group_size(o.drive)));
    }
    LYCEUM_TRY(const auto local, client::parse_server(w.local, kind));
    LYCEUM_TRY(o.local, client::look_up(local));
    o.span = std::chrono::seconds(w.seconds);
    if (group_size(o.drive) > 1 && o.users.size() < o.connections) {
        return std::unexpected("this case wants a user for each endpoint: a message goes to every "
                               "endpoint of a user");
    }
    if (o.staying % 2 != 0 || o.staying >= o.connections)
        return std::unexpected("those who stay go in pairs, and are not all");
    if (o.staying != 0 && !o.cut_by_us) return std::unexpected("nobody stays when the server ends");
    if (o.staying != 0) o.processes = std::max<std::size_t>(o.processes, 2);
    return {};
}

int fail(const std::string& why, int code) {
    std::fprintf(stderr, "lyceum-load: %s\n", why.c_str());
    return code;
}

} // namespace

int run(int argc, char** argv) {
    CLI::App app(about, "lyceum-load");
    wanted w;
    options o;
    app.add_option("--server", w.servers, "the server; several are taken in turn")
        ->required()
        ->type_name("HOST[:PORT]");
    app.add_option("--transport", w.transport, "tls, tcp, udp")->capture_default_str();
    app.add_option(
           "--ca", o.ca, "certificates of the authorities to trust; the system's if not told")
        ->type_name("FILE")
        ->check(command_line::wrong_path);
    app.add_option("--certificate", o.certificate, "to show to a server that asks for one")
        ->type_name("FILE")
        ->check(command_line::wrong_path);
    app.add_option("--key", o.key, "of that certificate")
        ->type_name("FILE")
        ->check(command_line::wrong_path);
    app.add_option("--tls-name", w.tls_name, "whom the server's certificate has to name")
        ->type_name("NAME");
    app.add_option("--users-file", w.users_file, "one user a line: URI PASSWORD")
        ->required()
        ->type_name("FILE")
        ->check(command_line::wrong_path);
    app.add_option("--connections", o.connections, "how many endpoints sign in")
        ->required()
        ->check(CLI::Range(1, 10'000'000));
    app.add_option(
           "--case",
           w.drive,
           "register (whole handshakes), refresh, relay (messages between pairs), call, fork "
           "(plain agents only), idle, storm (everybody is cut off and comes back)")
        ->capture_default_str();
    app.add_option("--rate", o.rate, "operations a second; 0: each endpoint as fast as it can")
        ->check(CLI::Range(0.0, 1e7))
        ->capture_default_str();
    app.add_option("--sign-in-rate", o.sign_in_rate, "how many begin to sign in each second")
        ->check(CLI::Range(0.1, 1e6))
        ->capture_default_str();
    app.add_option("--seconds", w.seconds, "how long the case is driven")
        ->check(CLI::Range(1, 86400))
        ->capture_default_str();
    app.add_option(
           "--cut-by",
           w.cut_by,
           "storm: the load cuts the connections itself, or waits until somebody ends the server")
        ->check(CLI::IsMember({"load", "server"}))
        ->capture_default_str();
    app.add_option("--staying", o.staying, "storm: how many endpoints are not cut off")
        ->capture_default_str();
    app.add_option("--come-back",
                   w.come_back,
                   "storm: seconds until the first try of a client, from these at random; each "
                   "failed one doubles them")
        ->type_name("FROM-TO")
        ->capture_default_str();
    app.add_option("--quiet", w.quiet, "storm: seconds of messages before it")
        ->check(CLI::Range(0, 3600))
        ->capture_default_str();
    app.add_option("--processes",
                   o.processes,
                   "how many processes share the endpoints; more when descriptors run out")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    app.add_option("--server-pid",
                   o.server_pid,
                   "the server's process on this machine, to be looked at with its children")
        ->type_name("PID");
    app.add_option("--local", w.local, "over UDP: our address and the first process's port")
        ->type_name("HOST:PORT")
        ->capture_default_str();
    app.add_flag("--signed", w.is_signed, "with password and signatures, as clients do (default)");
    app.add_flag("--unsigned", w.is_unsigned, "without: the server trusts this address")
        ->excludes("--signed");
    app.add_flag("--plain",
                 w.is_plain,
                 "plain SIP user agents, which any registrar and proxy can serve; unsigned")
        ->excludes("--signed");
    app.add_option("--worker", w.worker)->group(""); // the conductor's word to its processes
    app.set_version_flag("--version", "lyceum-load " LYCEUM_VERSION);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0) return app.exit(e); // --help is one too
        return fail(command_line::wrong_line(e.get_name(), e.what()) + "; see lyceum-load --help",
                    2);
    }
    log::set_level(log::level::error);
    if (const auto done = complete(w, o); !done) return fail(done.error(), 2);
    const auto descriptors = raise_descriptors();
    if (descriptors <= spare_descriptors) return fail("too few descriptors: ulimit -n", 3);
    const auto needed =
        (o.connections + descriptors - spare_descriptors - 1) / (descriptors - spare_descriptors);
    o.processes = std::min(std::max(o.processes, needed),
                           std::max<std::size_t>(o.connections / group_size(o.drive), 1));
    if (w.worker) return run_worker(o, *w.worker);

    const auto found = conduct(o, argv);
    if (!found) return fail(found.error(), 3);
    std::printf("%s\n", to_json(o, *found).c_str());
    std::fflush(stdout);
    std::fprintf(stderr, "%s\n", to_text(o, *found).c_str());
    return found->signing_in.errors.empty() && found->driving.errors.empty() ? 0 : 1;
}

} // namespace lyceum::apps::load
