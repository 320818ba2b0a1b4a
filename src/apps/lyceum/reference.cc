#include "apps/lyceum/reference.h"

#include "admin/command.h"
#include "apps/deployment/deployment.h"

namespace lyceum::apps::console {
namespace {

const char* name(admin::argument::kind k) {
    switch (k) {
    case admin::argument::kind::text:
        return "text";
    case admin::argument::kind::flag:
        return "true or false";
    case admin::argument::kind::number:
        return "whole number";
    case admin::argument::kind::list:
        return "list of texts";
    }
    return "?";
}

} // namespace

std::string ports_page() {
    std::string out =
        "# Ports\n\n"
        "`lyceum init --port-base N` moves every port to N plus its offset; `lyceum --config FILE "
        "ports "
        "--json` prints where they are. Written by `lyceum reference ports`; do not edit.\n\n"
        "| key | default | offset | transport | open by default | for "
        "|\n|---|---|---|---|---|---|\n";
    for (const auto& p : deployment::port_table(deployment::defaults("contoso.test"))) {
        out += "| `" + std::string(p.key) + "` | " + std::to_string(p.number) + " | " +
               std::to_string(p.offset) + " | " + net::name(p.transport) + " | " +
               (p.open ? "yes" : "no") + " | " + std::string(p.purpose) + " |\n";
    }
    return out + "\n`sip_tcp` and `sip_udp` are open to trusted peers only (`lyceum trusted add`) "
                 "unless `[sip]` says "
                 "otherwise: until somebody is trusted, nobody gets in there.\n";
}

std::string commands_page() {
    std::string out = "# Commands of the administration socket\n\n"
                      "`DATA/run/admin.sock`, mode 0600: one JSON object a line, "
                      "`{\"command\":\"user "
                      "show\",\"arguments\":{\"user\":\"sip:alice@contoso.test\"}}`, answered by "
                      "`{\"ok\":true,\"result\":...}` or "
                      "`{\"ok\":false,\"error\":{\"code\":...,\"message\":...}}`. "
                      "`lyceum` speaks it. Codes: usage, unknown_command, not_found, exists, "
                      "refused, unavailable, "
                      "not_running. Written by `lyceum reference commands`; do not edit.\n";
    for (const auto& c : admin::commands()) {
        out += "\n## " + std::string(c.name) + "\n\n" + std::string(c.sentence);
        out += c.needs_server ? " Only while the server runs.\n" : "\n";
        if (c.arguments.empty()) continue;
        out += "\n| argument | type | needed | meaning |\n|---|---|---|---|\n";
        for (const auto& a : c.arguments) {
            out += "| `" + std::string(a.name) + "` | " + name(a.what) + " | " +
                   (a.required ? "yes" : "no") + " | " + std::string(a.sentence) + " |\n";
        }
    }
    return out;
}

} // namespace lyceum::apps::console
