#include "sipstack/gate.h"

#include "base/log/log.h"
#include "base/overloaded.h"
#include "protocol/sip/respond.h"
#include "sipstack/identity.h"
#include "sipstack/reachable.h"

namespace lyceum::sipstack {
namespace {

using security_association::authenticator;
using sip::header;

/// Requests of one connection that wait for a password check.
constexpr std::size_t max_waiting = 16;

std::string diagnosis_value(const security_association::diagnosis& d, const std::string& fqdn) {
    std::string out = std::to_string(d.id) + ";reason=\"" + std::string(d.reason) + "\"";
    if (!d.is_public) out += ";source=\"" + fqdn + "\"";
    return out;
}

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

void gate::carry_out(const path& from, authenticator::actions&& todo, sip::message* current) {
    // The message that an action is about: the one at hand, or one that waited for a password
    // check.
    const auto message_of = [&](authenticator::ticket t) -> std::optional<sip::message> {
        if (t == 0) return current != nullptr ? std::optional(std::move(*current)) : std::nullopt;
        auto& waiting = client_of(from.flow).waiting;
        const auto it = waiting.find(t);
        if (it == waiting.end()) return std::nullopt;
        auto m = std::move(it->second);
        waiting.erase(it);
        return m;
    };
    for (auto& a : todo) {
        std::visit(overloaded{
                       [&](const authenticator::pass& p) {
                           auto m = message_of(p.of);
                           if (!m) return;
                           // Who the directory says it is now: names change, and so do rights, also
                           // while a password is being checked.
                           auto who = people_->find(p.user->aor);
                           if (!who || !who->enabled) {
                               turn_away(from, *m);
                               return;
                           }
                           admitted_.add();
                           transport_.authenticated(from.flow, who->aor.text());
                           events_.admitted(from, *std::move(m), {std::move(who), nullptr});
                       },
                       [&](const authenticator::challenge& c) {
                           auto m = message_of(c.of);
                           if (!m) return;
                           challenged_.add();
                           if (c.why == security_association::version_too_low)
                               note_old_version(from);
                           auto r = sip::make_response(*m, 401, {}, shard_.random().hex(8));
                           for (const auto& line : c.headers)
                               r.append(line.name, line.value);
                           r.append(header::server, settings_.product);
                           if (c.why) {
                               r.append(c.why->is_public ? header::ms_diagnostics_public
                                                         : header::ms_diagnostics,
                                        diagnosis_value(*c.why, settings_.fqdn));
                           }
                           events_.answer(from, std::move(r));
                       },
                       [&](authenticator::verify_ntlm& v) {
                           auto& c = client_of(from.flow);
                           if (current == nullptr || c.waiting.size() >= max_waiting) return;
                           c.waiting.insert_or_assign(v.of, std::move(*current));
                           verify(from, v);
                       },
                       [&](const authenticator::refuse& x) {
                           auto m = message_of(x.of);
                           if (!m) return;
                           refused_.add();
                           auto r = sip::make_response(*m, x.status, {}, shard_.random().hex(8));
                           r.append(header::server, settings_.product);
                           r.append(x.why.is_public ? header::ms_diagnostics_public
                                                    : header::ms_diagnostics,
                                    diagnosis_value(x.why, settings_.fqdn));
                           if (x.retry_after) {
                               r.append(header::retry_after,
                                        std::to_string(x.retry_after->count()));
                           }
                           events_.answer(from, std::move(r));
                           if (x.hang_up) transport_.close(from.flow, true);
                       },
                       [&](const authenticator::drop& d) {
                           count(d);
                           message_of(d.of);
                       },
                   },
                   a);
    }
    if (const auto it = clients_.find(from.flow); it != clients_.end()) arm(from.flow, it->second);
}

void gate::note_old_version(const path& from) {
    old_versions_.add();
    if (const auto left_out = version_lines_.next(shard_.clock().now())) {
        log::write(log::level::info,
                   "sipstack",
                   "version_too_low",
                   {{"peer", from.peer.text()}, {"left_out", *left_out}});
    }
}

void gate::turn_away(const path& from, const sip::message& m) {
    refused_.add();
    if (m.method_id() == sip::method::ack || m.method_id() == sip::method::cancel) return;
    auto r = sip::make_response(m, 403, {}, shard_.random().hex(8));
    r.append(header::server, settings_.product);
    r.append(header::ms_diagnostics_public,
             diagnostics::public_value(diagnostics::id::user_disabled));
    events_.answer(from, std::move(r));
}

void gate::verify(const path& from, authenticator::verify_ntlm& asked) {
    credentials::ntlm_proof proof;
    proof.challenge = asked.challenge;
    proof.authenticate = std::move(asked.authenticate);
    proof.peer = from.peer.address.text();
    auto answer = std::make_shared<credentials::verdict>();
    const auto ticket = asked.of;
    const bool taken = shard_.offload(
        [&verifier = verifier_, proof = std::move(proof), answer] {
            *answer = verifier.verify(proof);
        },
        [this, from, ticket, answer] { verified(from, ticket, *answer); });
    if (!taken) {
        // Not all at once again.
        const auto later = std::chrono::seconds(5 + shard_.random().below(25));
        verified(from, ticket, unavailable{"the password checks are all busy", later});
    }
}

void gate::verified(const path& from,
                    authenticator::ticket ticket,
                    const credentials::verdict& verdict) {
    const auto it = clients_.find(from.flow);
    if (it == clients_.end()) return; // the client did not wait
    const auto wall = shard_.clock().wall_now();
    auto& machine = it->second.machine;
    authenticator::actions todo;
    const auto now = shard_.clock().now();
    std::visit(
        overloaded{
            [&](const credentials::proven& p) {
                authenticator::ntlm_proven e{
                    ticket, std::make_shared<const people::user>(p.user), {}, wall};
                e.session.key = p.session_key;
                e.session.flags = p.flags;
                machine.on(e, now, todo);
            },
            [&](const credentials::refused& r) {
                wrong_proofs_.add();
                if (const auto left_out = refusal_lines_.next(now)) {
                    log::write(log::level::info,
                               "sipstack",
                               "sign_in_refused",
                               {{"login", r.login},
                                {"peer", from.peer.text()},
                                {"why", credentials::name(r.reason)},
                                {"left_out", *left_out}});
                }
                machine.on(authenticator::ntlm_refused{ticket, wall}, now, todo);
            },
            [&](const unavailable& u) {
                log::write(
                    log::level::error, "sipstack", "sign_in_unavailable", {{"what", u.what}});
                machine.on(authenticator::ntlm_unavailable{ticket, u.retry_after}, now, todo);
            },
        },
        verdict);
    carry_out(from, std::move(todo), nullptr);
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
