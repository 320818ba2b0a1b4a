#include "sipstack/proxy/proxy.h"

#include "base/overloaded.h"
#include "machines/dialog/dialog.h"
#include "protocol/sip/address.h"

#include <ranges>

namespace lyceum::sipstack {

using sip::header;
namespace rc = response_context;

namespace {

/// Who answers writes what it likes, and what we pass on the caller believes: it has to find its
/// own request in the answer, and no other one's. RFC 3261 8.2.6.2
void make_answer_of(const sip::message& request, sip::message& response) {
    for (const auto h : {header::from, header::call_id, header::cseq}) {
        if (response.value(h) != request.value(h) ||
            std::ranges::count(response.fields(), h, &sip::message::field::id) != 1)
            response.set(h, request.value(h));
    }
    const auto asked = request.to();
    const auto to = response.to();
    if (asked && (!to || to->uri != asked->uri)) {
        std::string whole(request.value(header::to));
        const auto tag = to ? to->params.value_or("tag", {}) : std::string_view{};
        if (request.to_tag().empty() && !tag.empty()) whole.append(";tag=").append(tag);
        response.set(header::to, whole);
    }
    const auto lines_of = [](const sip::message& m) {
        return m.fields() | std::views::filter([](const auto& f) { return f.id == header::via; }) |
               std::views::transform([&m](const auto& f) { return m.value(f); });
    };
    if (std::ranges::equal(lines_of(response), lines_of(request))) return;
    const auto vias = request.values(header::via);
    if (response.values(header::via) == vias) return;
    response.remove(header::via);
    for (auto it = vias.rbegin(); it != vias.rend(); ++it)
        response.prepend(header::via, *it);
}

/// What a strict router expects: its own address in the Request-URI, the target at the end of the
/// route. RFC 3261 16.6 step 6
void suit_strict_router(sip::message& m) {
    if (!m.has(header::route)) return;
    const auto next = sip::parse_address(m.first(header::route));
    const auto uri = next ? sip::parse_uri(next->uri) : std::unexpected(next.error());
    if (!uri || uri->params.has("lr")) return;
    const std::string router(next->uri);
    m.append(header::route, "<" + std::string(m.uri()) + ">");
    m.remove_first(header::route);
    m.set_uri(router);
}

/// Why the house itself cancels a branch. RFC 3326 2, 3.1
std::string reason_of(int cause) {
    const auto text = cause / 100 == 2 ? "Call completed elsewhere" : sip::reason_phrase(cause);
    return "SIP;cause=" + std::to_string(cause) + ";text=\"" + std::string(text) + "\"";
}

/// The same for clients. [MS-OCER] 2.2.1.1 allows it in CANCEL and BYE; assumed: which number, for
/// the tables of its sections 7 and 8 have these for responses.
diagnostics::id diagnosis_of(int cause) {
    return cause == 408 ? diagnostics::id::no_final_response : diagnostics::id::branches_cancelled;
}

} // namespace

proxy::proxy(stack& s, const proxy_settings& settings)
    : stack_(s), settings_(settings),
      open_(s.shard().metrics().make_gauge("lyceum_sipstack_response_contexts",
                                           "Requests being carried")),
      late_(s.shard().metrics().make_counter(
          "lyceum_sipstack_late_2xx_total",
          "2xx of losing branches, acknowledged and ended by us")) {
    s.on_timer(timer_kind, [this](std::uint64_t id, instant now) {
        const auto it = contexts_.find(id);
        if (it == contexts_.end()) return;
        it->second.timer.rang(now);
        const auto when = it->second.machine.deadline();
        if (when && *when <= now) {
            feed(id, rc::tick{});
        } else {
            it->second.timer.set(stack_.deadlines(), {timer_kind, id}, when);
        }
    });
}

std::string proxy::route_of(net::transport t, bool secure) const {
    const auto& s = stack_.settings();
    // RFC 3261 16.6 step 4. assumed: who asks for a SIPS URI over anything else finds us over that.
    const bool sips = secure && t == net::transport::tls;
    std::string out = (sips ? "<sips:" : "<sip:") + s.gate.fqdn + ":";
    switch (t) {
    case net::transport::tls:
        out += std::to_string(s.tls_port) + ";transport=tls";
        break;
    case net::transport::tcp:
        out += std::to_string(s.tcp_port) + ";transport=tcp";
        break;
    case net::transport::udp:
        out += std::to_string(s.udp_port);
        break;
    }
    return out + ";lr>";
}

void proxy::add_record_route(sip::message& m, const carried& c, net::transport leaves_over) const {
    // Each side must find us over its own transport: one value each where they differ. RFC 5658 3.2
    m.prepend(header::record_route, route_of(c.came_over, c.secure));
    if (c.came_over != leaves_over)
        m.prepend(header::record_route, route_of(leaves_over, c.secure));
}

void proxy::start(proxy_request&& job) {
    for (auto& t : job.targets)
        sip::make_request_uri(t.uri); // RFC 3261 16.6 step 2
    if (!job.in.transaction) {        // the ACK of a 2xx: nothing comes back. RFC 3261 13.2.2.4
        for (const auto& t : job.targets) {
            auto m = job.in.message;
            m.set_uri(t.uri);
            suit_strict_router(m);
            stack_.send_stateless(std::move(m), way_of(t), {job.in.likeness, {}, t.on_account_of});
        }
        return;
    }
    rc::settings s;
    s.is_invite = job.in.message.method_id() == sip::method::invite;
    s.single_final = job.single_final;
    s.caller_may_miss = !net::is_reliable(job.in.from.kind);
    s.failover = job.failover;
    s.timer_c = settings_.timer_c;
    s.cancel_patience = settings_.cancel_patience;
    const auto id = next_id_++;
    rc::started begin;
    for (std::size_t i = 0; i < job.targets.size(); ++i)
        begin.targets.push_back({i, job.targets[i].q});
    by_server_.emplace(job.in.transaction.value, id);
    contexts_.emplace(id,
                      carried{rc::context(s),
                              std::move(job.in.message),
                              job.in.transaction,
                              job.in.from.kind,
                              job.record_route,
                              job.secure,
                              job.failover,
                              std::move(job.targets),
                              {},
                              job.in.likeness});
    open_.set(static_cast<std::int64_t>(contexts_.size()));
    feed(id, std::move(begin));
}

void proxy::feed(std::uint64_t id, rc::event&& e) {
    const auto it = contexts_.find(id);
    if (it == contexts_.end()) return;
    rc::actions todo = std::move(spare_); // an action may lead back here: each call has its own
    todo.clear();
    it->second.machine.on(std::move(e), stack_.shard().clock().now(), todo);
    it->second.timer.set(stack_.deadlines(), {timer_kind, id}, it->second.machine.deadline());
    carry_out(id, std::move(todo));
}

void proxy::carry_out(std::uint64_t id, rc::actions&& todo) {
    for (auto& a : todo) {
        const auto it = contexts_.find(id);
        if (it == contexts_.end()) return;
        auto& c = it->second;
        std::visit(
            overloaded{
                [&](const rc::forward& f) { forward(id, c, f); },
                [&](const rc::cancel& x) {
                    const auto client = c.branches[x.branch].client;
                    if (x.cause == 0) {
                        stack_.cancel(client, c.cancel_reasons);
                    } else {
                        stack_.cancel(client, {reason_of(x.cause)}, diagnosis_of(x.cause));
                    }
                },
                [&](rc::relay& r) { stack_.respond(c.server, std::move(r.response)); },
                [&](const rc::respond& r) {
                    const auto why = r.status == 487 ? diagnostics::id::no_final_response
                                                     : diagnostics::id::no_suitable_response;
                    stack_.respond(c.server, stack_.refusal_for(c.request, {r.status, why}));
                },
                [&](const rc::acknowledge_and_bye& b) {
                    late_.add();
                    acknowledge(c, b.branch, b.response, true);
                },
                [&](const rc::acknowledge& b) { acknowledge(c, b.branch, b.response, false); },
                [&](const rc::drop_branch& d) { stack_.forget(c.branches[d.branch].client); },
                [&](const rc::finished&) {
                    by_server_.erase(c.server.value);
                    contexts_.erase(it);
                    open_.set(static_cast<std::int64_t>(contexts_.size()));
                },
            },
            a);
    }
    todo.clear();
    spare_ = std::move(todo);
}

path proxy::way_of(const proxy_target& t) const {
    if (!t.reach) return t.way;
    // Who answered for it may have gone from the list while it waited for its turn.
    const auto& whose = t.on_account_of;
    if (!whose.host.empty() && !stack_.gate_keeper().honours(whose))
        return {t.reach->kind, {}, t.reach->peer};
    return stack_.reach(t.reach->kind, t.reach->peer, t.reach->tls_name, whose);
}

void proxy::tell_unreachable(std::uint64_t token) const {
    const auto it = contexts_.find(token >> 16U);
    if (it == contexts_.end() || !unreachable_) return;
    const auto& c = it->second;
    if (!c.failover) return; // a user's phone, which is no other host's place
    const auto& reach = c.targets[c.branches[token & 0xFFFFU].target].reach;
    if (reach) unreachable_(*reach);
}

void proxy::forward(std::uint64_t id, carried& c, const rc::forward& f) {
    const auto& target = c.targets[f.target];
    auto m = c.request;
    m.set_uri(target.uri);
    suit_strict_router(m);
    const auto way = way_of(target);
    if (c.record_route) add_record_route(m, c, way.kind);
    if (c.branches.size() <= f.branch) c.branches.resize(f.branch + 1);
    c.branches[f.branch].target = f.target;
    c.branches[f.branch].way = way;
    // 2^16 branches and 2^48 contexts are enough for the token.
    // [MS-SIPRE] (Via parameters), digest MS-SIPRE 4 rule 7
    const bool forked = c.targets.size() > 1 && !c.failover;
    c.branches[f.branch].client = stack_.send(
        std::move(m),
        way,
        this,
        (id << 16U) | f.branch,
        {c.likeness, forked ? ";branched=TRUE" : ";branched=FALSE", target.on_account_of});
}

void proxy::on_response(std::uint64_t token, transaction_ref, sip::message&& m) {
    const auto it = contexts_.find(token >> 16U);
    if (it == contexts_.end()) return;
    m.remove_first(header::via); // RFC 3261 16.7 step 3
    make_answer_of(it->second.request, m);
    // What the client signed it with, and what only the first hop may say, goes no further.
    m.remove(header::authorization);
    m.remove(header::proxy_authorization);
    m.remove(header::ms_keep_alive);
    if (m.status() == 503) tell_unreachable(token);
    feed(token >> 16U, rc::responded{static_cast<rc::branch_id>(token & 0xFFFFU), std::move(m)});
}

void proxy::on_failure(std::uint64_t token, transaction_ref, send_failure why) {
    tell_unreachable(token);
    feed(token >> 16U,
         rc::branch_failed{static_cast<rc::branch_id>(token & 0xFFFFU),
                           why == send_failure::timeout ? rc::failure::timeout
                                                        : rc::failure::transport});
}

std::size_t proxy::unanswered() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        contexts_, [](const auto& c) { return c.second.machine.pending() != 0; }));
}

void proxy::cancel(transaction_ref invite, std::vector<std::string> reasons) {
    const auto it = by_server_.find(invite.value);
    if (it == by_server_.end()) return;
    contexts_.at(it->second).cancel_reasons = std::move(reasons);
    feed(it->second, rc::cancelled{});
}

void proxy::acknowledge(const carried& c, rc::branch_id b, const sip::message& response, bool end) {
    const auto& way = c.branches[b].way;
    const relay_marks marks{.on_account_of = c.targets[c.branches[b].target].on_account_of};
    auto sent = c.request;
    if (c.record_route) add_record_route(sent, c, way.kind); // ours lie behind us
    auto d = dialog::dialog::as_uac(sent, response, way.kind == net::transport::tls);
    if (!d) return; // no Contact, or no route: there is nobody to end it with
    stack_.send_stateless(d->make_ack_for_2xx(), way, marks);
    if (!end) return;
    auto bye = d->make_bye();
    bye.append(header::reason, reason_of(200));
    bye.append(header::ms_diagnostics,
               diagnostics::value(diagnostics::id::late_answer_ended, stack_.settings().gate.fqdn));
    stack_.send(std::move(bye), way, nullptr, 0, marks);
}

} // namespace lyceum::sipstack
