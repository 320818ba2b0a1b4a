#include "apps/lyceumd/trace_hub.h"

#include "admin/trace_line.h"
#include "protocol/sip/address.h"
#include "protocol/sip/message.h"

namespace lyceum::apps::server {
namespace {

bool names(const sip::message& m, sip::header h, std::string_view user) {
    const auto address = sip::parse_address(m.value(h));
    const auto aor = address ? sip::aor::from(address->uri) : std::nullopt;
    return aor && aor->text() == user;
}

} // namespace

void trace_hub::add(std::string user, std::shared_ptr<admin::line_sink> sink) {
    const std::scoped_lock lock(lock_);
    if (ended_) return;
    listeners_.push_back({std::move(user), std::move(sink)});
    listening_.store(true, std::memory_order_relaxed);
}

void trace_hub::end() {
    const std::scoped_lock lock(lock_);
    ended_ = true;
    listening_.store(false, std::memory_order_relaxed);
    listeners_.clear();
}

void trace_hub::saw(sipstack::tap::direction d,
                    const sipstack::path& p,
                    const ip_endpoint& local,
                    std::string_view user,
                    std::string_view octets) {
    const auto m = sip::message::parse(std::string(octets));
    const std::scoped_lock lock(lock_);
    std::string line;
    std::erase_if(listeners_, [&](const listener& l) {
        const bool concerns =
            user == l.user ||
            (m && (names(*m, sip::header::from, l.user) || names(*m, sip::header::to, l.user)));
        if (!concerns) return false;
        if (line.empty()) {
            line = admin::to_json({environment_.wall_now(),
                                   d == sipstack::tap::direction::in,
                                   p.peer,
                                   local,
                                   net::name(p.kind),
                                   std::string(octets)});
        }
        return !l.sink->write(line);
    });
    if (listeners_.empty()) listening_.store(false, std::memory_order_relaxed);
}

} // namespace lyceum::apps::server
