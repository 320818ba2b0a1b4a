#include "apps/lyceum_load/plain_agent.h"

#include "base/text.h"
#include "protocol/sip/address.h"
#include "protocol/sip/respond.h"

#include <cstdio>

namespace lyceum::apps::load {
namespace {

using sip::header;
using sip::method;

/// A description of a call with one audio stream, of usual size.
constexpr std::string_view description =
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n";
constexpr std::size_t text_size = 100;

void put_body(std::string_view type, std::string_view body, std::string& out) {
    if (!type.empty()) out.append("Content-Type: ").append(type).append("\r\n");
    out += "Content-Length: ";
    append_number(out, body.size());
    out.append("\r\n\r\n").append(body);
}

} // namespace

void plain_agent::connected(net::transport kind, const ip_endpoint& local) {
    transport_ = net::name(kind);
    sent_by_ = local.text();
    contact_ =
        "sip:a" + std::to_string(account_.number) + "@" + sent_by_ + ";transport=" + transport_;
    for (auto& c : transport_)
        c = static_cast<char>(c - 'a' + 'A');
}

/// Start line, Via, and the way that the request establishing the dialog recorded.
void plain_agent::begin_request(std::string_view method,
                                std::string_view uri,
                                const sip::message* routed_by,
                                std::uint64_t branch,
                                std::string& out) const {
    out.append(method).append(" ").append(uri).append(" SIP/2.0\r\nVia: SIP/2.0/");
    out.append(transport_).append(" ").append(sent_by_).append(";branch=z9hG4bK");
    append_number(out, account_.number);
    out += '.';
    append_number(out, branch);
    out += "\r\nMax-Forwards: 70\r\n";
    if (routed_by == nullptr) return;
    const auto routes = routed_by->values(header::record_route);
    for (auto it = routes.rbegin(); it != routes.rend(); ++it)
        out.append("Route: ").append(*it).append("\r\n");
}

void plain_agent::put_call(std::string_view method,
                           std::string_view to,
                           std::uint32_t cseq,
                           std::string& out) const {
    out.append("From: <").append(account_.aor).append(">;tag=");
    append_number(out, account_.number);
    out.append("\r\nTo: ").append(to).append("\r\nCall-ID: ");
    append_number(out, operation_);
    out += '.';
    append_number(out, account_.number);
    out.append("@").append(sent_by_).append("\r\nCSeq: ");
    append_number(out, cseq);
    out.append(" ").append(method).append("\r\nUser-Agent: lyceum-load\r\n");
}

void plain_agent::enrol(std::string& out) {
    doing_ = doing::registering;
    ++registers_;
    const auto domain = account_.aor.substr(account_.aor.find('@') + 1);
    begin_request("REGISTER", "sip:" + domain, nullptr, ++operation_, out);
    out.append("From: <").append(account_.aor).append(">;tag=");
    append_number(out, account_.number);
    out.append("\r\nTo: <").append(account_.aor).append(">\r\nCall-ID: r");
    append_number(out, account_.number);
    out.append("@").append(sent_by_).append("\r\nCSeq: ");
    append_number(out, registers_);
    char instance[80];
    std::snprintf(instance,
                  sizeof instance,
                  ";+sip.instance=\"<urn:uuid:00000000-0000-4000-8000-%012zx>\"",
                  account_.number);
    // proxy=replace: wherever it is reached, it is over this very connection. A registrar that does
    // not know the parameter keeps it.
    out.append(" REGISTER\r\nContact: <sip:a");
    append_number(out, account_.number);
    out.append("@").append(sent_by_).append(";transport=");
    for (const char c : transport_)
        out += lower(c);
    out.append(">;proxy=replace").append(instance);
    out += "\r\nExpires: 3600\r\nUser-Agent: lyceum-load\r\n";
    put_body({}, {}, out);
}

void plain_agent::page(std::string_view to, std::string& out) {
    doing_ = doing::paging;
    begin_request("MESSAGE", to, nullptr, ++operation_, out);
    put_call("MESSAGE", "<" + std::string(to) + ">", 1, out);
    put_body("text/plain", std::string(text_size, 'x'), out);
}

void plain_agent::call(std::string_view to, std::string& out) {
    doing_ = doing::calling;
    callee_ = to;
    begin_request("INVITE", to, nullptr, ++operation_, out);
    put_call("INVITE", "<" + callee_ + ">", 1, out);
    out.append("Contact: <").append(contact_).append(">\r\n");
    put_body("application/sdp", description, out);
}

plain_agent::outcome plain_agent::take(const sip::message& m, std::string& out) {
    if (m.is_response()) return take_answer(m, out);
    answer(m, out);
    return {};
}

void plain_agent::answer(const sip::message& m, std::string& out) {
    switch (m.method_id()) {
    case method::ack:
        return;
    case method::invite:
        respond(m, 180, out);
        if (account_.answers) {
            respond(m, 200, out);
        } else {
            ringing_.insert_or_assign(std::string(m.call_id()), m);
        }
        return;
    case method::cancel:
        respond(m, 200, out);
        if (const auto call = ringing_.find(m.call_id()); call != ringing_.end()) {
            respond(call->second, 487, out);
            ringing_.erase(call);
        }
        return;
    default:
        respond(m, 200, out);
    }
}

void plain_agent::respond(const sip::message& request, int status, std::string& out) const {
    auto r = sip::make_response(request, status, {}, "a" + std::to_string(account_.number));
    if (request.method_id() == method::invite) {
        for (const auto route : request.values(header::record_route))
            r.append(header::record_route, route);
        r.append(header::contact, "<" + contact_ + ">");
        if (status == 200) r.set_body("application/sdp", description);
    }
    r.serialise(out);
}

/// A registrar that gives out names for use in dialogs has given us one. [MS-SIPRE] calls it GRUU.
void plain_agent::take_registered(const sip::message& m) {
    char instance[40];
    std::snprintf(instance, sizeof instance, "-%012zx>", account_.number);
    for (const auto value : m.values(header::contact)) {
        if (!value.contains(instance)) continue;
        const auto own = sip::parse_address(value);
        if (own && own->params.has("gruu")) contact_ = own->params.value_or("gruu", {});
    }
}

plain_agent::outcome plain_agent::take_answer(const sip::message& m, std::string& out) {
    const auto name = m.cseq_method();
    const auto expected = doing_ == doing::registering  ? "REGISTER"
                          : doing_ == doing::paging     ? "MESSAGE"
                          : doing_ == doing::calling    ? "INVITE"
                          : doing_ == doing::hanging_up ? "BYE"
                                                        : "";
    if (m.status() < 200 || name != expected) return {};
    const auto over = [&] {
        doing_ = doing::nothing;
        return outcome{true, m.status() < 300 ? 0 : m.status()};
    };
    if (doing_ == doing::registering) take_registered(m);
    if (doing_ != doing::calling) return over();
    if (m.status() >= 300) {
        acknowledge_refusal(m, out);
        return over();
    }
    const auto contact = sip::parse_address(m.first(header::contact));
    const std::string uri(contact ? contact->uri : std::string_view(callee_));
    // The dialog has the number that its INVITE had; branches are used once.
    begin_request("ACK", uri, &m, operation_ + 1, out);
    put_call("ACK", m.value(header::to), 1, out);
    put_body({}, {}, out);
    begin_request("BYE", uri, &m, operation_ + 2, out);
    put_call("BYE", m.value(header::to), 2, out);
    put_body({}, {}, out);
    operation_ += 2;
    doing_ = doing::hanging_up;
    return {};
}

/// To the next hop, as part of the INVITE's transaction. RFC 3261 17.1.1.3
void plain_agent::acknowledge_refusal(const sip::message& m, std::string& out) const {
    begin_request("ACK", callee_, nullptr, operation_, out);
    put_call("ACK", m.value(header::to), 1, out);
    put_body({}, {}, out);
}

} // namespace lyceum::apps::load
