#include "apps/lyceum/command_line.h"

#include "apps/command_line/path.h"
#include "apps/command_line/wrong_line.h"
#include "apps/lyceum/commands.h"
#include "apps/lyceum/password.h"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <functional>

namespace lyceum::apps::console {
namespace {

using action = std::function<exit_code()>;

/// --display-name from display_name; of a list the name of one item: --domain from domains.
std::string option_name(const admin::argument& a) {
    std::string name(a.name);
    std::ranges::replace(name, '_', '-');
    if (a.what == admin::argument::kind::list && name.ends_with('s')) name.pop_back();
    return "--" + name;
}

std::string without_scheme_added(const std::string& user) {
    return user.find(':') == std::string::npos ? "sip:" + user : user;
}

/// The values of one table command's options while the line is read.
struct table_call {
    admin::arguments given;
    bool password_stdin = false;
};

void add_argument(CLI::App& app,
                  const admin::argument& a,
                  const std::shared_ptr<table_call>& call) {
    const std::string name(a.name);
    const std::string sentence(a.sentence);
    auto& given = call->given;
    if (name == "password") {
        app.add_flag("--password-stdin",
                     call->password_stdin,
                     "the password is the first line of standard input; asked for on a terminal "
                     "unless told");
    } else if (a.what == admin::argument::kind::flag) {
        app.add_flag_callback(
            option_name(a), [&given, name] { given.flags[name] = true; }, sentence);
    } else if (a.what == admin::argument::kind::number) {
        app.add_option_function<std::int64_t>(
            option_name(a), [&given, name](std::int64_t v) { given.numbers[name] = v; }, sentence);
    } else if (a.what == admin::argument::kind::list) {
        app.add_option_function<std::vector<std::string>>(
               option_name(a),
               [&given, name](const std::vector<std::string>& v) { given.lists[name] = v; },
               sentence)
            ->allow_extra_args(false);
    } else {
        const auto set = [&given, name](const std::string& v) { given.texts[name] = v; };
        auto* option =
            app.add_option_function<std::string>(a.required ? name : option_name(a), set, sentence);
        if (a.required) option->required()->type_name("");
    }
}

/// What --config is unless told: the first of these that there is. One that may not be looked at
/// counts as there: saying so helps more than taking another.
std::string usual_config() {
    for (const char* file : {"./lyceum.toml", "/var/lib/lyceum/lyceum.toml"}) {
        if (::access(file, F_OK) == 0 || errno == EACCES) return file;
    }
    return "/etc/lyceum/lyceum.toml";
}

/// Every command below, chosen or not.
std::vector<CLI::App*> commands_of(CLI::App& app) {
    return app.get_subcommands([](CLI::App*) { return true; });
}

exit_code run_call(const invocation& i, const admin::command& c, table_call& call) {
    if (auto user = call.given.texts.find("user"); user != call.given.texts.end()) {
        user->second = without_scheme_added(user->second);
    }
    const bool wants_password =
        std::ranges::any_of(c.arguments, [](const auto& a) { return a.name == "password"; });
    if (wants_password) {
        if (c.name == "user set-password") { // nobody types twice what has nowhere to go
            const auto known = ask(i, "user show", call.given);
            if (!known) return report(i, known.error());
        }
        auto password = call.password_stdin ? password_from_input() : password_from_terminal();
        if (!password) return report(i, {"usage", password.error()});
        call.given.texts["password"] = *std::move(password);
    }
    return run_table_command(i, c.name, call.given);
}

/// The command line's tree; what the arguments chose lies in `chosen` afterwards.
class tree {
public:
    explicit tree(const char* program)
        : app_("Administers a Lyceum deployment. Exit codes: 0 done, 1 refused, 2 wrong "
               "command line, 3 unavailable, 4 wrong configuration.",
               program) {
        app_.fallthrough();
        app_.require_subcommand(1);
        app_.add_option("--config",
                        now_.config,
                        "the deployment's lyceum.toml; unless told the first that there is of "
                        "./lyceum.toml, /var/lib/lyceum/lyceum.toml and /etc/lyceum/lyceum.toml")
            ->type_name("FILE")
            ->check(command_line::wrong_path);
        app_.add_flag("--json", now_.json, "prints results as JSON");
        app_.set_version_flag("--version", "lyceum " LYCEUM_VERSION);
        add_own();
        for (const auto& c : admin::commands()) {
            if (c.name != "version" && c.name != "trace" && c.name != "endpoints") add(c);
        }
        describe_groups(app_);
    }
    CLI::App& app() { return app_; }
    [[nodiscard]] const invocation& now() const { return now_; }
    [[nodiscard]] exit_code run() const { return chosen_(); }

private:
    CLI::App*
    leaf(CLI::App& parent, const std::string& name, const std::string& sentence, action a) {
        auto* s = parent.add_subcommand(name, sentence);
        s->footer("--config FILE and --json go with every command: lyceum --help");
        s->callback([this, a = std::move(a)] { chosen_ = a; });
        return s;
    }

    /// The group that a command of two words is in.
    CLI::App& group(const std::string& name) {
        auto*& known = groups_[name];
        if (known == nullptr) {
            known = app_.add_subcommand(name);
            known->require_subcommand(1);
        }
        return *known;
    }

    /// A group is described by the commands that it has.
    static void describe_groups(CLI::App& app) {
        for (auto* group : commands_of(app)) {
            std::string names;
            for (auto* s : commands_of(*group))
                names += (names.empty() ? "" : ", ") + s->get_name();
            if (!names.empty()) group->description(names);
        }
    }

    void add(const admin::command& c) {
        std::string word(c.name);
        auto* parent = &app_;
        if (const auto blank = word.find(' '); blank != std::string::npos) {
            parent = &group(word.substr(0, blank));
            word.erase(0, blank + 1);
        }
        if (c.name == "user import") { // whose lines come from a file
            auto* s = leaf(
                *parent, word, std::string(c.sentence), [this] { return run_import(now_, file_); });
            s->add_option("file", file_, "as secret as the passwords in it; - is standard input")
                ->required()
                ->check(command_line::wrong_path)
                ->type_name("");
            return;
        }
        const auto call = std::make_shared<table_call>();
        auto* s = leaf(*parent, word, std::string(c.sentence), [this, &c, call] {
            return run_call(now_, c, *call);
        });
        for (const auto& a : c.arguments)
            add_argument(*s, a, call);
    }

    void add_own() {
        auto* init = leaf(app_,
                          "init",
                          "Makes a deployment: settings, certificates, an empty store.",
                          [this] { return run_init(now_, data_, domain_, port_base_); });
        init->add_option("--data", data_, "folder to make it in")
            ->required()
            ->check(command_line::wrong_path)
            ->type_name("DIR");
        init->add_option("--domain", domain_, "SIP domain of its users")->required();
        // The highest offset is 10: docs/reference/ports.md
        init->add_option(
                "--port-base", port_base_, "moves every port to this number plus its offset")
            ->check(CLI::Range(1, 65525));
        leaf(app_, "ports", "Tells the ports of a deployment.", [this] { return run_ports(now_); });
        leaf(app_, "check", "Looks for everything that can keep a server from working.", [this] {
            return run_check(now_);
        });
        auto* trace = leaf(app_,
                           "trace",
                           std::string(admin::find_command("trace")->sentence) + " Ctrl-C ends it.",
                           [this] {
                               trace_.user = without_scheme_added(trace_.user);
                               return run_trace(now_, trace_);
                           });
        trace->add_option("user", trace_.user, "whose messages")->required()->type_name("");
        trace->add_option("--pcap", trace_.pcap, "writes them for Wireshark too")
            ->type_name("FILE")
            ->check(command_line::wrong_path);
        auto* endpoints =
            leaf(app_, "endpoints", "Lists where a user is signed in, or everybody.", [this] {
                if (!endpoints_of_.empty()) endpoints_of_ = without_scheme_added(endpoints_of_);
                return run_endpoints(now_, endpoints_of_);
            });
        endpoints->add_option("user", endpoints_of_, "whose; everybody's unless told")
            ->type_name("");
        auto* backup =
            leaf(app_,
                 "backup",
                 "Copies store, settings and keys to an empty folder; the server may run.",
                 [this] { return run_backup(now_, folder_); });
        backup->add_option("folder", folder_, "where to")
            ->required()
            ->check(command_line::wrong_path)
            ->type_name("");
        auto* restore = leaf(app_,
                             "restore",
                             "Puts a backup in the deployment's place; the server must not run. "
                             "Each file that it replaces is kept beside it as FILE.replaced "
                             "(FILE.replaced-2 after an earlier restore).",
                             [this] { return run_restore(now_, folder_); });
        restore->add_option("folder", folder_, "the backup")
            ->required()
            ->check(command_line::wrong_path)
            ->type_name("");
        auto& certificate = group("certificate");
        leaf(certificate,
             "renew",
             "Makes a new server certificate from the deployment's authority.",
             [this] { return run_renew_certificate(now_); });
        leaf(app_, "version", "Tells the version.", [this] { return run_version(now_); });
        auto* reference = leaf(app_, "reference", "Prints a page of docs/reference.", [this] {
            return run_reference(page_);
        });
        reference->add_option("page", page_, "which")
            ->required()
            ->check(CLI::IsMember({"configuration", "ports", "commands"}));
    }

    invocation now_{.config = usual_config()};
    std::string data_;
    std::string domain_;
    std::uint16_t port_base_ = 0;
    std::string folder_;
    std::string page_;
    trace_options trace_;
    std::string endpoints_of_;
    std::string file_;
    action chosen_;
    CLI::App app_;
    std::map<std::string, CLI::App*> groups_;
};

/// What the arguments come to as the name of a command, for those that did not parse.
struct named_command {
    CLI::App* app;      ///< the deepest that there is
    admin::failure why; ///< what there is not, such as: command "user ad"; empty: nothing is amiss
};

named_command find_named(CLI::App& top, int argc, char** argv) {
    named_command out{&top, {}};
    std::string name;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--config" && ++i == argc)
            out.why = {"usage", "there is no file after --config"};
        if (word == "--config" || word == "--json" || word.starts_with("--config=")) continue;
        const auto known = commands_of(*out.app);
        if (known.empty()) break; // what follows is the command's own affair
        if (word.starts_with('-')) {
            out.why = {"usage", "there is no option \"" + word + "\""};
            break;
        }
        name += (name.empty() ? "" : " ") + word;
        const auto next =
            std::ranges::find(known, word, [](const CLI::App* s) { return s->get_name(); });
        if (next == known.end()) {
            out.why = {"unknown_command", "there is no command \"" + name + "\""};
            break;
        }
        out.app = *next;
    }
    return out;
}

/// Says what is wrong with the arguments; a group without a command is asked for help.
exit_code refuse(CLI::App& top, const CLI::ParseError& e, int argc, char** argv) {
    // Nothing has been parsed: whether --json is there is looked up, wherever it stands.
    const bool as_json = std::any_of(
        argv + 1, argv + argc, [](const char* word) { return std::string_view(word) == "--json"; });
    auto [app, why] = find_named(top, argc, argv);
    if (why.message.empty()) {
        if (!as_json && !commands_of(*app).empty() && e.get_name() != "ValidationError") {
            std::fputs(app->help().c_str(), stdout);
            return exit_code::usage;
        }
        why = {"usage", command_line::wrong_line(e.get_name(), e.what())};
    }
    why.message += "; see lyceum --help";
    return report({.config = {}, .json = as_json}, why);
}

} // namespace

int run(int argc, char** argv) {
    tree t("lyceum");
    try {
        t.app().parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() != 0) {
            return static_cast<int>(refuse(t.app(), e, argc, argv));
        }
        return t.app().exit(e) == 0 ? 0 : static_cast<int>(exit_code::usage); // --help is one too
    }
    return static_cast<int>(t.run());
}

} // namespace lyceum::apps::console
