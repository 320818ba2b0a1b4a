// The ways to the house's own users: to their endpoints, and to a connection that a contact names.
#include "roles/router/rim/router_rim.h"

#include <charconv>

namespace lyceum::roles::router {
namespace {

using sipstack::incoming;

std::optional<net::flow_id> flow_of(std::string_view cid) {
    std::uint64_t v = 0;
    const auto [at, error] = std::from_chars(cid.data(), cid.data() + cid.size(), v, 16);
    if (error != std::errc{} || at != cid.data() + cid.size() || v == 0) return std::nullopt;
    return net::flow_id{v};
}

/// Whether that is where the URI leads: what sipstack::make_reachable() wrote.
bool names(const sip::uri_view& uri, const ip_endpoint& place) {
    if (const auto maddr = uri.params.get("maddr"))
        return ip_address::parse(*maddr) == place.address;
    return uri.port == place.port && ip_address::parse(uri.host) == place.address;
}

} // namespace

std::optional<sipstack::proxy_target>
router_rim::target_of(const sipstack::reachable_endpoint& e) const {
    const auto& account = e.on_account_of;
    // This shard may have heard before the registrar that its peer is trusted no more.
    if (!account.host.empty() && !around_.stack.gate_keeper().honours(account, true))
        return std::nullopt;
    sipstack::proxy_target t{.uri = e.contact, .way = e.way, .q = e.q, .on_account_of = account};
    if (t.way.flow) return t;
    // A plain user agent is connected to, whatever became of the connection that it registered
    // over; but not before it is its turn.
    const auto name = t.way.peer.address.text();
    if (t.way.kind != net::transport::udp) {
        t.reach = {t.way.kind, t.way.peer, name};
        return t;
    }
    t.way = around_.stack.reach(t.way.kind, t.way.peer, name, account);
    return t.way.flow ? std::optional(std::move(t)) : std::nullopt;
}

void router_rim::to_people(incoming&& in,
                           const sip::aor& user,
                           std::string_view epid,
                           const sip::instance_id* instance) {
    const auto person = around_.people.find(user);
    if (!person) {
        refuse(in, {404, diagnostics::id::user_unknown});
        return;
    }
    if (!person->enabled) {
        refuse(in, {404, diagnostics::id::destination_not_enabled});
        return;
    }
    std::vector<sipstack::proxy_target> targets;
    if (const auto endpoints = around_.location.find(user)) {
        for (const auto& e : *endpoints) {
            if (instance != nullptr && e.instance != *instance) continue;
            if (instance == nullptr && !epid.empty() && e.epid != epid) continue;
            if (auto target = target_of(e)) targets.push_back(*std::move(target));
        }
    }
    if (targets.empty()) {
        if (instance != nullptr) {
            refuse_unreachable(in);
        } else {
            refuse(in, {480, diagnostics::id::no_suitable_response});
        }
        return;
    }
    forward(std::move(in), std::move(targets));
}

void router_rim::refuse_unreachable(const incoming& in) {
    if (!in_dialog(in.message)) {
        refuse(in, {480, diagnostics::id::no_suitable_response});
        return;
    }
    if (!can_recover(in.message)) {
        refuse(in, {481, diagnostics::id::route_set_invalid});
        return;
    }
    refused_.add();
    if (!in.transaction) return;
    auto r = around_.stack.refusal_for(in.message, {430, diagnostics::id::route_set_invalid});
    // It is the other end that has to register again. [MS-SIPRE] 3.7.5.3.1
    r.append("P-Dialog-Recovery-Action", "Wait-For-Session-Update");
    around_.stack.respond(in.transaction, std::move(r));
}

void router_rim::to_connection(incoming&& in, const std::string& cid) {
    const auto flow = flow_of(cid);
    if (!flow) {
        refuse_unreachable(in);
        return;
    }
    const auto named = in.message.request_uri();
    if (const auto user = named ? sip::aor::from(*named) : std::nullopt;
        user && has_endpoint_on(*flow, *user)) {
        go_on_to_connection(std::move(in), *flow, *user);
        return;
    }
    // It names an address, or nobody: Microsoft's clients and pidgin-sipe 1.25 register contacts
    // without a user part. Whose connection is it?
    const auto id = next_waiting_++;
    waiting_.emplace(id, waiting{std::move(in), {}, false, 0});
    around_.stack.user_of(*flow, [this, id, flow = *flow](const std::string& who) {
        auto node = waiting_.extract(id);
        if (node.empty()) return;
        if (const auto user = sip::aor::from(who)) {
            go_on_to_connection(std::move(node.mapped().in), flow, *user);
        } else {
            refuse_unreachable(node.mapped().in);
        }
    });
}

bool router_rim::has_endpoint_on(net::flow_id flow, const sip::aor& user) const {
    const auto endpoints = around_.location.find(user);
    return endpoints &&
           std::ranges::any_of(*endpoints, [&](const auto& e) { return e.way.flow == flow; });
}

void router_rim::go_on_to_connection(incoming&& in, net::flow_id flow, const sip::aor& user) {
    // A cid from outside proves nothing: what the URI says has to be true of an endpoint of the
    // connection's user. digest MS-SIPRE 7
    const auto uri = in.message.request_uri();
    const auto is_true_of = [&](const sipstack::reachable_endpoint& e) {
        if (e.way.flow != flow) return false;
        if (e.contact == in.message.uri()) return true;
        // Phones share our UDP socket: of these it is the one whose contact it is.
        if (!uri || e.way.kind == net::transport::udp) return false;
        const bool names_them = !uri->user.empty() && sip::aor::from(*uri) == user;
        return names_them || names(*uri, e.way.peer);
    };
    if (const auto endpoints = around_.location.find(user)) {
        for (const auto& e : *endpoints) {
            if (!is_true_of(e)) continue;
            auto target = target_of(e);
            if (!target) continue;
            std::vector<sipstack::proxy_target> targets;
            targets.push_back(*std::move(target));
            forward(std::move(in), std::move(targets));
            return;
        }
    }
    refuse_unreachable(in);
}

} // namespace lyceum::roles::router
