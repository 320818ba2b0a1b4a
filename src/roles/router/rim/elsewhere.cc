// The way to other hosts.
#include "base/text.h"
#include "protocol/sip/uri.h"
#include "roles/router/rim/router_rim.h"

namespace lyceum::roles::router {

using sipstack::incoming;

bool router_rim::may_be_looked_up(const incoming& in, std::string_view host) const {
    // A name that the list does not have may still be that of an address that it has: who is
    // trusted may have it looked up. A client may not make us ask for whatever it likes.
    const bool is_name = in.trusted && !ip_address::parse(host);
    return around_.people.lists(host) || (is_name && around_.people.lists_addresses());
}

void router_rim::to_elsewhere(incoming&& in, const std::string& target) {
    const auto uri = sip::parse_uri(target);
    if (!uri || !uri->is_sip()) {
        refuse(in, {404, diagnostics::id::cannot_route});
        return;
    }
    const auto named = uri->params.value_or("maddr", uri->host);
    const auto address = ip_address::parse(named);
    auto host = address ? address->text() : target_set::plain_name(named);
    // No open relay, and no look-ups for whoever likes: only to who is on the trusted list.
    if (!may_be_looked_up(in, host)) {
        refuse(in, {404, diagnostics::id::cannot_route});
        return;
    }
    const auto affinity = std::hash<std::string_view>{}(in.message.call_id());
    const auto asker = in.user ? in.user->aor.text() : in.from.peer.address.text();
    const auto id = next_waiting_++;
    waiting_.emplace(id, waiting{std::move(in), std::move(host), uri->port != 0 || address, 0});
    const auto ticket =
        around_.next_hops.find(*uri, affinity, asker, [this, id](sipstack::next_hop::result r) {
            auto node = waiting_.extract(id);
            if (!node.empty()) go_on_elsewhere(std::move(node.mapped()), std::move(r));
        });
    if (const auto it = waiting_.find(id); it != waiting_.end()) it->second.ticket = ticket;
}

std::optional<sipstack::account> router_rim::may_go_to(const waiting& w,
                                                       const net::links::target& place) const {
    const auto* transport = net::name(place.kind);
    if (w.in.user) {
        // At the ports where it speaks SIP: other programs live at its address, too.
        if (around_.people.open_to_clients(w.host, transport, w.names_port ? place.peer.port : 0))
            return sipstack::account{w.host, place.kind};
        return std::nullopt;
    }
    // The list names the host of the URI, or the address that it led to.
    auto peer = around_.people.trusted(w.host, transport);
    if (peer == nullptr) peer = around_.people.trusted(place.peer.address, transport);
    if (peer == nullptr) return std::nullopt;
    return sipstack::account{peer->host, place.kind};
}

void router_rim::go_on_elsewhere(waiting&& w, sipstack::next_hop::result r) {
    auto& in = w.in;
    if (!r) {
        refuse(in, r.error());
        return;
    }
    std::vector<sipstack::proxy_target> targets;
    for (auto& place : *r) {
        auto account = may_go_to(w, place);
        if (!account) continue;
        sipstack::proxy_target t;
        t.on_account_of = *std::move(account);
        t.uri = std::string(in.message.uri());
        t.q = static_cast<std::uint16_t>(1000 - targets.size());
        t.reach = std::move(place);
        targets.push_back(std::move(t));
        if (!in.transaction) break; // an ACK has one chance
    }
    if (targets.empty()) {
        refuse(in, {404, diagnostics::id::cannot_route});
        return;
    }
    forward(std::move(in), std::move(targets), true);
}

bool router_rim::give_up_waiting(sipstack::transaction_ref invite) {
    const auto it = std::ranges::find_if(
        waiting_, [&](const auto& w) { return w.second.in.transaction == invite; });
    if (it == waiting_.end()) return false;
    around_.next_hops.forget(it->second.ticket);
    const auto w = std::move(it->second);
    waiting_.erase(it);
    around_.stack.respond(invite, around_.stack.response_for(w.in.message, 487));
    return true;
}

} // namespace lyceum::roles::router
