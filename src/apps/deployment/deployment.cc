#include "apps/deployment/deployment.h"

#include "base/settings/catalogue.h"
#include "base/text.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>

namespace lyceum::apps::deployment {
namespace {

namespace fs = std::filesystem;

/// The tables of lyceum.toml, in its order, bound to d.
settings::catalogue tables(deployment& d) {
    settings::catalogue c;
    c.add("server", "This server.", d.server);
    c.add("ports", "Where it listens. Roles that are not there yet leave theirs closed.", d.ports);
    c.add("tls", "Certificates; relative paths are below server.data.", d.tls);
    c.add("sip", "SIP listeners, connections and registrations.", d.sip);
    c.add("dns", "How the names of gateways and trusted servers are looked up.", d.dns);
    c.add("auth", "How clients prove who they are.", d.auth);
    c.add("store", "Users, contacts and everything else that lasts.", d.store);
    c.add("log", "What is written about events.", d.log);
    c.add("metrics", "Figures for Prometheus.", d.metrics);
    return c;
}

/// An address, or one with a port; of IPv6 then in brackets.
bool is_name_server(std::string_view text) {
    if (ip_address::parse(text)) return true;
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return false;
    const auto host = text.substr(0, colon);
    if (host.find(':') != std::string_view::npos && !host.starts_with('[')) return false;
    const auto port = text.substr(colon + 1);
    return ip_address::parse(host) && !port.empty() && port.size() <= 5 &&
           std::ranges::all_of(port, is_digit) && std::stoi(std::string(port)) <= 65535;
}

/// What is wrong although each value by itself is allowed.
std::vector<settings::problem> cross_check(const deployment& d) {
    std::vector<settings::problem> out;
    for (const auto& name : d.server.domains) {
        if (!is_domain(name))
            out.push_back({0, "server.domains", "\"" + name + "\" is no domain name"});
    }
    if (!is_domain(d.server.fqdn))
        out.push_back({0, "server.fqdn", "\"" + d.server.fqdn + "\" is no domain name"});
    for (const auto& a : d.sip.listen) {
        if (!ip_address::parse(a)) out.push_back({0, "sip.listen", "\"" + a + "\" is no address"});
    }
    for (const auto& n : d.dns.nameservers) {
        if (!is_name_server(n))
            out.push_back({0, "dns.nameservers", "\"" + n + "\" is no address of a name server"});
    }
    if (!ip_address::parse(d.metrics.address)) {
        out.push_back({0, "metrics.address", "\"" + d.metrics.address + "\" is no address"});
    }
    if (d.sip.min_expires > d.sip.expires) {
        out.push_back({0, "sip.expires", "must not be shorter than sip.min_expires"});
    }
    if (d.sip.keep_alive >= d.sip.idle_patience) {
        out.push_back({0, "sip.keep_alive", "must be shorter than sip.idle_patience"});
    }
    if (d.sip.max_header > d.sip.max_message) {
        out.push_back({0, "sip.max_header", "must not be larger than sip.max_message"});
    }
    for (const auto* other :
         {&d.store.file, &d.auth.sealing_key, &d.tls.certificate, &d.tls.key, &d.tls.ca}) {
        if (!d.log.file.empty() && d.path(d.log.file) == d.path(*other)) {
            out.push_back(
                {0, "log.file", "\"" + d.log.file + "\" is another file of the deployment"});
        }
    }
    std::set<std::pair<bool, std::uint16_t>> taken;
    for (const auto& p : port_table(d)) {
        if (p.open && !taken.emplace(p.transport == net::transport::udp, p.number).second) {
            out.push_back({0,
                           "ports." + std::string(p.key),
                           std::to_string(p.number) + " is another listener's too"});
        }
    }
    return out;
}

} // namespace

bool is_domain(std::string_view name) {
    if (name.empty() || name.size() > 253) return false;
    for (auto rest = name; !rest.empty();) {
        const auto label = split_first(rest, '.');
        const auto fine = [](char c) { return is_alpha(c) || is_digit(c) || c == '-'; };
        if (label.empty() || label.size() > 63 || !std::ranges::all_of(label, fine)) return false;
        if (label.front() == '-' || label.back() == '-') return false;
    }
    return name.back() != '.';
}

std::string deployment::path(std::string_view relative) const {
    return (fs::path(data) / relative)
        .lexically_normal()
        .string(); // an absolute one stays as it is
}

std::expected<deployment, std::string> load(const std::string& file) {
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        return std::unexpected(file +
                               ": cannot be read: " + std::generic_category().message(errno));
    }
    if (!fs::is_regular_file(file)) return std::unexpected(file + ": is no file");
    std::ostringstream text;
    text << in.rdbuf();

    deployment d;
    const auto catalogue = tables(d);
    if (const auto done = catalogue.read(text.str()); !done) {
        return std::unexpected(settings::to_text(done.error(), file));
    }
    for (auto* names : {&d.server.domains, &d.sip.listen}) {
        for (auto& n : *names)
            n = to_lower(n);
    }
    move_to(d, file);
    auto problems = catalogue.check(); // what the file must say and does not
    if (problems.empty()) problems = cross_check(d);
    if (!problems.empty()) return std::unexpected(settings::to_text(problems, file));
    return d;
}

void move_to(deployment& d, const std::string& file) {
    d.file = fs::absolute(file).lexically_normal().string();
    // "/." and parent_path: without a slash at the end, whatever the setting is.
    d.data = (fs::path(d.file).parent_path() / d.server.data / ".")
                 .lexically_normal()
                 .parent_path()
                 .string();
}

std::vector<std::string> changes_that_wait(const deployment& from, const deployment& to) {
    auto old = from;
    auto fresh = to;
    const auto before = tables(old);
    const auto after = tables(fresh);
    std::vector<std::string> out;
    for (std::size_t s = 0; s < before.sections().size(); ++s) {
        const auto& section = before.sections()[s];
        for (std::size_t f = 0; f < section.fields.size(); ++f) {
            const auto& field = section.fields[f];
            if (field.restart && field.toml() != after.sections()[s].fields[f].toml()) {
                out.push_back(section.name);
                out.back().append(".").append(field.name);
            }
        }
    }
    return out;
}

deployment defaults(const std::string& domain, std::uint16_t port_base) {
    deployment d;
    d.server.domains = {to_lower(domain)};
    d.server.fqdn = "sip." + to_lower(domain);
    if (port_base == 0) return d;
    std::uint16_t* const numbers[] = {
        &d.ports.sip_tls,
        &d.ports.sip_tcp,
        &d.ports.sip_udp,
        &d.ports.https,
        &d.ports.http,
        &d.ports.c3p,
        &d.ports.turn_udp,
        &d.ports.turn_tcp,
        &d.ports.metrics,
        &d.ports.sip_mtls,
    };
    std::uint16_t offset = 0;
    for (auto* n : numbers)
        *n = static_cast<std::uint16_t>(port_base + ++offset);
    return d;
}

std::string to_toml(const deployment& d) {
    auto copy = d;
    return tables(copy).to_toml(
        "Settings of a Lyceum server. Every key stands here with its value; a key that is "
        "left out has its default. `lyceum check` tells what is wrong. "
        "docs/reference/configuration.md");
}

std::string reference_page() {
    deployment d;
    return tables(d).to_markdown("# Configuration\n\nEvery key of `lyceum.toml`. `lyceum init` "
                                 "writes the file with a comment for each of them; "
                                 "`lyceum check` tells what is wrong in it. Written by `lyceum "
                                 "reference configuration`; do not edit.\n\n"
                                 "Durations and sizes are texts with their unit: `\"15 s\"`, "
                                 "`\"250 ms\"`, `\"4 MiB\"`. An unknown key is an "
                                 "error.\n");
}

} // namespace lyceum::apps::deployment
