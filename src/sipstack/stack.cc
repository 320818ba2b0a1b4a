#include "sipstack/stack.h"

#include "base/log/log.h"
#include "base/text.h"
#include "machines/transaction/key.h"
#include "protocol/sip/address.h"
#include "protocol/sip/respond.h"
#include "protocol/sip/validate.h"
#include "sipstack/way_back.h"

namespace lyceum::sipstack {
namespace {

using sip::header;
using sip::method;
using transaction::action;

constexpr std::uint32_t server_timer = 2;
constexpr std::uint32_t client_timer = 3;
constexpr std::uint32_t sweep_timer = 5;
/// A CANCEL shares its INVITE's branch; in the table it stands beside it under this bit.
constexpr std::uint64_t cancel_bit = std::uint64_t{1} << 47U;
constexpr std::uint64_t id_bits = (std::uint64_t{1} << 48U) - 1;

/// The flow as part of a transaction's key: nothing over UDP, where sent-by tells peers apart.
std::uint64_t key_flow(const path& p) {
    return p.kind == net::transport::udp ? 0 : p.flow.value;
}

} // namespace

struct stack::counters {
    explicit counters(metrics::registry& m)
        : requests(m.make_counter("lyceum_sipstack_requests_total", "New server transactions")),
          bad(m.make_counter("lyceum_sipstack_bad_requests_total",
                             "Requests without what every request must have")),
          overload(m.make_counter("lyceum_sipstack_overload_total", "Requests refused with 503")),
          stray(m.make_counter("lyceum_sipstack_stray_responses_total",
                               "Responses that belong to nothing")),
          unanswered(m.make_counter("lyceum_sipstack_unanswered_total",
                                    "Requests that nobody here answered, given up")),
          timeouts(m.make_counter("lyceum_sipstack_timeouts_total",
                                  "Requests of ours that nobody answered")),
          hops(m.make_counter("lyceum_sipstack_hops_total", "Messages handed from shard to shard")),
          servers(m.make_gauge("lyceum_sipstack_server_transactions", "Server transactions")),
          clients(m.make_gauge("lyceum_sipstack_client_transactions", "Client transactions")) {}
    metrics::counter& requests;
    metrics::counter& bad;
    metrics::counter& overload;
    metrics::counter& stray;
    metrics::counter& unanswered;
    metrics::counter& timeouts;
    metrics::counter& hops;
    metrics::gauge& servers;
    metrics::gauge& clients;
};

stack::stack(net::shard& s, net::links& l, const stack_settings& settings, credentials::verifier& v)
    : shard_(s), settings_(settings), deadlines_(s), transport_(s, l, settings.transport, *this),
      gate_(s, transport_, settings.gate, v, *this),
      count_(std::make_unique<counters>(s.metrics())) {
    transport_.set_deadlines(deadlines_);
    gate_.set_deadlines(deadlines_);
    s.on_wakeup([this](instant now) { on_wakeup(now); });
}

stack::~stack() = default;

void stack::connect(request_user& r, flow_user& f, std::vector<stack*> all) {
    requests_ = &r;
    flows_ = &f;
    all_ = std::move(all);
}

void stack::on_timer(std::uint32_t kind, std::move_only_function<void(std::uint64_t, instant)> f) {
    timers_.insert_or_assign(kind, std::move(f));
}

stack::load stack::now_under_way() const {
    return {transport_.flows(), servers_.size(), clients_.size()};
}

// ---- what comes in

void stack::on_opened(net::flow_id id, const net::flow_facts& facts) {
    gate_.on_opened(id, facts);
}

void stack::on_malformed(const path& from, const parse_error& why, std::string_view) {
    // Nothing of it can be trusted to answer to: a stream is closed, a datagram forgotten. RFC
    // 3261 18.3
    log::write(log::level::debug,
               "sipstack",
               "not_sip",
               {{"peer", from.peer.text()}, {"why", lyceum::name(why.why)}, {"rule", why.rule}});
}

void stack::on_message(const path& from, sip::message&& m) {
    if (m.is_response()) {
        const bool vouched = gate_.admits_response(from, m);
        if (!vouched && from.kind != net::transport::udp) return;
        const auto via = sip::parse_via(m.first(header::via));
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
        // A stranger's datagram gets no answer: its source may be forged.
        const bool may_answer = from.kind != net::transport::udp || gate_.trusts(from);
        if (may_answer && m.method_id() != method::ack && m.has(header::via)) {
            note_received(m, from);
            answer_at_once(from, response_for(m, bad->status, bad->reason));
        }
        return;
    }
    gate_.on_request(from, std::move(m));
}

void stack::admitted(const path& from, sip::message&& m, gate::speaker who) {
    if (m.method_id() == method::ack) {
        take_ack(from, std::move(m), std::move(who));
        return;
    }
    if (m.method_id() == method::cancel) {
        take_cancel(from, m);
        return;
    }
    std::string key;
    if (!transaction::server_key(m, key_flow(from), key)) return;
    if (const auto it = servers_by_key_.find(key); it != servers_by_key_.end()) {
        transaction::actions todo;
        servers_.at(it->second)
            .machine.on(transaction::request_received{}, shard_.clock().now(), todo);
        serve(it->second, todo, nullptr);
        return;
    }
    take_new(from, std::move(m), std::move(who), std::move(key));
}

void stack::take_new(const path& from, sip::message&& m, gate::speaker&& who, std::string key) {
    note_received(m, from);
    const auto of_flow = servers_of_flow_.find(from.flow);
    const bool too_many = who.user && of_flow != servers_of_flow_.end() &&
                          of_flow->second >= settings_.max_transactions_of_client;
    if (draining_ || too_many || servers_.size() >= settings_.max_transactions) {
        count_->overload.add();
        auto r = refusal_for(m, {503, diagnostics::id::service_unavailable});
        // Spread over a minute, so that they do not all come back at once.
        r.append(header::retry_after, std::to_string(5 + shard_.random().below(55)));
        answer_at_once(from, std::move(r));
        return;
    }
    count_->requests.add();
    const auto id = next_id_++;
    const bool invite = m.method_id() == method::invite;
    servers_.emplace(id,
                     server_transaction{transaction::server(
                                            invite, settings_.timings, net::is_reliable(from.kind)),
                                        key,
                                        from,
                                        back_from(from, m),
                                        invite,
                                        false,
                                        shard_.clock().now(),
                                        {},
                                        {}});
    if (from.kind != net::transport::udp) ++servers_of_flow_[from.flow];
    if (!std::exchange(sweeping_, true))
        deadlines_.arm({sweep_timer, 0}, shard_.clock().now() + settings_.timings.long_wait());
    servers_by_key_.emplace(std::move(key), id);
    count_->servers.set(static_cast<std::int64_t>(servers_.size()));
    const transaction_ref ref{(std::uint64_t{shard_.index()} << 48U) | id};
    if (invite)
        respond_here(
            ref, sip::make_response(m, 100)); // RFC 3261 17.2.1; at once, digest MS-SIPRE 4 rule 15
    requests_->on_request({std::move(m), ref, from, std::move(who.user), std::move(who.trusted)});
}

void stack::take_ack(const path& from, sip::message&& m, gate::speaker&& who) {
    std::string key;
    if (transaction::server_key(m, key_flow(from), key)) {
        const auto it = servers_by_key_.find(key);
        if (it != servers_by_key_.end()) {
            auto& t = servers_.at(it->second);
            if (t.refused && transaction::acknowledges(m, t.to_tag)) {
                transaction::actions todo;
                t.machine.on(transaction::ack_received{}, shard_.clock().now(), todo);
                serve(it->second, todo, nullptr);
                return;
            }
        }
    }
    note_received(m, from);
    requests_->on_request({std::move(m), {}, from, std::move(who.user), std::move(who.trusted)});
}

void stack::take_cancel(const path& from, const sip::message& m) {
    std::string key;
    const bool readable = transaction::cancelled_key(m, key_flow(from), key);
    const auto it = readable ? servers_by_key_.find(key) : servers_by_key_.end();
    auto noted = m;
    note_received(noted, from);
    if (it == servers_by_key_.end()) {
        answer_at_once(
            from, refusal_for(noted, {481, diagnostics::id::route_set_invalid})); // RFC 3261 9.2
        return;
    }
    const auto id = it->second;
    answer_at_once(from, response_for(noted, 200));
    requests_->on_cancel({(std::uint64_t{shard_.index()} << 48U) | id});
}

void stack::deliver_response(branch b, const path& from, sip::message&& m, bool vouched) {
    const auto id = m.cseq_method() == "CANCEL" ? b.transaction | cancel_bit : b.transaction;
    const auto it = clients_.find(id);
    // Only who was asked may answer: a guessed branch from another connection is nothing.
    if (it == clients_.end() || it->second.via != b || from.kind != it->second.to.kind ||
        (from.kind != net::transport::udp && from.flow != it->second.to.flow) ||
        (!vouched && from.peer.address !=
                         it->second.to.peer.address) || // a gateway that is trusted by its name
        sip::method_of(m.cseq_method()) != it->second.method) {
        count_->stray.add();
        return;
    }
    auto& t = it->second;
    const int status = m.status();
    if (status < 200) t.heard_provisional = true;
    transaction::actions todo;
    t.machine.on(transaction::response{status}, shard_.clock().now(), todo);
    if (t.cancel_wanted && !t.cancel_sent && status < 200) send_cancel(id);
    pursue(id, todo, &m);
}

// ---- what goes out

void stack::respond(transaction_ref ref, sip::message&& m) {
    if (!ref) return;
    if (ref.shard() == shard_.index()) {
        respond_here(ref, std::move(m));
        return;
    }
    count_->hops.add();
    shard_.deliver(ref.shard(), [to = all_[ref.shard()], ref, m = std::move(m)]() mutable {
        to->respond_here(ref, std::move(m));
    });
}

void stack::respond_here(transaction_ref ref, sip::message&& m) {
    const auto id = ref.value & id_bits;
    const auto it = servers_.find(id);
    if (it == servers_.end()) return;
    auto& t = it->second;
    if (m.status() >= 200) {
        t.refused = m.status() >= 300;
        t.to_tag = std::string(m.to_tag());
    }
    transaction::actions todo;
    t.machine.on(transaction::respond{m.status()}, shard_.clock().now(), todo);
    serve(id, todo, &m);
}

void stack::serve(std::uint64_t id, transaction::actions todo, sip::message* response) {
    const auto it = servers_.find(id);
    if (it == servers_.end()) return;
    auto& t = it->second;
    if (todo.has(action::send) && response != nullptr) {
        if (!net::is_reliable(t.from.kind)) {
            gate_.keep_inside(t.back, *response); // before it is kept for another time
            t.last = response->text();
        }
        transmit_here(t.back, std::move(*response), {});
    }
    if (todo.has(action::retransmit) && !t.last.empty()) transport_.send(t.back, t.last);
    const auto when = t.machine.deadline();
    // Where an ACK or the request itself could come again is gone: there is nothing to wait for.
    const bool orphan =
        when && net::is_reliable(t.from.kind) && transport_.facts(t.from.flow) == nullptr;
    if (todo.has(action::terminated) || orphan) {
        end_server(id);
        return;
    }
    if (when) deadlines_.arm({server_timer, id}, *when);
}

void stack::end_server(std::uint64_t id) {
    const auto it = servers_.find(id);
    servers_by_key_.erase(it->second.key);
    if (const auto n = servers_of_flow_.find(it->second.from.flow);
        n != servers_of_flow_.end() && --n->second == 0)
        servers_of_flow_.erase(n);
    servers_.erase(it);
    count_->servers.set(static_cast<std::int64_t>(servers_.size()));
}

/// Requests other than INVITE have no timer before they are answered. An answer that got lost
/// between shards (a full mailbox) would leave them for ever; who asked has given up long since.
void stack::sweep(instant now) {
    sweeping_ = false;
    std::vector<std::uint64_t> forgotten;
    for (const auto& [id, t] : servers_) {
        if (!t.is_invite && !t.machine.deadline() &&
            t.began + 2 * settings_.timings.long_wait() <= now)
            forgotten.push_back(id);
    }
    for (const auto id : forgotten) {
        count_->unanswered.add();
        end_server(id);
    }
    if (servers_.empty()) return;
    sweeping_ = true;
    deadlines_.arm({sweep_timer, 0}, now + settings_.timings.long_wait());
}

path stack::nearest(path to) const {
    // Every shard has a socket on our UDP port, so none needs another's.
    if (to.kind == net::transport::udp) to.flow = transport_.udp_socket_to(to.peer.address);
    return to;
}

transaction_ref
stack::send(sip::message&& m, const path& where, response_user* user, std::uint64_t token) {
    const auto to = nearest(where);
    const auto id = next_id_++;
    const branch via{shard_.index(), id, shard_.random().u64()};
    add_via(m, to, via);
    const bool invite = m.method_id() == method::invite;
    client_transaction t{transaction::client(invite, settings_.timings, net::is_reliable(to.kind)),
                         via,
                         to,
                         user,
                         token,
                         {},
                         {},
                         m.method_id()};
    if (t.method == method::other) t.method = sip::method_of(m.method_name());
    if (invite) {
        t.request = m;
        t.request.set_body({}, {});
    }
    if (!net::is_reliable(to.kind)) {
        gate_.keep_inside(to, m);
        t.last = m.text();
    }
    transaction::actions todo;
    t.machine.on(transaction::start{}, shard_.clock().now(), todo);
    const auto when = t.machine.deadline();
    clients_.emplace(id, std::move(t));
    count_->clients.set(static_cast<std::int64_t>(clients_.size()));
    if (when) deadlines_.arm({client_timer, id}, *when);
    transmit(to, std::move(m), via);
    return {(std::uint64_t{shard_.index()} << 48U) | id};
}

void stack::send_stateless(sip::message&& m, const path& where) {
    const auto to = nearest(where);
    add_via(m, to, {shard_.index(), 0, shard_.random().u64()});
    transmit(to, std::move(m), {});
}

void stack::forget(transaction_ref ref) {
    if (const auto it = clients_.find(ref.value & id_bits); it != clients_.end())
        it->second.user = nullptr;
}

void stack::cancel(transaction_ref ref) {
    const auto id = ref.value & id_bits;
    const auto it = clients_.find(id);
    if (it == clients_.end() || it->second.method != method::invite) return;
    it->second.cancel_wanted = true;
    // RFC 3261 9.1: not before a provisional response came.
    if (it->second.heard_provisional && !it->second.cancel_sent) send_cancel(id);
}

void stack::send_cancel(std::uint64_t id) {
    auto& invite = clients_.at(id);
    invite.cancel_sent = true;
    const auto now = shard_.clock().now();
    transaction::actions todo;
    invite.machine.on(transaction::cancelled{}, now, todo);
    if (const auto when = invite.machine.deadline()) deadlines_.arm({client_timer, id}, *when);
    const auto& r = invite.request;
    auto m = sip::message::request("CANCEL", r.uri());
    m.append(header::via, r.first(header::via));
    for (const auto route : r.values(header::route))
        m.append(header::route, route);
    m.append(header::max_forwards, "70");
    for (const auto h : {header::from, header::to, header::call_id})
        m.append(h, r.value(h));
    m.append(header::cseq, std::to_string(r.cseq_number()) + " CANCEL");
    client_transaction t{
        transaction::client(false, settings_.timings, net::is_reliable(invite.to.kind)),
        invite.via,
        invite.to,
        nullptr,
        0,
        {},
        {},
        method::cancel};
    if (!net::is_reliable(t.to.kind)) t.last = m.text();
    t.machine.on(transaction::start{}, now, todo);
    const auto to = t.to;
    const auto when = t.machine.deadline();
    clients_.insert_or_assign(id | cancel_bit, std::move(t));
    if (when) deadlines_.arm({client_timer, id | cancel_bit}, *when);
    transmit(to, std::move(m), {});
}

sip::message stack::ack_for(const client_transaction& t, const sip::message& response) const {
    // RFC 3261 17.1.1.3
    auto m = sip::message::request("ACK", t.request.uri());
    m.append(header::via, t.request.first(header::via));
    for (const auto route : t.request.values(header::route))
        m.append(header::route, route);
    m.append(header::max_forwards, "70");
    m.append(header::from, t.request.value(header::from));
    m.append(header::to, response.value(header::to));
    m.append(header::call_id, t.request.call_id());
    m.append(header::cseq, std::to_string(t.request.cseq_number()) + " ACK");
    return m;
}

void stack::pursue(std::uint64_t id, transaction::actions todo, sip::message* response) {
    const auto it = clients_.find(id);
    if (it == clients_.end()) return;
    auto& t = it->second;
    if (todo.has(action::send_ack) && response != nullptr)
        transmit(t.to, ack_for(t, *response), {});
    if (todo.has(action::retransmit) && !t.last.empty()) transport_.send(t.to, t.last);
    const transaction_ref ref{(std::uint64_t{shard_.index()} << 48U) | id};
    auto* const user = t.user;
    const auto token = t.token;
    const bool over = todo.has(action::terminated);
    if (over) {
        clients_.erase(it);
        count_->clients.set(static_cast<std::int64_t>(clients_.size()));
    } else if (const auto when = t.machine.deadline()) {
        deadlines_.arm({client_timer, id}, *when);
    }
    // The user comes last: it may send, cancel and forget.
    if (user == nullptr) return;
    if (todo.has(action::deliver_to_user) && response != nullptr) {
        user->on_response(token, ref, std::move(*response));
    } else if (todo.has(action::report_timeout)) {
        count_->timeouts.add();
        user->on_failure(token, ref, send_failure::timeout);
    } else if (todo.has(action::report_transport_error)) {
        user->on_failure(token, ref, send_failure::unreachable);
    }
}

void stack::transmit(const path& to, sip::message&& m, const branch& waits) {
    if (!to.flow) { // no UDP socket of that family
        unreachable(waits);
        return;
    }
    const auto shard = to.flow.shard();
    if (shard == shard_.index()) {
        transmit_here(to, std::move(m), waits);
        return;
    }
    if (shard >= all_.size()) {
        unreachable(waits);
        return;
    }
    count_->hops.add();
    const bool taken =
        shard_.post(shard, [there = all_[shard], to, m = std::move(m), waits]() mutable {
            there->transmit_here(to, std::move(m), waits);
        });
    if (!taken) unreachable(waits);
}

void stack::transmit_here(const path& to, sip::message&& m, const branch& waits) {
    gate_.keep_inside(to, m);
    gate_.sign(to, m);
    out_.clear();
    m.serialise(out_);
    if (!transport_.send(to, out_)) unreachable(waits);
}

void stack::unreachable(const branch& waits) {
    if (waits.transaction == 0) return;
    // Never at once: the sender is in the middle of its own work.
    shard_.deliver(waits.shard, [there = all_[waits.shard], id = waits.transaction] {
        const auto it = there->clients_.find(id);
        if (it == there->clients_.end()) return;
        transaction::actions todo;
        it->second.machine.on(transaction::transport_failed{}, there->shard_.clock().now(), todo);
        there->pursue(id, todo, nullptr);
    });
}

void stack::answer(const path& to, sip::message&& m) {
    answer_at_once(to, std::move(m));
}

void stack::answer_at_once(const path& from, sip::message&& response) {
    const auto back = back_from(from, response);
    transmit_here(back, std::move(response), {});
}

path stack::back_from(const path& from, const sip::message& m) const {
    return way_back(from, m, [this](const path& p) { return gate_.trusts(p); });
}

void stack::add_via(sip::message& m, const path& to, const branch& b) const {
    std::string via = "SIP/2.0/";
    std::uint16_t port = settings_.tls_port;
    switch (to.kind) {
    case net::transport::udp:
        via += "UDP ";
        port = settings_.udp_port;
        break;
    case net::transport::tcp:
        via += "TCP ";
        port = settings_.tcp_port;
        break;
    case net::transport::tls:
        via += "TLS ";
        break;
    }
    via += settings_.gate.fqdn;
    via += ':';
    append_number(via, port);
    via += ";branch=";
    via += b.text();
    if (to.kind == net::transport::udp) via += ";rport"; // RFC 3581 3: answer to where it came from
    m.prepend(header::via, via);
}

void stack::note_received(sip::message& m, const path& from) const {
    const auto top = m.first(header::via);
    const auto via = sip::parse_via(top);
    if (!via) return;
    std::string noted(top);
    const auto source = from.peer.address.text();
    // RFC 3261 18.2.1; RFC 3581 4: with rport the port too, and received in any case.
    const bool asks_port = via->params.has("rport") && via->params.value_or("rport", {}).empty();
    if (asks_port) {
        std::string with_port;
        sip::params_view params = via->params;
        sip::params_view::parameter p;
        const auto params_at = top.find(';');
        with_port = std::string(top.substr(0, params_at));
        while (params.next(p)) {
            with_port += ';';
            with_port += p.name;
            if (iequals(p.name, "rport")) {
                with_port += '=';
                append_number(with_port, from.peer.port);
            } else if (p.has_value) {
                with_port.append("=").append(p.raw_value);
            }
        }
        noted = std::move(with_port);
    }
    if (asks_port || trim(via->host) != source) noted += ";received=" + source;
    if (from.kind != net::transport::udp) {
        // [MS-SIPRE] 2.2 (Via parameters): which port and which connection we saw.
        noted += ";ms-received-port=";
        append_number(noted, from.peer.port);
        noted += ";ms-received-cid=";
        noted += cid_of(from.flow);
    }
    m.replace_first(header::via, noted);
}

sip::message stack::response_for(const sip::message& request, int status, std::string_view reason) {
    auto r = sip::make_response(request, status, reason, shard_.random().hex(8));
    r.append(header::server, settings_.gate.product);
    // Whoever refuses without a reason of its own: still exactly one. digest MS-OCER 4 rule 1
    if (status >= 400)
        r.append(header::ms_diagnostics,
                 diagnostics::value(diagnostics::usual(status), settings_.gate.fqdn));
    return r;
}

sip::message stack::refusal_for(const sip::message& request, const diagnostics::refusal& why) {
    auto r = response_for(request, why.status);
    r.set(header::ms_diagnostics, diagnostics::value(why.id, settings_.gate.fqdn));
    return r;
}

// ---- what ends

void stack::on_closed(net::flow_id id, net::closed_why why) {
    log::write(log::level::debug,
               "sipstack",
               "flow_closed",
               {{"why", net::name(why)}, {"user", transport_.user(id)}});
    gate_.on_closed(id);
    std::vector<transaction_ref> callers;
    std::vector<std::uint64_t> answered; // and for nothing but an ACK they would wait
    if (servers_of_flow_.contains(id)) {
        for (const auto& [number, t] : servers_) {
            if (!t.is_invite || t.from.flow != id) continue;
            if (t.machine.state() == transaction::state::proceeding) {
                callers.push_back({(std::uint64_t{shard_.index()} << 48U) | number});
            } else {
                answered.push_back(number);
            }
        }
    }
    for (const auto number : answered)
        end_server(number);
    for (const auto ref : callers)
        requests_->on_caller_gone(ref);
    // A stranger who comes and goes costs the other shards nothing: nobody sends to such a
    // connection.
    const auto* facts = transport_.facts(id);
    const bool was_used =
        !transport_.user(id).empty() || facts == nullptr || facts->who == net::audience::trusted;
    if (!was_used) return;
    for (unsigned i = 0; i < all_.size(); ++i) {
        if (i == shard_.index()) {
            fail_clients_of(id);
        } else {
            shard_.deliver(i, [there = all_[i], id] { there->fail_clients_of(id); });
        }
    }
    flows_->on_flow_closed(id);
}

void stack::unless_open(net::flow_id flow, std::move_only_function<void()> gone) {
    if (flow.shard() >= all_.size()) return;
    shard_.deliver(flow.shard(),
                   [there = all_[flow.shard()],
                    flow,
                    back = shard_.index(),
                    gone = std::move(gone)]() mutable {
                       if (there->transport_.facts(flow) == nullptr)
                           there->shard_.deliver(back, std::move(gone));
                   });
}

void stack::fail_clients_of(net::flow_id flow) {
    std::vector<std::uint64_t> gone;
    for (const auto& [id, t] : clients_) {
        if (t.to.flow == flow && t.to.kind != net::transport::udp) gone.push_back(id);
    }
    for (const auto id : gone) {
        const auto it = clients_.find(id);
        if (it == clients_.end()) continue;
        transaction::actions todo;
        it->second.machine.on(transaction::transport_failed{}, shard_.clock().now(), todo);
        pursue(id, todo, nullptr);
    }
}

void stack::close(net::flow_id id, bool flush) {
    if (id.shard() == shard_.index()) {
        transport_.close(id, flush);
    } else if (id.shard() < all_.size()) {
        shard_.deliver(id.shard(), [there = all_[id.shard()], id, flush] {
            there->transport_.close(id, flush);
        });
    }
}

void stack::expel(const sip::aor& user) {
    gate_.expel(user);
}

void stack::on_wakeup(instant now) {
    while (const auto key = deadlines_.due(now)) {
        transaction::actions todo;
        switch (key->kind) {
        case transport::timer_kind:
            transport_.on_deadline(key->id, now);
            break;
        case gate::timer_kind:
            gate_.on_deadline(key->id, now);
            break;
        case sweep_timer:
            sweep(now);
            break;
        case server_timer:
            if (const auto it = servers_.find(key->id); it != servers_.end() &&
                                                        it->second.machine.deadline() <= now &&
                                                        it->second.machine.deadline()) {
                it->second.machine.on(transaction::tick{}, now, todo);
                serve(key->id, todo, nullptr);
            }
            break;
        case client_timer:
            if (const auto it = clients_.find(key->id); it != clients_.end() &&
                                                        it->second.machine.deadline() <= now &&
                                                        it->second.machine.deadline()) {
                it->second.machine.on(transaction::tick{}, now, todo);
                pursue(key->id, todo, nullptr);
            }
            break;
        default:
            if (const auto it = timers_.find(key->kind); it != timers_.end())
                it->second(key->id, now);
        }
    }
    if (const auto next = deadlines_.next()) shard_.wake_at(*next);
}

} // namespace lyceum::sipstack
