#include "base/log/log.h"
#include "machines/transaction/key.h"
#include "protocol/sip/address.h"
#include "protocol/sip/remains.h"
#include "protocol/sip/respond.h"
#include "protocol/sip/validate.h"
#include "sipstack/invite_followers.h"
#include "sipstack/stack.h"
#include "sipstack/stack_counters.h"
#include "sipstack/via.h"

namespace lyceum::sipstack {

namespace {

using sip::header;
using sip::method;

/// The flow as part of a transaction's key: nothing over UDP, where sent-by tells peers apart.
std::uint64_t key_flow(const path& p) {
    return p.kind == net::transport::udp ? 0 : p.flow.value;
}

} // namespace

void stack::on_message(const path& from, sip::message&& m) {
    if (m.is_response()) {
        const bool vouched = gate_.admits_response(from, m);
        if (!vouched && from.kind != net::transport::udp) return;
        const auto via = m.via();
        const auto b = via ? branch::parse(via->branch()) : std::nullopt;
        if (!b || b->shard >= all_.size()) {
            count_->stray.add();
            return;
        }
        if (b->shard == shard_.index()) {
            deliver_response(*b, from, std::move(m), vouched);
        } else {
            count_->hops.add();
            shard_.deliver(
                b->shard, [to = all_[b->shard], b = *b, from, m = std::move(m), vouched]() mutable {
                    to->deliver_response(b, from, std::move(m), vouched);
                });
        }
        return;
    }
    if (const auto bad = sip::check_request(m)) {
        count_->bad.add();
        refuse_bad(from, std::move(m), *bad);
        return;
    }
    gate_.on_request(from, std::move(m));
}

void stack::on_malformed(const path& from, const parse_error& why, std::string_view octets) {
    log::write(log::level::debug,
               "sipstack",
               "not_sip",
               {{"peer", from.peer.text()}, {"why", lyceum::name(why.why)}, {"rule", why.rule}});
    // RFC 3261 18.3, RFC 4475 3.1.2: who sent a request is told, whatever is wrong with it.
    if (auto m = sip::remains_of_request(octets, settings_.transport.limits))
        refuse_bad(from, *std::move(m), sip::refusal_of(why));
}

void stack::refuse_bad(const path& from, sip::message&& m, const sip::refusal& why) {
    // A stranger's datagram gets no answer: its source may be forged.
    const bool may_answer = from.kind != net::transport::udp || gate_.trusts(from);
    if (!may_answer || m.method_id() == method::ack || !m.has(header::via)) return;
    note_received(m, from);
    answer_at_once(from, response_for(m, why.status, why.reason));
}

void stack::admitted(const path& from, sip::message&& m, gate::speaker who) {
    file_server(); // a request whose handling brought this one about; its key is in key_
    if (m.method_id() == method::ack) {
        take_ack(from, std::move(m), std::move(who));
        return;
    }
    if (m.method_id() == method::cancel) {
        take_cancel(from, m);
        return;
    }
    if (!transaction::server_key(m, key_flow(from), key_)) return;
    if (const auto id = servers_.find_key(key_); id != 0) {
        transaction::actions todo;
        servers_.find(id)->machine.on(transaction::request_received{}, shard_.clock().now(), todo);
        serve(id, todo, nullptr);
        return;
    }
    take_new(from, std::move(m), who);
}

void stack::take_new(const path& from, sip::message&& m, const gate::speaker& who) {
    const auto likeness = signet_.likeness(m);
    const bool looped = has_been_here(m, likeness, settings_.gate.fqdn);
    note_received(m, from);
    // sip:..., or the name or address of a peer, which is no URI.
    const std::string_view asker =
        who.user ? std::string_view(who.user->aor.text()) : std::string_view(who.trusted->host);
    const bool invite = m.method_id() == method::invite;
    const bool reliable = net::is_reliable(from.kind);
    if (auto* const limit = limit_reached(who, asker, invite || !reliable)) {
        limit->add();
        auto r = refusal_for(m, {503, diagnostics::id::service_unavailable});
        // Spread over a minute, so that they do not all come back at once.
        r.append(header::retry_after, std::to_string(5 + shard_.random().below(55)));
        answer_at_once(from, std::move(r));
        return;
    }
    if (looped) {
        count_->loops.add();
        answer_at_once(from, refusal_for(m, {482, diagnostics::id::route_set_invalid}));
        return;
    }
    count_->requests.add();
    const auto id = next_id_++;
    server_transaction t{transaction::server(invite, settings_.timings, reliable),
                         {},
                         from,
                         back_from(from, m),
                         invite,
                         false,
                         shard_.clock().now(),
                         {},
                         {}};
    t.octets = sizeof t + m.footprint();
    servers_.take_in_hand(id, std::move(t), key_, asker);
    // Its answer is not the end of it.
    if (invite || !reliable) file_server();
    const auto ref = ref_of(id);
    if (invite) {
        respond_here(
            ref, sip::make_response(m, 100)); // RFC 3261 17.2.1; at once, digest MS-SIPRE 4 rule 15
    }
    requests_->on_request({std::move(m), ref, from, who.user, who.trusted, {}, likeness});
    file_server();
}

metrics::counter*
stack::limit_reached(const gate::speaker& who, std::string_view asker, bool is_kept) const {
    if (draining_) return &count_->draining;
    const auto most = is_kept ? settings_.max_answered : std::numeric_limits<std::size_t>::max();
    if (servers_.pending() >= settings_.max_transactions ||
        servers_.waiting() >= settings_.max_waiting || servers_.answered() >= most)
        return &count_->shard_full;
    const auto held = servers_.held_by(asker);
    const auto exceeds = [&](std::size_t requests, std::size_t share) {
        return held.pending >= requests || held.waiting >= settings_.max_waiting / share ||
               held.answered >= most / share;
    };
    if (who.user)
        return exceeds(settings_.max_transactions_of_user, 64) ? &count_->user_full : nullptr;
    return exceeds(settings_.max_transactions_of_peer, 2) ? &count_->peer_full : nullptr;
}

void stack::take_ack(const path& from, sip::message&& m, gate::speaker&& who) {
    if (transaction::server_key(m, key_flow(from), key_)) {
        const auto id = servers_.find_key(key_);
        auto* const t = servers_.find(id);
        if (t != nullptr && t->refused && transaction::acknowledges(m, t->to_tag)) {
            transaction::actions todo;
            t->machine.on(transaction::ack_received{}, shard_.clock().now(), todo);
            serve(id, todo, nullptr);
            return;
        }
    }
    // A refusal that no transaction remembers (503, 400) gets its ACK all the same: it is ours, and
    // ends here.
    if (signet_.refused(m)) return;
    const auto likeness = signet_.likeness(m);
    if (has_been_here(m, likeness, settings_.gate.fqdn)) return;
    note_received(m, from);
    requests_->on_request(
        {std::move(m), {}, from, std::move(who.user), std::move(who.trusted), {}, likeness});
}

std::uint64_t stack::find_cancelled(const path& from, const sip::message& m) const {
    std::string key;
    if (!transaction::cancelled_key(m, key_flow(from), key)) return 0;
    auto id = servers_.find_key(key);
    // Seldom another request's, which goes on as if nothing were. RFC 3261 9.2
    for (auto i = std::to_underlying(method::other) + 1;
         id == 0 && i <= std::to_underlying(method::update);
         ++i) {
        const auto other = static_cast<method>(i);
        if (other == method::ack || other == method::cancel) continue;
        transaction::cancelled_key(m, key_flow(from), key, sip::name(other));
        id = servers_.find_key(key);
    }
    return id;
}

void stack::take_cancel(const path& from, const sip::message& m) {
    const auto id = find_cancelled(from, m);
    auto noted = m;
    note_received(noted, from);
    if (id == 0) {
        answer_at_once(
            from, refusal_for(noted, {481, diagnostics::id::route_set_invalid})); // RFC 3261 9.2
        return;
    }
    // RFC 3261 9.2: the tag that the INVITE's responses bear, or will bear when it is us who
    // refuse.
    const auto& known = servers_.find(id)->to_tag;
    auto ok =
        sip::make_response(noted, 200, {}, known.empty() ? signet_.refusal_tag(noted) : known);
    ok.append(header::server, settings_.gate.product);
    answer_at_once(from, std::move(ok));
    if (!servers_.find(id)->is_invite) return;
    requests_->on_cancel(ref_of(id), reasons_of(noted));
}

} // namespace lyceum::sipstack
