#include "sipstack/transport/transport.h"

#include "base/log/log.h"
#include "base/text.h"

namespace lyceum::sipstack {

transport::transport(net::shard& s,
                     net::links& l,
                     const transport_settings& settings,
                     transport_events& events)
    : shard_(s), links_(l), settings_(settings), events_(events),
      received_(
          s.metrics().make_counter("lyceum_sipstack_received_total", "SIP messages received")),
      sent_(s.metrics().make_counter("lyceum_sipstack_sent_total", "SIP messages sent")),
      malformed_(s.metrics().make_counter("lyceum_sipstack_malformed_total",
                                          "Inputs that were no SIP message")),
      expired_sign_in_(s.metrics().make_counter("lyceum_sipstack_expired_total",
                                                "Connections closed by a timer",
                                                {{"timer", "sign_in"}})),
      expired_idle_(s.metrics().make_counter(
          "lyceum_sipstack_expired_total", "Connections closed by a timer", {{"timer", "idle"}})),
      expired_message_(s.metrics().make_counter("lyceum_sipstack_expired_total",
                                                "Connections closed by a timer",
                                                {{"timer", "message"}})) {}

instant transport::deadline_of(const flow& f) const {
    const bool client = f.facts.who == net::audience::clients;
    auto when = f.heard + (client ? settings_.idle_patience : settings_.trusted_idle);
    // [MS-CONMGMT] 3.5.6: no authenticated endpoint when the connection timer fires: close.
    if (client && !f.has_authenticated)
        when = std::min(when, f.opened + settings_.sign_in_patience);
    if (f.message_began) when = std::min(when, *f.message_began + settings_.message_patience);
    return when;
}

void transport::arm(net::flow_id id, flow& f) {
    const auto when = deadline_of(f);
    if (f.armed && *f.armed <= when) return;
    f.armed = when;
    deadlines_->arm({timer_kind, id.value}, when);
}

void transport::on_deadline(std::uint64_t value, instant now) {
    const net::flow_id id{value};
    const auto it = flows_.find(id);
    if (it == flows_.end() || !it->second.is_open) return;
    auto& f = it->second;
    if (f.armed && *f.armed > now) return; // an earlier timer took the place of this one
    f.armed.reset();
    if (deadline_of(f) > now) {
        arm(id, f);
        return;
    }
    if (f.message_began && *f.message_began + settings_.message_patience <= now) {
        expired_message_.add();
    } else if (!f.has_authenticated && f.facts.who == net::audience::clients) {
        expired_sign_in_.add();
    } else {
        expired_idle_.add();
    }
    close(id, false);
}

void transport::opened(net::flow_id id, const net::flow_facts& facts) {
    auto [it, fresh] = flows_.try_emplace(id, settings_.limits);
    auto& f = it->second;
    f.facts = facts;
    f.opened = f.heard = shard_.clock().now();
    f.is_open = true;
    arm(id, f);
    events_.on_opened(id, facts);
}

void transport::closed(net::flow_id id, net::closed_why why) {
    const auto it = flows_.find(id);
    if (it == flows_.end()) return;
    forget_way(id, it->second);
    it->second.is_open = false;
    events_.on_closed(id, why); // the facts and the user are still there to be asked for
    flows_.erase(id);
}

void transport::received(net::flow_id id, std::string_view octets) {
    auto it = flows_.find(id);
    if (it == flows_.end() || it->second.is_closing) return;
    const auto now = shard_.clock().now();
    it->second.heard = now;
    it->second.framer.feed(octets);
    // Handling a message may close this flow, or make the table grow: look it up again after each.
    for (; it != flows_.end() && !it->second.is_closing; it = flows_.find(id)) {
        auto& f = it->second;
        auto next = f.framer.next();
        if (next && !*next && f.facts.who == net::audience::clients && !f.has_authenticated &&
            f.framer.kept() > settings_.max_before_sign_in) {
            next = std::unexpected(parse_error{malformed::too_large,
                                               static_cast<std::uint32_t>(f.framer.kept()),
                                               "sipstack/transport"});
        }
        if (!next) {
            malformed_.add();
            const path from{f.facts.kind, id, f.facts.peer};
            events_.on_malformed(from, next.error(), {});
            close(id, true);
            return;
        }
        auto& whole = *next;
        if (!whole) {
            const bool waits = f.framer.kept() != 0;
            if (!waits) {
                f.message_began.reset();
            } else if (!f.message_began) {
                links_.acknowledge_now(id);
                f.message_began = now;
                arm(id, f);
            }
            return;
        }
        f.message_began.reset();
        take_message(id, *std::move(whole));
    }
}

void transport::take_message(net::flow_id id, std::string octets) {
    received_.add();
    const auto& f = flows_.at(id);
    const path from{f.facts.kind, id, f.facts.peer};
    if (tap_ != nullptr) tap_->saw(tap::direction::in, from, f.facts.local, f.user, octets);
    auto message = sip::message::parse(std::move(octets), settings_.limits, &refused_);
    if (!message) {
        malformed_.add();
        log::write(log::level::debug,
                   "sipstack",
                   "malformed",
                   {{"peer", from.peer.text()},
                    {"rule", message.error().rule},
                    {"at", message.error().at}});
        events_.on_malformed(from, message.error(), std::exchange(refused_, {}));
        close(id, true);
        return;
    }
    events_.on_message(from, *std::move(message));
}

void transport::received_datagram(net::flow_id socket,
                                  const ip_endpoint& peer,
                                  std::string_view octets) {
    const path from{net::transport::udp, socket, peer};
    // RFC 5626 4.4.1: CRLFs and stray octets keep a NAT open; they are no messages.
    if (trim(octets).empty()) return;
    received_.add();
    if (tap_ != nullptr) tap_->saw(tap::direction::in, from, {}, {}, octets);
    auto message = sip::message::parse(std::string(octets), settings_.limits);
    if (!message) {
        malformed_.add();
        events_.on_malformed(from, message.error(), octets);
        return;
    }
    events_.on_message(from, *std::move(message));
}

bool transport::send(const path& to, std::string_view octets) {
    sent_.add();
    if (to.kind == net::transport::udp) {
        if (tap_ != nullptr) tap_->saw(tap::direction::out, to, {}, {}, octets);
        links_.send_datagram(to.flow, to.peer, octets);
        return true;
    }
    const auto it = flows_.find(to.flow);
    // What comes after the last word would not go out, or unsigned: who was expelled is nobody.
    if (it == flows_.end() || it->second.is_closing) return false;
    if (tap_ != nullptr)
        tap_->saw(tap::direction::out, to, it->second.facts.local, it->second.user, octets);
    return links_.send(to.flow, octets);
}

path transport::reach(net::transport kind,
                      const ip_endpoint& peer,
                      const std::string& tls_name,
                      const account& whose) {
    if (kind == net::transport::udp) return {kind, links_.udp_socket_to(peer.address), peer};
    const auto key = std::tuple(kind, peer, tls_name);
    if (const auto it = by_peer_.find(key); it != by_peer_.end()) {
        auto& known = flows_.at(it->second).accounts;
        if (std::ranges::find(known, whose) == known.end()) known.push_back(whose);
        return {kind, it->second, peer};
    }
    const auto id = links_.connect({kind, peer, tls_name});
    auto [it, fresh] = flows_.try_emplace(id, settings_.limits);
    it->second.facts = {kind, net::audience::trusted, true, {}, peer, {}};
    it->second.accounts = {whose};
    by_peer_.emplace(key, id);
    return {kind, id, peer};
}

void transport::close(net::flow_id id, bool flush) {
    // What is queued goes out; what still comes in is not looked at, however long that takes.
    if (const auto it = flows_.find(id); it != flows_.end()) {
        it->second.is_closing = true;
        forget_way(id, it->second);
    }
    links_.close(id, flush);
}

/// Who wants to reach that peer from now on makes another connection.
void transport::forget_way(net::flow_id id, const flow& f) {
    if (f.facts.outbound)
        std::erase_if(by_peer_, [&](const auto& entry) { return entry.second == id; });
}

void transport::authenticated(net::flow_id id, std::string_view user) {
    const auto it = flows_.find(id);
    if (it == flows_.end()) return;
    if (!user.empty() && !it->second.has_authenticated) links_.settled(id);
    it->second.has_authenticated = !user.empty();
    it->second.user = user;
}

const net::flow_facts* transport::facts(net::flow_id id) const {
    const auto it = flows_.find(id);
    return it == flows_.end() ? nullptr : &it->second.facts;
}

std::vector<std::pair<net::flow_id, std::vector<account>>> transport::trusted_flows() const {
    std::vector<std::pair<net::flow_id, std::vector<account>>> out;
    for (const auto& [id, f] : flows_) {
        if (f.facts.who == net::audience::trusted && !f.is_closing)
            out.emplace_back(id, f.accounts);
    }
    return out;
}

bool transport::is_open(net::flow_id id) const {
    const auto it = flows_.find(id);
    return it != flows_.end() && it->second.is_open && !it->second.is_closing;
}

std::string_view transport::user(net::flow_id id) const {
    const auto it = flows_.find(id);
    return it == flows_.end() ? std::string_view{} : it->second.user;
}

} // namespace lyceum::sipstack
