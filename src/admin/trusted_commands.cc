#include "admin/tables.h"
#include "base/ip_endpoint.h"
#include "base/text.h"

#include <boost/json.hpp>

#include <algorithm>

namespace lyceum::admin {
namespace {

namespace json = boost::json;

json::object to_json(const store::trusted_peer& t) {
    return {{"host", t.host},
            {"transport", t.transport},
            {"may_register", t.may_register},
            {"domains", json::array(t.domains.begin(), t.domains.end())},
            {"ports", json::array(t.ports.begin(), t.ports.end())}};
}

std::unexpected<failure> usage(std::string message) {
    return std::unexpected(failure{"usage", std::move(message)});
}

bool is_name(std::string_view text) {
    const auto fine = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '.'; };
    return !text.empty() && text.size() <= 253 && text.front() != '.' &&
           std::ranges::all_of(text, fine);
}

/// An address in its one spelling, or a name in lower case.
std::expected<std::string, failure> read_host(const std::string& text) {
    if (const auto address = ip_address::parse(text)) return address->text();
    if (is_name(text) && !std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.'; }))
        return to_lower(text);
    return usage("\"" + text + "\" is no address and no name");
}

std::expected<std::string, failure> read_transport(const arguments& a) {
    auto t = to_lower(a.text("transport"));
    if (t.empty() || t == "udp" || t == "tcp" || t == "tls") return t;
    return usage("transport must be udp, tcp or tls");
}

/// Tells live shards the whole list; it is small.
outcome tell(service::ports& p,
             const std::vector<store::trusted_peer>& which,
             trust how,
             std::string result) {
    const auto all = p.trusted.all();
    if (!all) return std::unexpected(from(all.error()));
    p.changes.trusted_changed(which, how, *all);
    return result;
}

outcome add(service::ports& p, const arguments& a) {
    const auto host = read_host(a.text("host"));
    if (!host) return std::unexpected(host.error());
    const auto transport = read_transport(a);
    if (!transport) return std::unexpected(transport.error());
    store::trusted_peer peer{*host, *transport, a.flag("may_register"), {}, {}};
    for (const auto& text : a.list("ports")) {
        const auto port = to_u32(text);
        if (!port || *port == 0 || *port > 65535) return usage("\"" + text + "\" is no port");
        peer.ports.push_back(static_cast<std::uint16_t>(*port));
    }
    std::ranges::sort(peer.ports);
    peer.ports.erase(std::ranges::unique(peer.ports).begin(), peer.ports.end());
    for (const auto& d : a.list("domains")) {
        if (!is_name(d)) return usage("\"" + d + "\" is no domain name");
        peer.domains.push_back(to_lower(d));
    }
    const auto before = p.trusted.all();
    if (!before) return std::unexpected(from(before.error()));
    const bool known = std::ranges::any_of(*before, [&](const store::trusted_peer& t) {
        return t.host == peer.host && t.transport == peer.transport;
    });
    const auto done = p.trusted.put(peer);
    if (!done) return std::unexpected(from(done.error()));
    return tell(p, {peer}, known ? trust::replaced : trust::added, json::serialize(to_json(peer)));
}

outcome list(service::ports& p) {
    const auto all = p.trusted.all();
    if (!all) return std::unexpected(from(all.error()));
    json::array out;
    for (const auto& t : *all)
        out.push_back(to_json(t));
    return json::serialize(out);
}

/// Why no entry was the one to remove; what there is instead.
failure nothing_to_remove(const std::vector<store::trusted_peer>& all,
                          const std::string& host,
                          const std::string& transport) {
    std::string others;
    for (const auto& t : all) {
        if (t.host != host) continue;
        others.append(others.empty() ? "" : ", ").append(t.transport.empty() ? "any" : t.transport);
    }
    if (others.empty()) return {"not_found", host + " is not trusted"};
    return {"not_found",
            host + " has no entry for " + (transport.empty() ? "any transport" : transport) +
                "; it is trusted for: " + others};
}

outcome remove(service::ports& p, const arguments& a) {
    const auto host = read_host(a.text("host"));
    if (!host) return std::unexpected(host.error());
    const auto transport = read_transport(a);
    if (!transport) return std::unexpected(transport.error());
    const auto all = p.trusted.all();
    if (!all) return std::unexpected(from(all.error()));
    std::vector<store::trusted_peer> removed;
    json::array shown;
    for (const auto& t : *all) {
        if (t.host != *host || (a.optional_text("transport") && t.transport != *transport))
            continue;
        const auto done = p.trusted.remove(t.host, t.transport);
        if (!done) return std::unexpected(from(done.error()));
        removed.push_back(t);
        shown.push_back(to_json(t));
    }
    if (removed.empty()) return std::unexpected(nothing_to_remove(*all, *host, *transport));
    return tell(p, removed, trust::removed, json::serialize(shown));
}

} // namespace

std::string_view name(trust t) {
    switch (t) {
    case trust::added:
        return "added";
    case trust::replaced:
        return "replaced";
    case trust::removed:
        return "removed";
    }
    return "?";
}

void add_trusted_commands(handler_table& table, service::ports& p) {
    table["trusted add"] = [&p](const arguments& a) { return add(p, a); };
    table["trusted list"] = [&p](const arguments&) { return list(p); };
    table["trusted remove"] = [&p](const arguments& a) { return remove(p, a); };
}

} // namespace lyceum::admin
