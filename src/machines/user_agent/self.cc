#include "machines/user_agent/self.h"

#include "base/text.h"
#include "protocol/ntlm/keys.h"
#include "protocol/sip/address.h"
#include "protocol/sip/respond.h"

namespace lyceum::user_agent {
namespace {

using sip::header;

std::string_view upper_name(transport t) {
    switch (t) {
    case transport::udp:
        return "UDP";
    case transport::tcp:
        return "TCP";
    case transport::tls:
        return "TLS";
    }
    return "TCP";
}

std::string host_and_port(const ip_endpoint& at) {
    std::string out = at.address.host();
    out += ':';
    append_number(out, at.port);
    return out;
}

bool has_contact(sip::method m) {
    switch (m) {
    case sip::method::invite:
    case sip::method::update:
    case sip::method::register_:
        return true;
    default:
        return false;
    }
}

} // namespace

std::optional<ntlm::identity> identity_of(std::string_view login, std::string_view password) {
    const auto hash = ntlm::nt_hash(password);
    if (!hash) return std::nullopt;
    ntlm::identity who;
    who.nt_hash = *hash;
    who.workstation = "LYCEUM";
    const auto slash = login.find_first_of("\\/");
    if (slash != std::string_view::npos) {
        who.domain = login.substr(0, slash);
        login.remove_prefix(slash + 1);
    }
    who.user = login;
    return who;
}

self::self(account a, random::source& r)
    : who(std::move(a)), random(&r), instance(sip::instance_id::from_epid(who.epid)) {}

std::string self::new_via() const {
    std::string out = "SIP/2.0/";
    out += upper_name(over);
    out += ' ';
    out += host_and_port(local);
    out += ";branch=z9hG4bK";
    out += who.branch_prefix;
    out += random->hex(8);
    if (!is_reliable()) out += ";rport"; // RFC 3581 3
    return out;
}

std::string self::from_value(std::string_view tag) const {
    std::string out = "<" + who.aor.text() + ">;tag=";
    out += tag;
    if (!who.epid.empty()) out += ";epid=" + who.epid;
    return out;
}

std::string self::register_contact() const {
    const auto kind = to_lower(upper_name(over));
    // A plain SIP peer's contact has a user, a Microsoft client's has not. digest MS-SIPREGE 3.1
    const auto user = who.authenticate ? std::string() : std::string(who.aor.user()) + "@";
    return "<sip:" + user + host_and_port(local) + ";transport=" + kind + ">;methods=\"" +
           std::string(allowed_methods) + "\";proxy=replace;+sip.instance=\"<" + instance.urn() +
           ">\"";
}

std::string self::contact() const {
    if (!gruu.empty()) return "<" + gruu + ">";
    std::string out = "<sip:";
    out += who.aor.user();
    return out + "@" + host_and_port(local) + ";transport=" + to_lower(upper_name(over)) + ">";
}

sip::message self::request(std::string_view method, const sip::aor& to) const {
    auto m = sip::message::request(method, to.text());
    m.append(header::max_forwards, "70");
    m.append(header::from, from_value(new_tag()));
    m.append(header::to, "<" + to.text() + ">");
    m.append(header::call_id, new_call_id());
    m.append(header::cseq, std::string("1 ").append(method));
    return m;
}

void self::finish(sip::message& m) const {
    if (m.is_request() && has_contact(m.method_id()) && !m.has(header::contact))
        m.append(header::contact, contact());
    m.append(header::user_agent, who.product);
}

sip::message self::answer(const sip::message& request, int status, std::string_view to_tag) const {
    auto m = sip::make_response(request, status, {}, to_tag);
    // RFC 3261 12.1.1: what makes a dialog repeats its route and says where we are.
    if (status < 300 && status > 100 && has_contact(request.method_id())) {
        for (const auto v : request.values(header::record_route))
            m.append(header::record_route, v);
        m.append(header::contact, contact());
    }
    if (status == 405 || request.method_id() == sip::method::options)
        m.append("Allow", allowed_methods);
    m.append(header::user_agent, who.product);
    return m;
}

std::optional<sip::aor> sender_of(const sip::message& request) {
    const auto from = request.from();
    return from ? sip::aor::from(from->uri) : std::nullopt;
}

std::string explanation(const sip::message& response) {
    std::string out;
    append_number(out, static_cast<unsigned>(response.status()));
    out.append(" ").append(response.reason());
    for (const auto h : {header::ms_diagnostics, header::ms_diagnostics_public}) {
        const auto value = response.value(h);
        const sip::params_view params(value);
        const auto reason = params.get("reason");
        if (!reason) continue;
        out.append(" (")
            .append(value.substr(0, value.find(';')))
            .append(": ")
            .append(*reason)
            .append(")");
        break;
    }
    return out;
}

std::optional<std::chrono::seconds> retry_after(const sip::message& response) {
    const auto value = response.value(header::retry_after);
    const auto seconds = to_u32(trim(value.substr(0, value.find_first_of(";("))));
    return seconds ? std::optional(std::chrono::seconds(*seconds)) : std::nullopt;
}

} // namespace lyceum::user_agent
