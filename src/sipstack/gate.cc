#include "sipstack/gate.h"

#include "base/log/log.h"
#include "sipstack/identity.h"
#include "sipstack/reachable.h"

namespace lyceum::sipstack {
namespace {

using sip::header;

} // namespace

gate::gate(net::shard& s,
           transport& t,
           const gate_settings& settings,
           credentials::verifier& v,
           gate_events& e)
    : shard_(s), transport_(t), settings_(settings),
      association_(std::make_shared<const security_association::settings>(settings.association)),
      verifier_(v), events_(e),
      admitted_(s.metrics().make_counter("lyceum_sipstack_admitted_total",
                                         "Requests whose sender was proven or trusted")),
      challenged_(
          s.metrics().make_counter("lyceum_sipstack_challenged_total", "Requests answered 401")),
      refused_(s.metrics().make_counter("lyceum_sipstack_denied_total",
                                        "Requests refused before they got anywhere")),
      dropped_(s.metrics().make_counter("lyceum_sipstack_dropped_total",
                                        "Messages without a valid signature, dropped")),
      replayed_(s.metrics().make_counter("lyceum_sipstack_replayed_total",
                                         "Messages dropped as replays")),
      strangers_(s.metrics().make_counter("lyceum_sipstack_strangers_total",
                                          "Connections to a port for trusted peers, closed because "
                                          "who made them is not on the list")),
      wrong_proofs_(s.metrics().make_counter("lyceum_sipstack_sign_ins_refused_total",
                                             "Sign-ins whose password was wrong or not looked at")),
      unavailable_proofs_(s.metrics().make_counter(
          "lyceum_sipstack_sign_ins_unavailable_total",
          "Sign-ins answered 503: the store did not answer, the user's stored password does not "
          "open with the sealing key, or too many passwords wait to be checked")),
      old_versions_(s.metrics().make_counter(
          "lyceum_sipstack_old_versions_total",
          "Sign-ins refused for a version of [MS-SIPAE] below auth.lowest_version")) {}

gate::client& gate::client_of(net::flow_id id) {
    const auto it = clients_.find(id);
    if (it != clients_.end()) return it->second;
    return clients_.emplace(id, client{authenticator(association_, shard_.random()), {}, {}})
        .first->second;
}

directory::snapshot::peer gate::trusted_of(const path& from) const {
    const auto* transport = net::name(from.kind);
    if (from.kind != net::transport::tls) return people_->trusted(from.peer.address, transport);
    // By the names of a certificate that our CA signed; the address proves nothing. RFC 5922
    const auto* facts = transport_.facts(from.flow);
    if (facts == nullptr) return nullptr;
    for (const auto& name : facts->peer_names) {
        if (auto peer = people_->trusted(name, transport)) return peer;
    }
    return nullptr;
}

bool gate::is_client(const path& p) const {
    if (p.kind == net::transport::udp) return false;
    const auto* facts = transport_.facts(p.flow);
    return facts != nullptr && facts->who == net::audience::clients;
}

void gate::on_opened(net::flow_id id, const net::flow_facts& facts) {
    if (facts.who == net::audience::clients || facts.outbound) return;
    if (!trusted_of({facts.kind, id, facts.peer})) {
        if (const auto left_out = stranger_lines_.next(shard_.clock().now())) {
            log::write(log::level::warn,
                       "sipstack",
                       "stranger_closed",
                       {{"peer", facts.peer.text()},
                        {"transport", net::name(facts.kind)},
                        {"left_out", *left_out}});
        }
        strangers_.add();
        refused_.add();
        transport_.close(id, false);
    }
}

void gate::on_closed(net::flow_id id) {
    clients_.erase(id);
}

void gate::on_request(const path& from, sip::message&& m) {
    if (!is_client(from)) {
        const auto rights = trusted_of(from);
        if (!rights) { // a datagram of a stranger: no answer, so that nobody is flooded through us
            dropped_.add();
            return;
        }
        admitted_.add();
        events_.admitted(from, std::move(m), {nullptr, rights});
        return;
    }
    auto& c = client_of(from.flow);
    authenticator::actions todo;
    c.machine.on(
        authenticator::request_received{m, shard_.clock().wall_now()}, shard_.clock().now(), todo);
    carry_out(from, std::move(todo), &m);
}

bool gate::admits_response(const path& from, sip::message& m) {
    if (!is_client(from)) {
        const auto* facts =
            from.kind == net::transport::udp ? nullptr : transport_.facts(from.flow);
        const auto rights = trusted_of(from);
        // Only who may register our users may assert them, and who is known by nothing but the
        // address that it was asked at may not either. digest MS-SIPAE 4.7 rule 27
        m.remove(header::p_preferred_identity);
        if (rights == nullptr || !rights->may_register) m.remove(header::p_asserted_identity);
        return rights != nullptr || (facts != nullptr && facts->outbound);
    }
    authenticator::actions todo;
    client_of(from.flow).machine.on(
        authenticator::response_received{m}, shard_.clock().now(), todo);
    for (const auto& a : todo) {
        if (const auto* p = std::get_if<authenticator::pass>(&a)) {
            // A client's own assertion is worth nothing, here as in its requests. RFC 3325 5
            m.remove(header::p_asserted_identity);
            m.remove(header::p_preferred_identity);
            // What only a server may say. digest MS-OCER 4 rule 4, digest MS-SIPRE 7
            m.remove(header::ms_diagnostics);
            m.remove(header::ms_diagnostics_public);
            m.remove(header::ms_user_logon_data);
            m.remove(header::authentication_info);
            m.append(header::p_asserted_identity, asserted_identity(*p->user));
            if (make_reachable(m, from)) return true;
            dropped_.add();
            return false;
        }
        if (const auto* d = std::get_if<authenticator::drop>(&a)) count(*d);
    }
    return false;
}

void gate::count(const authenticator::drop& d) {
    (d.why == authenticator::drop_why::replayed ? replayed_ : dropped_).add();
}

receiver gate::receiver_at(const path& p) const {
    if (is_client(p)) {
        const auto it = clients_.find(p.flow);
        return it != clients_.end() && it->second.machine.established() != 0 ? receiver::signed_in
                                                                             : receiver::stranger;
    }
    const auto rights = trusted_of(p);
    return rights != nullptr && rights->may_register ? receiver::inside : receiver::outside;
}

void gate::keep_inside(const path& to, sip::message& m) const {
    if (speaks_of_inside(m)) sipstack::keep_inside(m, receiver_at(to));
}

void gate::sign(const path& to, sip::message& m) {
    if (m.is_response() && m.status() < 200)
        return;                    // provisional responses go unsigned. digest MS-SIPAE 4.5 rule 20
    if (m.status() == 401) return; // a challenge belongs to no association
    const auto it = clients_.find(to.flow);
    if (it != clients_.end()) it->second.machine.sign(m, shard_.clock().now());
}

void gate::arm(net::flow_id id, client& c) {
    const auto when = c.machine.deadline();
    if (!when || (c.armed && *c.armed <= *when)) return;
    c.armed = when;
    deadlines_->arm({timer_kind, id.value}, *when);
}

void gate::on_deadline(std::uint64_t value, instant now) {
    const net::flow_id id{value};
    const auto it = clients_.find(id);
    if (it == clients_.end()) return;
    auto& c = it->second;
    // An earlier timer took the place of this one: that one looks further.
    if (c.armed && *c.armed > now) return;
    c.armed.reset();
    authenticator::actions todo;
    c.machine.on(authenticator::tick{}, now, todo);
    const auto* facts = transport_.facts(id);
    if (facts != nullptr) carry_out({facts->kind, id, facts->peer}, std::move(todo), nullptr);
}

void gate::expel(const sip::aor& user) {
    std::vector<net::flow_id> theirs;
    for (auto& [id, c] : clients_) {
        // A connection may have carried several users: each of them is looked for. What is queued
        // goes out; what still comes in is nobody's.
        if (c.machine.forget(user) || transport_.user(id) == user.text()) theirs.push_back(id);
    }
    for (const auto id : theirs) {
        authenticator::actions none;
        clients_.at(id).machine.on(authenticator::closed{}, shard_.clock().now(), none);
        transport_.close(id, true);
    }
}

bool gate::may_be_here(const sip::aor& user) const {
    const auto known = people_->find(user);
    return known && known->enabled;
}

bool gate::honours(const account& a, bool may_register) const {
    const auto peer = people_->trusted(a.host, net::name(a.kind));
    return peer != nullptr && (peer->may_register || !may_register);
}

void gate::on_trusted_changed() {
    for (const auto& [id, accounts] : transport_.trusted_flows()) {
        const auto* facts = transport_.facts(id);
        const bool stays =
            facts->outbound
                ? std::ranges::any_of(accounts, [&](const account& a) { return honours(a); })
                : trusted_of({facts->kind, id, facts->peer}) != nullptr;
        if (stays) continue;
        log::write(log::level::info,
                   "sipstack",
                   "trusted_no_longer",
                   {{"peer", facts->peer.text()}, {"transport", net::name(facts->kind)}});
        transport_.close(id, false);
    }
}

std::size_t gate::associations() const {
    std::size_t n = 0;
    for (const auto& [id, c] : clients_)
        n += c.machine.established();
    return n;
}

} // namespace lyceum::sipstack
