#include "apps/lyceum_client/command_line.h"

#include "apps/command_line/path.h"
#include "apps/command_line/wrong_line.h"
#include "apps/lyceum_client/session.h"
#include "base/environment.h"
#include "base/log/log.h"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace lyceum::apps::client {
namespace {

constexpr auto about =
    "A client for scripts and for the impatient: signs in, sends and receives instant messages.\n"
    "With ./run's demo: lyceum-client --demo var/demo --user alice chat bob\n"
    "Exit codes: 0 done, 1 not delivered or not as expected, 2 wrong command line, 3 no "
    "connection,\n"
    "4 sign-in refused or ended by the server, 5 connection lost.";

wall_instant wall() {
    return system_environment().wall_now();
}

int fail(const std::string& why) {
    std::fprintf(stderr, "lyceum-client: %s\n", why.c_str());
    return static_cast<int>(exit_code::usage);
}

void add_profile(CLI::App& app, wanted_profile& w) {
    app.add_option("--demo",
                   w.demo,
                   "folder of a deployment on this machine: server, authority and passwords are "
                   "taken from there")
        ->type_name("DIR")
        ->check(command_line::wrong_path);
    app.add_option("--server", w.server, "the server; 127.0.0.1 when --ca is given")
        ->type_name("HOST[:PORT]");
    app.add_option("--transport", w.transport, "tls or tcp")
        ->check(CLI::IsMember({"tls", "tcp"}))
        ->capture_default_str();
    app.add_option(
           "--ca", w.ca, "certificates of the authorities to trust; the system's if not told")
        ->type_name("FILE")
        ->check(command_line::wrong_path);
    app.add_option("--tls-name",
                   w.tls_name,
                   "whom the server's certificate has to name; the host, or the user's domain if "
                   "that is an address")
        ->type_name("NAME");
    app.add_option("--user", w.user, "who signs in: sip:NAME@DOMAIN")->type_name("URI");
    app.add_option(
           "--login", w.login, "NAME, DOMAIN\\NAME or NAME@REALM, if it is not the user's name")
        ->type_name("NAME");
    app.add_flag("--password-stdin",
                 w.password_stdin,
                 "reads the password from the first line of standard input");
    app.add_option(
           "--password-file", w.password_file, "reads the password from the first line of a file")
        ->type_name("FILE")
        ->check(command_line::wrong_path);
    app.add_flag("!--trusted",
                 w.authenticate,
                 "does without password and signatures: the server trusts this address");
    app.add_option(
           "--epid", w.epid, "which device this is; its own for each user and host if not told")
        ->type_name("HEX");
    app.add_option("--answer-delay", w.answer_delay, "lets invitations ring for so many seconds")
        ->type_name("SECONDS");
}

} // namespace

int run(int argc, char** argv) {
    CLI::App app(about, "lyceum-client");
    wanted_profile w;
    bool json = false;
    bool trace = false;
    add_profile(app, w);
    app.add_flag("--json", json, "prints events as JSON, one object a line (script always does)");
    app.add_flag("--trace", trace, "prints every message to standard error");
    app.set_version_flag("--version", "lyceum-client " LYCEUM_VERSION);
    app.require_subcommand(1);
    app.fallthrough();

    std::string peer;
    std::string text;
    bool page = false;
    auto* sign_in =
        app.add_subcommand("sign-in", "stays signed in and prints what happens, until Ctrl-C");
    auto* chat =
        app.add_subcommand("chat", "a conversation: lines that are typed go out; /quit ends it");
    chat->add_option("peer", peer, "sip:NAME@DOMAIN")->required()->type_name("URI");
    auto* send = app.add_subcommand(
        "send", "sends one message and tells by the exit code whether it was delivered");
    send->add_option("peer", peer, "sip:NAME@DOMAIN")->required()->type_name("URI");
    send->add_option("text", text, "what to say")->required()->type_name("TEXT");
    send->add_flag("--page", page, "by itself, not in a conversation");
    auto* endpoints = app.add_subcommand("endpoints", "lists where the account is signed in");
    auto* script =
        app.add_subcommand("script", "takes commands as JSON lines: docs/guides/client.md");

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0) return app.exit(e); // --help is one too
        return fail(command_line::wrong_line(e.get_name(), e.what()) +
                    "; see lyceum-client --help");
    }
    auto p = make_profile(std::move(w));
    if (!p) return fail(p.error());
    std::unique_ptr<program> what;
    if (chat->parsed() || send->parsed()) {
        auto who = parse_user(peer, p->account.aor.host());
        if (!who) return fail(who.error());
        what = chat->parsed() ? make_chat(*std::move(who)) : make_send(*std::move(who), text, page);
    } else if (endpoints->parsed()) {
        what = make_endpoints(json);
    } else if (script->parsed()) {
        what = make_script();
    } else if (sign_in->parsed()) {
        what = make_sign_in();
    }
    const auto out = json || script->parsed() ? make_json_teller(wall) : make_text_teller(wall);
    const auto code = run(*p, *what, *out, trace);
    log::flush();
    return static_cast<int>(code);
}

} // namespace lyceum::apps::client
