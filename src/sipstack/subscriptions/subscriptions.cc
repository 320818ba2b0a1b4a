#include "sipstack/subscriptions/subscriptions.h"

namespace lyceum::sipstack {

using sip::header;

subscriptions::subscriptions(stack& s,
                             const subscription::settings& settings,
                             const subscription_limits& limits)
    : stack_(s), settings_(settings), limits_(limits),
      open_(
          s.shard().metrics().make_gauge("lyceum_sipstack_subscriptions", "Subscriptions served")),
      notified_(s.shard().metrics().make_counter("lyceum_sipstack_notifications_total",
                                                 "NOTIFY and BENOTIFY sent")),
      refused_(s.shard().metrics().make_counter("lyceum_sipstack_subscriptions_refused_total",
                                                "Subscriptions refused because the subscriber has "
                                                "too many")) {
    s.on_timer(timer_kind, [this](std::uint64_t id, instant now) {
        const auto it = live_.find(id);
        if (it == live_.end()) return;
        it->second.timer.rang(now);
        if (auto last = it->second.machine.tick(now)) send(id, it->second, *std::move(last));
        if (it->second.machine.is_over()) {
            forget(id);
        } else {
            arm(id, it->second);
        }
    });
}

std::optional<subscription_id> subscriptions::find(const sip::message& subscribe) const {
    const auto it = by_dialog_.find(dialog::id_of_received(subscribe));
    return it == by_dialog_.end() ? std::nullopt : std::optional(subscription_id{it->second});
}

sip::message subscriptions::answer_to(const sip::message& subscribe, const extra& more) const {
    auto r = stack_.response_for(subscribe, 200);
    for (const auto route : subscribe.values(header::record_route))
        r.append(header::record_route, route); // RFC 3261 12.1.1
    const auto& s = stack_.settings();
    r.append(header::contact,
             "<sip:" + s.gate.fqdn + ":" + std::to_string(s.tls_port) + ";transport=tls>");
    for (const auto& [h, value] : more)
        r.append(h, value);
    return r;
}

void subscriptions::refuse(const incoming& in, const sip::refusal& why) {
    auto r = stack_.response_for(in.message, why.status, why.reason);
    if (why.status == 423) // RFC 6665 4.2.1.1
        r.append(header::min_expires, std::to_string(settings_.shortest.count()));
    stack_.respond(in.transaction, std::move(r));
}

std::optional<subscription_id> subscriptions::accept(const incoming& in,
                                                     std::optional<subscription::document> state,
                                                     farewell gone,
                                                     const extra& more) {
    if (has_too_many(in)) {
        refused_.add();
        stack_.respond(
            in.transaction,
            stack_.refusal_for(in.message,
                               diagnostics::refuse(diagnostics::id::category_subscription_limit)));
        return std::nullopt;
    }
    const auto now = stack_.shard().clock().now();
    auto response = answer_to(in.message, more);
    auto made = subscription::notifier::accept(
        in.message, response, state, settings_, in.from.kind == net::transport::tls, now);
    if (!made) {
        refuse(in, made.error());
        return std::nullopt;
    }
    stack_.respond(in.transaction, std::move(response));
    const auto id = next_id_++;
    auto& s =
        live_.emplace(id, live{*std::move(made), in.from, std::move(gone), in.user}).first->second;
    by_dialog_.emplace(s.machine.of().id(), id);
    if (s.way.kind != net::transport::udp) by_flow_.add(s.way.flow, id);
    if (s.user) ++of_user_[s.user->aor];
    open_.set(static_cast<std::int64_t>(live_.size()));
    if (s.machine.owes_notification() && !s.machine.is_over())
        send(id, s, s.machine.notify(state, now));
    if (s.machine.is_over()) {
        s.gone = nullptr; // its owner never heard of it
        forget(id);
        return std::nullopt;
    }
    arm(id, s);
    mind(in.from);
    return subscription_id{id};
}

bool subscriptions::has_too_many(const incoming& in) const {
    if (!in.user) return false;
    const auto n = of_user_.find(in.user->aor);
    return (n != of_user_.end() && n->second >= limits_.per_user) ||
           by_flow_.count(in.from.flow) >= limits_.per_connection;
}

void subscriptions::refresh(subscription_id which,
                            const incoming& in,
                            std::optional<subscription::document> state,
                            const extra& more) {
    const auto id = static_cast<std::uint64_t>(which);
    const auto it = live_.find(id);
    if (it == live_.end()) {
        stack_.respond(
            in.transaction,
            stack_.refusal_for(in.message, {481, diagnostics::id::no_subscription_dialog}));
        return;
    }
    auto& s = it->second;
    const auto now = stack_.shard().clock().now();
    auto response = answer_to(in.message, more);
    by_flow_.remove(s.way.flow, id);
    s.way = in.from; // the client may have come back over another connection
    if (s.way.kind != net::transport::udp) by_flow_.add(s.way.flow, id);
    if (const auto refused = s.machine.refresh(in.message, response, state, now)) {
        refuse(in, *refused);
        return;
    }
    stack_.respond(in.transaction, std::move(response));
    if (s.machine.owes_notification() && !s.machine.is_over())
        send(id, s, s.machine.notify(state, now));
    if (s.machine.is_over()) {
        forget(id);
    } else {
        arm(id, s);
        mind(in.from);
    }
}

void subscriptions::send(std::uint64_t id, live& s, sip::message&& m) {
    notified_.add();
    const auto& settings = stack_.settings();
    m.append(header::contact,
             "<sip:" + settings.gate.fqdn + ":" + std::to_string(settings.tls_port) +
                 ";transport=tls>");
    if (s.machine.is_best_effort()) {
        stack_.send_stateless(std::move(m), s.way);
    } else {
        stack_.send(std::move(m), s.way, this, id);
    }
}

void subscriptions::notify(subscription_id which, subscription::document state) {
    const auto id = static_cast<std::uint64_t>(which);
    const auto it = live_.find(id);
    if (it == live_.end() || it->second.machine.is_over()) return;
    send(id, it->second, it->second.machine.notify(state, stack_.shard().clock().now()));
    arm(id, it->second);
}

void subscriptions::end(subscription_id which, subscription::reason why) {
    const auto id = static_cast<std::uint64_t>(which);
    const auto it = live_.find(id);
    if (it == live_.end()) return;
    if (!it->second.machine.is_over())
        send(id, it->second, it->second.machine.end(why, std::nullopt));
    forget(id);
}

void subscriptions::mind(const path& way) {
    // The request may have waited (for the store, for other users) while its connection ended.
    if (way.kind == net::transport::udp) return;
    stack_.unless_open(way.flow, [this, flow = way.flow] { on_flow_closed(flow); });
}

void subscriptions::on_flow_closed(net::flow_id flow) {
    for (const auto id : by_flow_.of(flow))
        forget(id);
}

void subscriptions::arm(std::uint64_t id, live& s) {
    s.timer.set(stack_.deadlines(), {timer_kind, id}, s.machine.deadline());
}

void subscriptions::forget(std::uint64_t id) {
    const auto it = live_.find(id);
    if (it == live_.end()) return;
    by_dialog_.erase(it->second.machine.of().id());
    by_flow_.remove(it->second.way.flow, id);
    if (const auto& user = it->second.user) {
        const auto n = of_user_.find(user->aor);
        if (--n->second == 0) of_user_.erase(n);
    }
    auto gone = std::move(it->second.gone);
    live_.erase(it);
    open_.set(static_cast<std::int64_t>(live_.size()));
    if (gone) gone(subscription_id{id});
}

void subscriptions::on_response(std::uint64_t id, transaction_ref, sip::message&& m) {
    const auto it = live_.find(id);
    if (it == live_.end() || m.status() < 200) return;
    it->second.machine.answered(m);
    if (it->second.machine.is_over()) forget(id);
}

void subscriptions::on_failure(std::uint64_t id, transaction_ref, send_failure) {
    const auto it = live_.find(id);
    if (it == live_.end()) return;
    it->second.machine.timed_out();
    if (it->second.machine.is_over()) forget(id);
}

} // namespace lyceum::sipstack
