#include "sipstack/invite_followers.h"

namespace lyceum::sipstack {
namespace {

using sip::header;

/// What both share with the INVITE: target, our Via, its route.
sip::message follower_of(const sip::message& stem, std::string_view method) {
    auto m = sip::message::request(method, stem.uri());
    m.append(header::via, stem.first(header::via));
    for (const auto route : stem.values(header::route))
        m.append(header::route, route);
    m.append(header::max_forwards, "70");
    return m;
}

} // namespace

sip::message stem_of(const sip::message& invite) {
    auto m = sip::message::request("INVITE", invite.uri());
    m.append(header::via, invite.first(header::via));
    for (const auto route : invite.values(header::route))
        m.append(header::route, route);
    for (const auto h : {header::from, header::to, header::call_id, header::cseq})
        m.append(h, invite.value(h));
    return m;
}

sip::message ack_of(const sip::message& stem, const sip::message& response) {
    auto m = follower_of(stem, "ACK");
    m.append(header::from, stem.value(header::from));
    m.append(header::to, response.value(header::to));
    m.append(header::call_id, stem.call_id());
    m.append(header::cseq, std::to_string(stem.cseq_number()) + " ACK");
    return m;
}

sip::message cancel_of(const sip::message& stem, const std::vector<std::string>& reasons) {
    auto m = follower_of(stem, "CANCEL");
    for (const auto h : {header::from, header::to, header::call_id})
        m.append(h, stem.value(h));
    m.append(header::cseq, std::to_string(stem.cseq_number()) + " CANCEL");
    for (const auto& why : reasons)
        m.append(header::reason, why);
    return m;
}

std::vector<std::string> reasons_of(const sip::message& cancel) {
    constexpr std::size_t most = 8;
    constexpr std::size_t most_octets = 1024;
    std::vector<std::string> out;
    std::size_t octets = 0;
    for (const auto value : cancel.values(header::reason)) {
        if (out.size() == most) break;
        if (octets + value.size() > most_octets) continue;
        octets += value.size();
        out.emplace_back(value);
    }
    return out;
}

} // namespace lyceum::sipstack
