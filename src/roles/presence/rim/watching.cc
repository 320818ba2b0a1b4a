#include "base/overloaded.h"
#include "roles/presence/rim/presence_rim.h"

namespace lyceum::roles::presence {

using sip::header;

void presence_rim::on_presence_subscribe(sipstack::incoming&& in) {
    const auto known = subscriptions_.find(in.message);
    if (!known && sipstack::subscriptions::in_dialog(in.message)) {
        stack_.respond(
            in.transaction,
            stack_.refusal_for(in.message, {481, diagnostics::id::no_subscription_dialog}));
        return;
    }
    // One subscription for all, addressed to oneself; plain presence of one other user is not
    // served yet. digest MS-PRES 3.11, docs/roles/presence.md
    if (!in.user || in.about != in.user->aor ||
        (!known && !in.message.lists(header::require, "adhoclist"))) {
        stack_.respond(in.transaction,
                       stack_.refusal_for(in.message, {421, diagnostics::id::categories_required}));
        return;
    }
    const std::string body(in.message.body());
    const auto from = in.user->aor;
    std::uint64_t id = 0;
    if (known) {
        const auto it = batch_of_.find(static_cast<std::uint64_t>(*known));
        if (it == batch_of_.end()) {
            stack_.respond(
                in.transaction,
                stack_.refusal_for(in.message, {481, diagnostics::id::no_subscription_dialog}));
            return;
        }
        id = it->second;
    } else {
        id = next_++;
        batches_.emplace(id, watching{batch(from, settings_), from});
    }
    const request_id request{hold(std::move(in))};
    feed(id, batch::subscribed{request, from, body});
}

void presence_rim::feed(std::uint64_t id, const batch::event& e) {
    const auto found = batches_.find(id);
    if (found == batches_.end()) return;
    for (const auto& a : found->second.machine.on(e, stack_.shard().clock().now())) {
        const auto it = batches_.find(id); // an action may have ended it
        if (it == batches_.end()) return;
        std::visit(
            overloaded{
                [&](const batch::watch& w) { watch(id, w); },
                [&](const batch::unwatch& u) { unwatch(id, u.who); },
                [&](const batch::accept& x) { accept(id, x); },
                [&](const batch::refuse& x) {
                    const auto w = take(x.request);
                    if (w)
                        stack_.respond(w->in.transaction, stack_.refusal_for(w->in.message, x.why));
                    if (!it->second.subscription) batches_.erase(it);
                },
                [&](const batch::notify& n) {
                    if (it->second.subscription)
                        subscriptions_.notify(*it->second.subscription, {n.content_type, n.body});
                },
            },
            a);
    }
    if (const auto it = batches_.find(id); it != batches_.end()) arm(id, it->second);
}

void presence_rim::accept(std::uint64_t id, const batch::accept& x) {
    auto w = take(x.request);
    if (!w) return;
    auto& b = batches_.at(id);
    const subscription::document state{x.content_type, x.body};
    const sipstack::subscriptions::extra list{{header::require, "eventlist"}}; // RFC 4662 4.2
    if (b.subscription) {
        subscriptions_.refresh(*b.subscription, w->in, state, list);
        return;
    }
    b.subscription = subscriptions_.accept(
        w->in,
        state,
        [this, id](sipstack::subscription_id gone) {
            batch_of_.erase(static_cast<std::uint64_t>(gone));
            feed(id, batch::ended{});
            batches_.erase(id);
        },
        list);
    if (b.subscription) {
        batch_of_.insert_or_assign(static_cast<std::uint64_t>(*b.subscription), id);
    } else {
        feed(id, batch::ended{}); // a poll: over already
        batches_.erase(id);
    }
}

void presence_rim::watch(std::uint64_t id, const batch::watch& w) {
    auto& b = batches_.at(id);
    const auto shard = stack_.shard().index();
    const auto [it, fresh] =
        b.watches.try_emplace(w.who, watch_id{(std::uint64_t{shard} << 48U) | next_});
    if (fresh) ++next_;
    presentity::watched e;
    e.watch = it->second;
    e.who = {b.watcher, network::same_enterprise};
    if (const auto who = people_.find(b.watcher)) e.display_name = who->display_name;
    e.categories = w.categories;
    e.context = w.context;
    if (!people_.find(w.who)) {
        // Nobody of ours, and no federation yet: answered like one who does not exist.
        stack_.shard().post(shard, [this, id, who = w.who] { feed(id, batch::unseen{who}); });
        return;
    }
    at(home_of(w.who), [whom = w.who, e, back = watch_of{shard, id}](presence_rim& there) {
        there.watched(whom, e, back);
    });
}

void presence_rim::unwatch(std::uint64_t id, const sip::aor& who) {
    auto& b = batches_.at(id);
    const auto it = b.watches.find(who);
    if (it == b.watches.end()) return;
    at(home_of(who),
       [who, watch = it->second](presence_rim& there) { there.unwatched(who, watch); });
    b.watches.erase(it);
}

void presence_rim::arm(std::uint64_t id, watching& b) {
    const auto when = b.machine.deadline();
    if (!when || (b.armed && *b.armed <= *when)) return;
    b.armed = when;
    stack_.deadlines().arm({batch_timer, id}, *when);
}

} // namespace lyceum::roles::presence
