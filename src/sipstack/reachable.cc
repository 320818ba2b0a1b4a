#include "sipstack/reachable.h"

#include "base/text.h"
#include "protocol/sip/address.h"
#include "protocol/sip/list.h"
#include "protocol/sip/uri.h"

namespace lyceum::sipstack {
namespace {

using sip::header;

/// Where a part of a text stands in it.
std::size_t offset(std::string_view whole, std::string_view part) {
    return static_cast<std::size_t>(part.data() - whole.data());
}

std::string uri_over(const sip::uri_view& uri, std::string_view spelt, const path& from) {
    const bool has_maddr = uri.params.has("maddr");
    const auto seen = from.peer.address.host();
    std::string out(spelt.substr(0, offset(spelt, uri.host)));
    out += has_maddr ? std::string(uri.host) : seen;
    if (const auto port = has_maddr ? uri.port : from.peer.port; port != 0) {
        out += ':';
        append_number(out, port);
    }
    auto params = uri.params;
    for (sip::params_view::parameter p; params.next(p);) {
        if (iequals(p.name, "ms-received-cid")) continue; // never trusted from outside
        out.append(";").append(p.name);
        if (iequals(p.name, "maddr")) {
            out.append("=").append(seen);
        } else if (p.has_value) {
            out.append("=").append(p.raw_value);
        }
    }
    if (!uri.is_sips() && !uri.params.has("transport"))
        out.append(";transport=").append(net::name(from.kind));
    out.append(";ms-received-cid=").append(cid_of(from.flow));
    if (!uri.headers.empty()) out.append("?").append(uri.headers);
    return out;
}

/// What becomes of one Contact value; nothing when it stays as it is.
std::optional<std::string>
value_over(std::string_view value, const sip::address_view& contact, const path& from) {
    const auto uri = sip::parse_uri(contact.uri);
    if (!uri) return std::nullopt;
    // Up to the URI, display name and bracket included.
    std::string out(value.substr(0, offset(value, contact.uri)));
    if (!contact.in_brackets) out += '<';
    out += uri_over(*uri, contact.uri, from);
    auto rest = value.substr(offset(value, contact.uri) + contact.uri.size());
    if (!contact.in_brackets) out += '>';
    auto params = contact.params;
    for (sip::params_view::parameter p; params.next(p);) {
        if (!iequals(p.name, "proxy")) continue;
        const auto name_at = offset(rest, p.name);
        const auto last = p.has_value ? p.raw_value : p.name;
        out += rest.substr(0, rest.rfind(';', name_at));
        rest.remove_prefix(offset(rest, last) + last.size());
    }
    return out.append(rest);
}

bool fits(const sip::address_view& contact, std::string_view proxy, std::string_view transport) {
    const auto uri = sip::parse_uri(contact.uri);
    return uri && uri->is_sip() && iequals(proxy, "replace") &&
           iequals(uri->params.value_or("transport", transport), transport);
}

} // namespace

bool make_reachable(sip::message& m, const path& from) {
    std::vector<std::string> lines;
    bool is_changed = false;
    for (const auto& f : m.fields()) {
        if (f.id != header::contact) continue;
        auto& line = lines.emplace_back();
        const auto whole = m.value(f);
        std::size_t copied = 0;
        sip::list_view list(whole);
        for (std::string_view value; list.next(value);) {
            const auto contact = sip::parse_address(value);
            if (!contact || contact->is_star) continue;
            const auto proxy = contact->params.get("proxy");
            if (!proxy) continue;
            if (!fits(*contact, *proxy, net::name(from.kind))) return false;
            const auto changed = value_over(value, *contact, from);
            if (!changed) return false;
            line.append(whole.substr(copied, offset(whole, value) - copied)).append(*changed);
            copied = offset(whole, value) + value.size();
            is_changed = true;
        }
        line.append(whole.substr(copied));
    }
    if (!is_changed) return true;
    m.set(header::contact, lines.front());
    for (std::size_t i = 1; i < lines.size(); ++i)
        m.append(header::contact, lines[i]);
    return true;
}

} // namespace lyceum::sipstack
