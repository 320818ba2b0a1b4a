#include "machines/transaction/key.h"

#include "base/text.h"

#include <span>

namespace lyceum::transaction {
namespace {

// No part can contain a line feed: the reader of messages ends lines there.
constexpr char separator = '\n';

/// Keys are kept for as long as transactions: of a longer part its length and hash stand for it.
/// Who finds two parts of one hash has mixed up two requests of his own.
constexpr std::size_t longest_part = 256;

void abridge(std::string& out, std::size_t at) {
    if (out.size() - at <= longest_part) return;
    const auto size = out.size() - at;
    const auto hash = std::hash<std::string_view>{}(std::string_view(out).substr(at));
    out.resize(at);
    append_number(out, size);
    out += '#';
    append_number(out, hash);
}

void append(std::string& out, std::string_view part) {
    const auto at = out.size();
    out += part;
    abridge(out, at);
    out += separator;
}

void append_lower(std::string& out, std::string_view part) {
    const auto at = out.size();
    out += part;
    for (char& c : std::span(out).subspan(at))
        c = lower(c);
    abridge(out, at);
    out += separator;
}

void append_flow(std::string& out, std::uint64_t flow) {
    append_number(out, flow);
    out += separator;
}

bool write(const sip::message& request,
           std::string_view method,
           std::uint64_t flow,
           std::string& out) {
    constexpr std::size_t usual_size = 128;
    out.clear();
    out.reserve(usual_size);
    const auto via = request.via();
    if (!via) return false;
    if (const auto branch = via->branch(); sip::has_cookie(branch)) {
        out += 'c';
        append_flow(out, flow);
        append(out, method);
        append_lower(out, branch); // tokens compare without regard to case: RFC 3261 7.3.1
        append_lower(out, via->host);
        append_number(out, via->port);
        return true;
    }
    out += 'o';
    append_flow(out, flow);
    append(out, method);
    append(out, request.uri()); // assumed: what is sent again is spelt the same
    append(out, request.from_tag());
    append(out, request.call_id());
    append_number(out, request.cseq_number());
    out += separator;
    if (method != "INVITE") append(out, request.to_tag());
    append(out, request.first(sip::header::via));
    return true;
}

} // namespace

bool server_key(const sip::message& request, std::uint64_t flow, std::string& out) {
    const auto method = request.method_id() == sip::method::ack ? "INVITE" : request.method_name();
    return write(request, method, flow, out);
}

bool cancelled_key(const sip::message& cancel,
                   std::uint64_t flow,
                   std::string& out,
                   std::string_view method) {
    return write(cancel, method, flow, out);
}

bool acknowledges(const sip::message& ack, std::string_view response_to_tag) {
    const auto via = ack.via();
    if (!via) return false;
    return via->has_cookie() || iequals(ack.to_tag(), response_to_tag);
}

bool client_key(const sip::message& m, std::string& out) {
    out.clear();
    const auto via = m.via();
    if (!via || via->branch().empty()) return false;
    append_lower(out, via->branch());
    out += m.cseq_method();
    return true;
}

} // namespace lyceum::transaction
