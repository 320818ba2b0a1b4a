#include "roles/router/destination.h"

#include "base/ip_endpoint.h"
#include "base/text.h"
#include "protocol/sip/address.h"

namespace lyceum::roles::router {
namespace {

using sip::header;

constexpr std::uint32_t initial_max_forwards = 70; // RFC 3261 16.6 step 3

std::unexpected<diagnostics::refusal> refuse(int status, diagnostics::id id) {
    return std::unexpected(diagnostics::refusal{status, id});
}

/// Whether a Route value names this server; nothing when it is no SIP URI.
std::optional<bool> is_our_route(std::string_view value, const house& h) {
    const auto address = sip::parse_address(value);
    if (!address) return std::nullopt;
    const auto uri = sip::parse_uri(address->uri);
    if (!uri || !uri->is_sip()) return std::nullopt;
    return uri->user.empty() && h.is_me(*uri);
}

} // namespace

bool house::has_domain(std::string_view host) const {
    return std::ranges::any_of(domains, [&](const auto& d) { return iequals(d, host); });
}

bool house::is_me(const sip::uri_view& uri) const {
    if (!iequals(fqdn, uri.host) &&
        std::ranges::none_of(names, [&](const auto& n) { return iequals(n, uri.host); })) {
        return false;
    }
    std::uint16_t port = uri.port;
    if (port == 0) {
        if (!ip_address::parse(uri.host)) return true; // a name without a port: wherever DNS says
        port = uri.is_sips() || iequals(uri.params.value_or("transport", {}), "tls")
                   ? 5061
                   : 5060; // RFC 3263 4.2
    }
    return std::ranges::find(ports, port) != ports.end();
}

std::expected<destination, diagnostics::refusal> destination_of(sip::message& m, const house& h) {
    auto uri = m.request_uri();
    if (!uri) return refuse(400, diagnostics::id::route_set_invalid);

    // RFC 3261 16.4: a strict router before us put our own route into the Request-URI and the real
    // target last.
    if (uri->is_sip() && uri->user.empty() && h.is_me(*uri) && uri->params.has("lr") &&
        m.has(header::route)) {
        auto routes = m.values(header::route);
        const auto last = sip::parse_address(routes.back());
        if (!last) return refuse(400, diagnostics::id::route_set_invalid);
        const std::string target(last->uri);
        std::vector<std::string> rest(routes.begin(), routes.end() - 1);
        m.remove(header::route);
        for (auto it = rest.rbegin(); it != rest.rend(); ++it)
            m.prepend(header::route, *it);
        m.set_uri(target);
        uri = m.request_uri();
        if (!uri) return refuse(400, diagnostics::id::route_set_invalid);
    }
    // Every route that is ours comes off: two when we recorded both sides of a change of transport.
    // RFC 5658
    const bool routed = m.has(header::route);
    while (m.has(header::route)) {
        const auto ours = is_our_route(m.first(header::route), h);
        if (!ours) return refuse(400, diagnostics::id::route_set_invalid);
        if (!*ours) {
            const auto next = sip::parse_address(m.first(header::route));
            return to_address{std::string(next->uri)};
        }
        m.remove_first(header::route);
    }
    if (routed) uri = m.request_uri(); // the views above died with the change
    if (iequals(uri->scheme, "tel")) return refuse(404, diagnostics::id::cannot_route);
    if (!uri->is_sip()) return refuse(416, diagnostics::id::cannot_route); // RFC 3261 16.3 step 2

    // A contact of ours comes first: its user part is whatever the client wrote.
    if (const auto cid = uri->params.get("ms-received-cid")) return to_flow{std::string(*cid)};
    // Which address it is to go to counts for more than whose name it bears. RFC 3261 16.4, 16.5
    if (const auto maddr = uri->params.get("maddr"); maddr && !h.has_domain(*maddr)) {
        auto there = *uri;
        there.host = *maddr;
        if (!h.is_me(there)) return to_address{std::string(m.uri())};
    }
    const bool ours = h.has_domain(uri->host) || h.is_me(*uri);
    if (!ours) return to_address{std::string(m.uri())};
    if (uri->user.empty()) return to_server{};
    const auto user = sip::aor::from(*uri);
    if (!user) return refuse(404, diagnostics::id::user_unknown);
    if (const auto opaque = uri->params.get("opaque")) {
        if (const auto instance = sip::instance_of(*opaque)) return to_endpoint{*user, *instance};
        return to_component{*user, std::string(*opaque)};
    }
    if (uri->params.has("gruu")) return refuse(404, diagnostics::id::cannot_route);
    std::string epid;
    if (const auto to = m.to()) epid = to->params.value_or("epid", {});
    return to_user{*user, epid};
}

std::expected<void, diagnostics::refusal> spend_hop(sip::message& m) {
    if (!m.has(header::max_forwards)) {
        m.append(header::max_forwards, std::to_string(initial_max_forwards));
        return {};
    }
    const auto hops = to_u32(m.value(header::max_forwards));
    if (!hops) return refuse(400, diagnostics::id::default_user_services);
    if (*hops == 0) return refuse(483, diagnostics::id::route_set_invalid);
    m.set(header::max_forwards, std::to_string(*hops - 1));
    return {};
}

std::expected<bool, diagnostics::refusal> wants_to_be_reachable(const sip::message& m,
                                                                std::string_view transport) {
    bool wants = false;
    for (const auto value : m.values(header::contact)) {
        const auto contact = sip::parse_address(value);
        if (!contact || contact->is_star) continue;
        const auto proxy = contact->params.get("proxy");
        if (!proxy) continue;
        const auto uri = sip::parse_uri(contact->uri);
        const bool fits = uri && uri->is_sip() && iequals(*proxy, "replace") &&
                          m.values(header::via).size() <= 1 &&
                          iequals(uri->params.value_or("transport", transport), transport);
        if (!fits) return refuse(400, diagnostics::id::default_user_services);
        wants = true;
    }
    return wants;
}

bool in_dialog(const sip::message& m) {
    return !m.to_tag().empty();
}

bool can_recover(const sip::message& m) {
    return m.lists(header::supported, "ms-dialog-route-set-update");
}

bool wants_record_route(const sip::message& m) {
    switch (m.method_id()) {
    case sip::method::invite:
    case sip::method::subscribe:
    case sip::method::notify:
    case sip::method::refer:
        return true;
    default:
        return false;
    }
}

bool is_im_invite(const sip::message& m) {
    if (m.method_id() != sip::method::invite) return false;
    for (auto body = m.body(); !body.empty();) {
        const auto line = split_first(body, '\n');
        if (line.starts_with("m=message") || line.starts_with("m=x-ms-message")) return true;
    }
    return false;
}

} // namespace lyceum::roles::router
