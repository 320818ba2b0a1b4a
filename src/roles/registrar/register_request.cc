#include "roles/registrar/register_request.h"

#include "base/text.h"
#include "protocol/sip/address.h"

namespace lyceum::roles::registrar {
namespace {

using sip::header;

std::unexpected<diagnostics::refusal> refuse(int status, diagnostics::id id) {
    return std::unexpected(diagnostics::refusal{status, id});
}

/// The Contact parameters that the 200 repeats: all but those that we set ourselves.
std::string other_params(sip::params_view params) {
    std::string out;
    sip::params_view::parameter p;
    while (params.next(p)) {
        if (iequals(p.name, "proxy") || iequals(p.name, "expires") ||
            iequals(p.name, "+sip.instance") || iequals(p.name, "gruu")) {
            continue;
        }
        out += ';';
        out += p.name;
        if (p.has_value) out.append("=").append(p.raw_value);
    }
    return out;
}

/// The contact with what we saw in place of what the client believes. digest MS-SIPRE 4 rule 3
std::string reachable(const sip::uri_view& uri, const observed& seen) {
    std::string out(uri.scheme);
    out += ':';
    if (!uri.user.empty()) out.append(uri.user).append("@");
    const bool has_maddr = uri.params.has("maddr");
    out += has_maddr ? std::string(uri.host) : seen.where.peer.address.host();
    const auto port = has_maddr ? uri.port : seen.where.peer.port;
    if (port != 0) {
        out += ':';
        append_number(out, port);
    }
    auto params = uri.params;
    sip::params_view::parameter p;
    while (params.next(p)) {
        if (iequals(p.name, "ms-received-cid")) continue; // never trusted from outside
        out += ';';
        out += p.name;
        if (iequals(p.name, "maddr")) {
            out.append("=").append(seen.where.peer.address.host());
        } else if (p.has_value) {
            out.append("=").append(p.raw_value);
        }
    }
    out.append(";ms-received-cid=").append(seen.cid);
    return out;
}

/// The way that a plain user agent's contact names; where it names a host, the address that it came
/// from.
way way_to(const sip::uri_view& uri, const observed& seen) {
    way out;
    const auto transport = uri.params.value_or("transport", {});
    out.transport = uri.is_sips() || iequals(transport, "tls") ? seen.tls
                    : iequals(transport, "tcp")                ? seen.tcp
                                                               : seen.udp;
    const auto address = ip_address::parse(uri.params.value_or("maddr", uri.host));
    out.peer = {address.value_or(seen.where.peer.address), uri.port};
    if (uri.port == 0) out.peer.port = out.transport == seen.tls ? 5061 : 5060; // RFC 3263 4.2
    return out;
}

/// A qvalue in thousandths; what is none counts as none was given. RFC 3261 25.1 (qvalue)
std::uint16_t q_of(std::optional<std::string_view> text) {
    constexpr std::uint16_t most = 1000;
    if (!text) return most;
    auto fraction = *text;
    const auto whole = split_first(fraction, '.');
    const bool readable = (whole == "0" || whole == "1") && fraction.size() <= 3 &&
                          std::ranges::all_of(fraction, is_digit);
    if (!readable || whole == "1") return most;
    const auto given = to_u32(std::string(fraction).append(3 - fraction.size(), '0'));
    return static_cast<std::uint16_t>(given.value_or(most));
}

/// What the 200 says of a binding, but for the time. [MS-SIPREGE] 4.1
void make_shown(binding& b, sip::params_view params) {
    b.shown_before = "<" + b.contact + ">" + other_params(params) + ";expires=";
    if (!b.instance) return;
    b.shown_after = ";+sip.instance=\"<" + b.instance->urn() + ">\";gruu=\"" + b.gruu + "\"";
}

// Which is no number counts as an hour. RFC 3261 10.3 step 7
std::uint32_t seconds_of(std::string_view text) {
    return to_u32(text).value_or(3600);
}

std::optional<std::chrono::seconds> wish(std::optional<std::uint32_t> asked) {
    return asked ? std::optional(std::chrono::seconds(*asked)) : std::nullopt;
}

/// A REGISTER with one contact, which is spelt as it was when that endpoint last registered over
/// this connection.
std::optional<endpoints::renewed> renewal(const sip::message& m,
                                          std::string_view epid,
                                          std::optional<std::uint32_t> header_expires,
                                          const observed& seen,
                                          std::span<const binding> live) {
    const auto spelt = m.value(header::contact);
    const auto known = std::ranges::find_if(live, [&](const binding& b) {
        return b.asked.contact == spelt && b.asked.came_over == seen.where && b.by == seen.by &&
               b.epid == epid && b.wants_notices == m.has(header::event);
    });
    if (known == live.end() || !m.has_one(header::contact) || !m.has_one(header::via))
        return std::nullopt;
    const auto asked = known->asked.expires ? known->asked.expires : header_expires;
    if (asked == 0U) return std::nullopt;
    return endpoints::renewed{static_cast<std::size_t>(known - live.begin()),
                              m.call_id(),
                              m.from_tag(),
                              m.cseq_number(),
                              m.value(header::user_agent),
                              wish(asked),
                              !seen.is_client};
}

} // namespace

std::expected<request, diagnostics::refusal> read_register(const sip::message& m,
                                                           const sip::aor& user,
                                                           const observed& seen,
                                                           std::span<const binding> live) {
    if (m.has(header::event) && !istarts_with(m.value(header::event), "registration")) {
        return refuse(489, diagnostics::id::event_not_registration);
    }
    const auto from = m.from();
    if (!from) return refuse(400, diagnostics::id::default_user_services);
    const auto epid = from->params.value_or("epid", {});
    if (epid.size() > 64) return refuse(400, diagnostics::id::epid_too_long);
    // RFC 3261 10.3: the whole request stands or falls, so nothing is done before all is read.
    request out;
    std::optional<std::uint32_t> header_expires;
    if (m.has(header::expires)) header_expires = seconds_of(m.value(header::expires));
    if (seen.is_client && m.lists(header::supported, "msrtc-event-categories") &&
        !m.lists(header::supported, "gruu-10") && m.has(header::contact)) {
        return refuse(421, diagnostics::id::gruu_required);
    }
    if (const auto same = renewal(m, epid, header_expires, seen, live)) {
        out.events.emplace_back(*same);
        return out;
    }
    const auto contacts = m.values(header::contact);
    for (const auto value : contacts) {
        const auto contact = sip::parse_address(value);
        if (!contact) return refuse(400, diagnostics::id::default_user_services);
        if (contact->is_star) {
            // RFC 3261 10.3 step 6: alone, and with Expires 0.
            if (contacts.size() != 1 || header_expires != 0U)
                return refuse(400, diagnostics::id::default_user_services);
            out.events.emplace_back(endpoints::unregistered{
                std::string(epid), {}, "*", seen.where, std::string(m.call_id()), m.cseq_number()});
            continue;
        }
        const auto uri = sip::parse_uri(contact->uri);
        if (!uri || !uri->is_sip()) return refuse(400, diagnostics::id::default_user_services);
        const auto proxy = contact->params.get("proxy");
        // digest MS-SIPRE 4 rule 3: the first hop alone may make a contact reachable.
        if (proxy && (!iequals(*proxy, "replace") || m.values(header::via).size() > 1)) {
            return refuse(400, diagnostics::id::default_user_services);
        }
        if (const auto transport = uri->params.get("transport");
            proxy && transport && !iequals(*transport, seen.transport)) {
            return refuse(400, diagnostics::id::default_user_services);
        }
        const auto instance_text = contact->params.get("+sip.instance");
        std::optional<sip::instance_id> instance;
        if (instance_text) {
            instance = sip::instance_id::parse(*instance_text);
            if (!instance && seen.is_client)
                return refuse(400, diagnostics::id::no_endpoint_identifier);
        } else if (!epid.empty()) {
            instance = sip::instance_id::from_epid(
                epid); // derived only when it is missing. digest MS-SIPRE 3.2
        }
        if (seen.is_client && !instance)
            return refuse(400, diagnostics::id::no_endpoint_identifier);
        std::optional<std::uint32_t> own_expires;
        if (const auto p = contact->params.get("expires")) own_expires = seconds_of(*p);
        const auto asked = own_expires ? own_expires : header_expires;

        binding b;
        b.epid = std::string(epid);
        b.instance = instance;
        if (instance) b.gruu = sip::make_gruu(user, *instance);
        b.contact = seen.is_client || proxy ? reachable(*uri, seen) : std::string(contact->uri);
        make_shown(b, contact->params);
        b.q = q_of(contact->params.get("q"));
        b.call_id = std::string(m.call_id());
        b.from_tag = std::string(m.from_tag());
        b.cseq = m.cseq_number();
        b.where = seen.is_client || proxy ? seen.where : way_to(*uri, seen);
        b.by = seen.by;
        b.user_agent = std::string(m.value(header::user_agent));
        b.wants_notices = m.has(header::event);
        b.asked = {std::string(value), own_expires, seen.where};
        if (asked == 0U) {
            out.events.emplace_back(endpoints::unregistered{
                b.epid, b.instance, b.contact, seen.where, b.call_id, b.cseq});
        } else {
            out.events.emplace_back(
                endpoints::registered{std::move(b), wish(asked), !seen.is_client});
        }
    }
    return out;
}

void append_contact(sip::message& response, const binding& b, instant now) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(b.expires - now).count();
    std::string digits;
    append_number(digits, static_cast<std::uint64_t>(std::max<std::int64_t>(left, 0)));
    response.append_joined(header::contact, {b.shown_before, digits, b.shown_after});
}

} // namespace lyceum::roles::registrar
