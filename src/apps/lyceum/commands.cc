#include "apps/lyceum/commands.h"

#include "admin/request.h"
#include "admin/service.h"
#include "admin/user_file.h"
#include "apps/lyceum/backup.h"
#include "apps/lyceum/check.h"
#include "apps/lyceum/connection.h"
#include "apps/lyceum/files.h"
#include "apps/lyceum/init.h"
#include "apps/lyceum/reference.h"
#include "apps/lyceum/show.h"
#include "apps/terminal/printable.h"
#include "base/environment.h"
#include "base/text.h"

#include <boost/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <map>

namespace lyceum::apps::console {
namespace {

namespace json = boost::json;

exit_code print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return std::fflush(stdout) == 0 ? exit_code::ok : exit_code::refused;
}

exit_code show(const invocation& i, const admin::outcome& o) {
    if (!o) return report(i, o.error());
    return print(i.json ? *o + "\n" : for_people(*o));
}

/// The argument whose value is no text; empty when there is none.
std::string not_utf8(const admin::arguments& a) {
    std::string name;
    for (const auto& [key, value] : a.texts) {
        if (!is_utf8(value)) name = key;
    }
    for (const auto& [key, values] : a.lists) {
        if (!std::ranges::all_of(values, is_utf8)) name = key;
    }
    std::ranges::replace(name, '_', ' ');
    return name;
}

/// All of standard input.
std::expected<std::string, std::string> read_input() {
    std::string out;
    std::string part(65536, '\0');
    for (;;) {
        const auto n = std::fread(part.data(), 1, part.size(), stdin);
        out.append(part, 0, n);
        if (out.size() > admin::service::max_line)
            return std::unexpected("standard input: is too large; make several files of it");
        if (n == part.size()) continue;
        if (std::ferror(stdin) != 0) return std::unexpected(system_error("standard input"));
        return out;
    }
}

/// Runs f with the deployment that --config names.
template <class F>
exit_code with_deployment(const invocation& i, F&& f) {
    const auto d = deployment::load(i.config);
    if (!d) return report(i, {"configuration", d.error()});
    return std::forward<F>(f)(*d);
}

/// What to do about a lyceum.toml that is not there, or that may not be looked at; else nothing.
std::string advice(const invocation& i, const admin::failure& f) {
    if (f.code != "configuration" || !f.message.starts_with(i.config + ": cannot be read: "))
        return "";
    struct stat facts{};
    if (::stat(i.config.c_str(), &facts) != 0 && errno == ENOENT)
        return "; name the deployment's with --config FILE, or make one: lyceum init";
    if (::access(i.config.c_str(), R_OK) == 0 || errno != EACCES) return "";
    const auto folder = std::filesystem::absolute(i.config).parent_path().string();
    return "; run as " + owner_in_words(folder) + " or root";
}

} // namespace

exit_code report(const invocation& i, const admin::failure& f) {
    auto told = f;
    told.message += advice(i, f);
    if (i.json) {
        const auto text = error_json(told) + "\n";
        std::fwrite(text.data(), 1, text.size(), stdout);
        std::fflush(stdout);
    } else {
        std::fprintf(stderr, "lyceum: %s\n", told.message.c_str());
        for (const auto& l : told.lines)
            std::fprintf(stderr, "line %zu: %s\n", l.line, terminal::printable(l.why).c_str());
        if (told.more_lines != 0) std::fprintf(stderr, "and %zu lines more\n", told.more_lines);
    }
    return exit_code_of(f.code);
}

admin::outcome ask(const invocation& i, std::string_view command, const admin::arguments& a) {
    if (const auto name = not_utf8(a); !name.empty()) // no request can say it
        return std::unexpected(admin::failure{"usage", "the " + name + " is not UTF-8"});
    const auto d = deployment::load(i.config);
    if (!d) return std::unexpected(admin::failure{"configuration", d.error()});
    return carry_out(*d, command, a);
}

exit_code
run_table_command(const invocation& i, std::string_view command, const admin::arguments& a) {
    const auto o = ask(i, command, a);
    return o && !i.json ? print(for_people(command, *o)) : show(i, o);
}

exit_code run_init(const invocation& i,
                   const std::string& data,
                   const std::string& domain,
                   std::uint16_t port_base) {
    return show(i, init(data, domain, port_base));
}

exit_code run_renew_certificate(const invocation& i) {
    return show(i, renew_certificate(i.config));
}

exit_code run_ports(const invocation& i) {
    return with_deployment(i, [&](const deployment::deployment& d) {
        json::object numbers;
        json::array rows;
        for (const auto& p : deployment::port_table(d)) {
            numbers[p.key] = p.number;
            rows.push_back({{"key", p.key},
                            {"port", p.number},
                            {"transport", net::name(p.transport)},
                            {"open", p.open},
                            {"purpose", p.purpose}});
        }
        return print(i.json ? json::serialize(numbers) + "\n" : for_people(json::serialize(rows)));
    });
}

exit_code run_check(const invocation& i) {
    return with_deployment(i, [&](const deployment::deployment& d) {
        const auto all = check(d, system_environment().wall_now());
        print(i.json ? to_json(all) + "\n" : for_people(all));
        const bool wrong = std::ranges::any_of(
            all, [](const finding& f) { return f.how == finding::level::error; });
        return wrong ? exit_code::refused : exit_code::ok;
    });
}

exit_code run_trace(const invocation& i, trace_options o) {
    o.json = i.json;
    return with_deployment(i, [&](const deployment::deployment& d) {
        const auto ended = trace(d, o);
        return ended ? exit_code::ok : report(i, ended.error());
    });
}

exit_code run_import(const invocation& i, const std::string& file) {
    const auto text = file == "-" ? read_input() : read_file(file);
    const std::string name = file == "-" ? "standard input" : file;
    if (!text) return report(i, {"refused", text.error()});
    admin::arguments a;
    auto& lines = a.lists["lines"];
    std::map<std::size_t, std::string> broken;
    for (std::string_view rest = *text; !rest.empty();) {
        lines.emplace_back(split_first(rest, '\n'));
        if (!is_utf8(lines.back())) broken[lines.size()] = "is not UTF-8";
    }
    const auto refuse = [&](admin::failure f) {
        f.message.insert(0, name + ": ");
        return report(i, f);
    };
    if (!broken.empty()) return refuse(admin::wrong_lines(broken));
    if (admin::write_request("user import", a).size() >= admin::service::max_line)
        return refuse({"refused", "is too large; make several files of it"});
    const auto done = ask(i, "user import", a);
    return done ? show(i, done) : refuse(done.error());
}

exit_code run_endpoints(const invocation& i, const std::string& user) {
    if (!user.empty()) {
        admin::arguments a;
        a.texts["user"] = user;
        return run_table_command(i, "endpoints", a);
    }
    json::array all;
    admin::arguments page;
    do { // bounded pages, so that the server does something else in between
        const auto told = ask(i, "endpoints", page);
        if (!told) return report(i, told.error());
        const auto v = json::parse(*told);
        const auto* one = v.if_object();
        const auto* rows = one == nullptr ? nullptr : one->if_contains("endpoints");
        if (rows == nullptr || !rows->is_array())
            return report(i, {"unavailable", "the server's answer is no list of endpoints"});
        const auto& some = rows->get_array();
        all.insert(all.end(), some.begin(), some.end());
        page.texts.erase("after");
        if (const auto* next = one->if_contains("next"); next != nullptr && next->is_string())
            page.texts["after"] = std::string(next->get_string());
    } while (page.optional_text("after"));
    const auto text = json::serialize(all);
    return print(i.json ? text + "\n" : for_people("endpoints", text));
}

exit_code run_backup(const invocation& i, const std::string& folder) {
    return show(i, backup(i.config, folder));
}
exit_code run_restore(const invocation& i, const std::string& folder) {
    return show(i, restore(i.config, folder));
}

exit_code run_version(const invocation& i) {
    return print(i.json ? R"({"version":")" LYCEUM_VERSION "\"}\n" : "lyceum " LYCEUM_VERSION "\n");
}

exit_code run_reference(const std::string& page) {
    if (page == "configuration") return print(deployment::reference_page());
    return print(page == "ports" ? ports_page() : commands_page());
}

} // namespace lyceum::apps::console
