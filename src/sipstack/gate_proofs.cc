// What the authenticator wants done: passing, challenging and refusing requests, and the check of a
// password.
#include "base/log/log.h"
#include "base/overloaded.h"
#include "protocol/sip/respond.h"
#include "sipstack/gate.h"

namespace lyceum::sipstack {
namespace {

using sip::header;

/// Requests of one connection that wait for a password check.
constexpr std::size_t max_waiting = 16;

std::string diagnosis_value(const security_association::diagnosis& d, const std::string& fqdn) {
    std::string out = std::to_string(d.id) + ";reason=\"" + std::string(d.reason) + "\"";
    if (!d.is_public) out += ";source=\"" + fqdn + "\"";
    return out;
}

} // namespace

/// The message that an action is about: the one at hand, or one that waited for a password check.
std::optional<sip::message>
gate::message_of(net::flow_id flow, authenticator::ticket t, sip::message* current) {
    if (t == 0) return current != nullptr ? std::optional(std::move(*current)) : std::nullopt;
    auto node = client_of(flow).waiting.extract(t);
    if (node.empty()) return std::nullopt;
    return std::move(node.mapped());
}

void gate::carry_out(const path& from, authenticator::actions&& todo, sip::message* current) {
    const auto taken = [&](authenticator::ticket t) { return message_of(from.flow, t, current); };
    for (auto& a : todo) {
        std::visit(overloaded{
                       [&](const authenticator::pass& p) {
                           if (auto m = taken(p.of)) pass(from, *std::move(m), *p.user);
                       },
                       [&](const authenticator::challenge& c) {
                           if (const auto m = taken(c.of)) challenge(from, *m, c);
                       },
                       [&](authenticator::verify_ntlm& v) {
                           auto& c = client_of(from.flow);
                           if (current == nullptr || c.waiting.size() >= max_waiting) return;
                           c.waiting.insert_or_assign(v.of, std::move(*current));
                           verify(from, v);
                       },
                       [&](const authenticator::refuse& x) {
                           if (const auto m = taken(x.of)) refuse(from, *m, x);
                       },
                       [&](const authenticator::drop& d) {
                           count(d);
                           (void)taken(d.of);
                       },
                   },
                   a);
    }
    if (const auto it = clients_.find(from.flow); it != clients_.end()) arm(from.flow, it->second);
}

void gate::pass(const path& from, sip::message&& m, const people::user& proven) {
    // Who the directory says it is now: names change, and so do rights, also while a password is
    // being checked.
    auto who = people_->find(proven.aor);
    if (!who || !who->enabled) {
        turn_away(from, m);
        return;
    }
    admitted_.add();
    transport_.authenticated(from.flow, who->aor.text());
    events_.admitted(from, std::move(m), {std::move(who), nullptr});
}

void gate::challenge(const path& from, const sip::message& m, const authenticator::challenge& c) {
    challenged_.add();
    if (c.why == security_association::version_too_low) note_old_version(from);
    events_.answer(from, answer_to(m, 401, c.why, c.headers));
}

void gate::refuse(const path& from, const sip::message& m, const authenticator::refuse& x) {
    refused_.add();
    auto r = answer_to(m, x.status, x.why);
    if (x.retry_after) r.append(header::retry_after, std::to_string(x.retry_after->count()));
    events_.answer(from, std::move(r));
    if (x.hang_up) transport_.close(from.flow, true);
}

sip::message gate::answer_to(const sip::message& m,
                             int status,
                             const std::optional<security_association::diagnosis>& why,
                             std::span<const authenticator::challenge::line> more) {
    auto r = sip::make_response(m, status, {}, shard_.random().hex(8));
    for (const auto& line : more)
        r.append(line.name, line.value);
    r.append(header::server, settings_.product);
    if (why) {
        r.append(why->is_public ? header::ms_diagnostics_public : header::ms_diagnostics,
                 diagnosis_value(*why, settings_.fqdn));
    }
    return r;
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
                unavailable_proofs_.add();
                log::write(
                    log::level::error, "sipstack", "sign_in_unavailable", {{"what", u.what}});
                machine.on(authenticator::ntlm_unavailable{ticket, u.retry_after}, now, todo);
            },
        },
        verdict);
    carry_out(from, std::move(todo), nullptr);
}

} // namespace lyceum::sipstack
