#include "apps/lyceum_client/agents.h"

#include "base/text.h"
#include "protocol/sip/address.h"

namespace lyceum::apps::client {
namespace {

user_agent::transport kind_of(net::transport t) {
    switch (t) {
    case net::transport::udp:
        return user_agent::transport::udp;
    case net::transport::tcp:
        return user_agent::transport::tcp;
    case net::transport::tls:
        return user_agent::transport::tls;
    }
    return user_agent::transport::tcp;
}

/// The seat's number in its branches: how a datagram's response finds home.
constexpr std::size_t prefix_digits = 8;

} // namespace

agents::agents(net::shard& s, net::links& l, listener& who)
    : shard_(s), links_(l), listener_(who), deadlines_(s) {
    s.on_wakeup([this](instant now) { on_wakeup(now); });
}

agents::seat agents::add(user_agent::account a) {
    const seat s = seats_.size();
    a.branch_prefix.clear();
    for (std::size_t i = prefix_digits; i-- > 0;)
        a.branch_prefix += "0123456789abcdef"[(s >> (4 * i)) & 15U];
    by_aor_.emplace(a.aor, s);
    seats_.push_back(std::make_unique<occupied>(std::move(a), shard_.random()));
    return s;
}

void agents::connect(seat s, const net::links::target& to, const ip_endpoint& local_for_udp) {
    auto& o = *seats_[s];
    o.peer = to;
    o.framer = sip::framer();
    if (to.kind == net::transport::udp) {
        o.flow = links_.udp_socket();
        o.open = true;
        feed(s, user_agent::connected{user_agent::transport::udp, local_for_udp});
        listener_.on_connected(s);
        return;
    }
    o.flow = links_.connect(to);
    by_flow_.emplace(o.flow, s);
}

void agents::wish(seat s, user_agent::event e) {
    feed(s, std::move(e));
}

void agents::hang_up(seat s) {
    auto& o = *seats_[s];
    if (o.peer.kind == net::transport::udp) {
        o.open = false;
        feed(s, user_agent::disconnected{"by us"});
    } else if (o.flow) {
        links_.close(o.flow, true);
    }
}

void agents::alarm_at(instant when, std::uint64_t id) {
    deadlines_.arm({alarm_timer, id}, when);
}

void agents::feed(seat s, user_agent::event e) {
    auto& o = *seats_[s];
    user_agent::actions out;
    o.machine.on(std::move(e), now(), out);
    for (const auto& a : out) {
        const auto* t = std::get_if<user_agent::notice::transmit>(&a);
        if (t == nullptr) continue;
        listener_.on_octets(s, true, t->octets);
        if (o.peer.kind == net::transport::udp) {
            links_.send_datagram(o.flow, o.peer.peer, t->octets);
        } else {
            links_.send(o.flow, t->octets);
        }
    }
    arm(s);
    // Last, and not with the transmissions: who listens may wish for more.
    for (const auto& a : out) {
        if (!std::holds_alternative<user_agent::notice::transmit>(a)) listener_.on_notice(s, a);
    }
}

void agents::arm(seat s) {
    auto& o = *seats_[s];
    const auto when = o.machine.deadline();
    if (!when || (o.armed && *o.armed <= *when)) return;
    o.armed = when;
    deadlines_.arm({seat_timer, s}, *when);
}

void agents::on_wakeup(instant now) {
    while (const auto key = deadlines_.due(now)) {
        if (key->kind == alarm_timer) {
            listener_.on_alarm(key->id);
            continue;
        }
        auto& o = *seats_[key->id];
        o.armed.reset();
        if (const auto when = o.machine.deadline(); when && *when <= now) {
            feed(key->id, user_agent::tick{});
        } else {
            arm(key->id);
        }
    }
    if (const auto next = deadlines_.next()) shard_.wake_at(*next);
}

void agents::opened(net::flow_id flow, const net::flow_facts& facts) {
    const auto it = by_flow_.find(flow);
    if (it == by_flow_.end()) return;
    const auto s = it->second;
    seats_[s]->open = true;
    feed(s, user_agent::connected{kind_of(facts.kind), facts.local});
    listener_.on_connected(s);
}

void agents::received(net::flow_id flow, std::string_view octets) {
    const auto it = by_flow_.find(flow);
    if (it == by_flow_.end()) return;
    const auto s = it->second;
    auto& framer = seats_[s]->framer;
    framer.feed(octets);
    for (;;) {
        auto next = framer.next();
        if (!next) {
            links_.close(flow, false); // the stream cannot be followed any further
            return;
        }
        auto& message = *next;
        if (!message) return;
        take(s, *std::move(message));
        if (seats_[s]->flow != flow) return;
    }
}

void agents::take(seat s, std::string octets) {
    listener_.on_octets(s, false, octets);
    auto m = sip::message::parse(std::move(octets));
    if (m) feed(s, user_agent::received{*std::move(m), shard_.clock().wall_now()});
}

std::optional<agents::seat> agents::seat_of(const sip::message& m) const {
    if (m.is_request()) {
        // The Request-URI names our socket; To names whom of us is meant.
        const auto to = sip::parse_address(m.value(sip::header::to));
        const auto aor = to ? sip::aor::from(to->uri) : std::nullopt;
        const auto it = aor ? by_aor_.find(*aor) : by_aor_.end();
        return it == by_aor_.end() ? std::nullopt : std::optional(it->second);
    }
    constexpr std::size_t cookie = std::string_view("z9hG4bK").size();
    const auto via = sip::parse_via(m.first(sip::header::via));
    if (!via || via->branch().size() < cookie + prefix_digits) return std::nullopt;
    seat s = 0;
    for (const char c : via->branch().substr(cookie, prefix_digits)) {
        if (!is_digit(c) && !(c >= 'a' && c <= 'f')) return std::nullopt;
        s = s * 16 + static_cast<seat>(is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    return s < seats_.size() ? std::optional(s) : std::nullopt;
}

void agents::received_datagram(net::flow_id, const ip_endpoint&, std::string_view octets) {
    auto m = sip::message::parse(std::string(octets));
    if (!m) return;
    const auto s = seat_of(*m);
    if (!s || !seats_[*s]->open) return;
    listener_.on_octets(*s, false, octets);
    feed(*s, user_agent::received{*std::move(m), shard_.clock().wall_now()});
}

void agents::closed(net::flow_id flow, net::closed_why why) {
    const auto it = by_flow_.find(flow);
    if (it == by_flow_.end()) return;
    const auto s = it->second;
    by_flow_.erase(it);
    auto& o = *seats_[s];
    o.flow = {};
    if (std::exchange(o.open, false)) feed(s, user_agent::disconnected{net::name(why)});
    listener_.on_closed(s, why);
}

} // namespace lyceum::apps::client
