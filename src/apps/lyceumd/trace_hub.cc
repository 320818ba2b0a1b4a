#include "apps/lyceumd/trace_hub.h"

#include "base/text.h"
#include "protocol/sip/address.h"
#include "protocol/sip/message.h"

#include <boost/json.hpp>

namespace lyceum::apps::server {
namespace {

bool names(const sip::message& m, sip::header h, std::string_view user) {
    const auto address = sip::parse_address(m.value(h));
    const auto aor = address ? sip::aor::from(address->uri) : std::nullopt;
    return aor && aor->text() == user;
}

/// What a trace must not show: proofs and signatures are of no use to a reader. Offsets stay true.
std::string text_of(std::string_view octets) {
    std::string out(octets);
    if (!is_utf8(out)) {
        for (char& c : out) {
            if (static_cast<unsigned char>(c) >= 0x80) c = '?'; // JSON is UTF-8; a body need not be
        }
    }
    return out;
}

} // namespace

void trace_hub::add(std::string user, std::shared_ptr<admin::line_sink> sink) {
    const std::scoped_lock lock(lock_);
    listeners_.push_back({std::move(user), std::move(sink)});
    listening_.store(true, std::memory_order_relaxed);
}

void trace_hub::saw(sipstack::tap::direction d, const sipstack::path& p, const ip_endpoint& local,
                    std::string_view user, std::string_view octets) {
    const auto m = sip::message::parse(std::string(octets));
    const std::scoped_lock lock(lock_);
    std::string line;
    std::erase_if(listeners_, [&](const listener& l) {
        const bool concerns = user == l.user || (m && (names(*m, sip::header::from, l.user) || names(*m, sip::header::to, l.user)));
        if (!concerns) return false;
        if (line.empty()) {
            const auto at = environment_.wall_now().time_since_epoch().count();
            line = boost::json::serialize(boost::json::object{
                {"time", static_cast<double>(at) / 1000.0},
                {"direction", d == sipstack::tap::direction::in ? "in" : "out"},
                {"transport", net::name(p.kind)},
                {"peer", p.peer.text()},
                {"local", local.text()},
                {"user", user},
                {"text", text_of(octets)},
            });
        }
        return !l.sink->write(line);
    });
    if (listeners_.empty()) listening_.store(false, std::memory_order_relaxed);
}

} // namespace lyceum::apps::server
