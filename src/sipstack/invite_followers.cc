#include "sipstack/invite_followers.h"

namespace lyceum::sipstack {
namespace {

using sip::header;

/// What both share with the INVITE: target, our Via, its route.
sip::message follower_of(const sip::message& invite, std::string_view method) {
    auto m = sip::message::request(method, invite.uri());
    m.append(header::via, invite.first(header::via));
    for (const auto route : invite.values(header::route))
        m.append(header::route, route);
    m.append(header::max_forwards, "70");
    return m;
}

} // namespace

sip::message ack_of(const sip::message& invite, const sip::message& response) {
    auto m = follower_of(invite, "ACK");
    m.append(header::from, invite.value(header::from));
    m.append(header::to, response.value(header::to));
    m.append(header::call_id, invite.call_id());
    m.append(header::cseq, std::to_string(invite.cseq_number()) + " ACK");
    return m;
}

sip::message cancel_of(const sip::message& invite, const std::vector<std::string>& reasons) {
    auto m = follower_of(invite, "CANCEL");
    for (const auto h : {header::from, header::to, header::call_id})
        m.append(h, invite.value(h));
    m.append(header::cseq, std::to_string(invite.cseq_number()) + " CANCEL");
    for (const auto& why : reasons)
        m.append(header::reason, why);
    return m;
}

} // namespace lyceum::sipstack
