#include "roles/presence/rim/presence_rim.h"

#include "base/overloaded.h"
#include "protocol/sip/address.h"

namespace lyceum::roles::presence {
namespace {

/// How far ahead a timer is set at most.
constexpr auto farthest_timer = std::chrono::minutes(10);

sip::aor asker(const sipstack::incoming& in) {
    return in.user ? in.user->aor : sip::aor{};
}

/// An endpoint is called by its epid. [MS-SIPRE] 3.2
std::string endpoint_of(const sip::message& m) {
    const auto from = m.from();
    return from ? std::string(from->params.value_or("epid", {})) : std::string();
}

} // namespace

presence_rim::presence_rim(sipstack::stack& s,
                           sipstack::dispatch& d,
                           sipstack::subscriptions& subs,
                           const directory::snapshot& people,
                           store::contacts& contacts,
                           const settings& set)
    : stack_(s), subscriptions_(subs), people_(people), contacts_(contacts), settings_(set) {
    d.on_event("vnd-microsoft-roaming-self",
               [this](sipstack::incoming&& in) { on_own_subscribe(std::move(in), false); });
    d.on_event("vnd-microsoft-roaming-ACL",
               [this](sipstack::incoming&& in) { on_own_subscribe(std::move(in), true); });
    d.on_event("presence",
               [this](sipstack::incoming&& in) { on_presence_subscribe(std::move(in)); });
    d.on_service("application/msrtc-category-publish+xml", [this](sipstack::incoming&& in) {
        on_service<presentity::published>(std::move(in));
    });
    d.on_service("application/msrtc-setcontainermembers+xml", [this](sipstack::incoming&& in) {
        on_service<presentity::members_set>(std::move(in));
    });
    d.on_service("application/msrtc-presence-setsubscriber+xml", [this](sipstack::incoming&& in) {
        on_service<presentity::subscriber_acknowledged>(std::move(in));
    });
    s.on_timer(presentity_timer, [this](std::uint64_t id, instant) {
        const auto it = by_timer_.find(id);
        if (it == by_timer_.end()) return;
        const auto whose = it->second;
        by_timer_.erase(it);
        if (const auto found = persons_.find(whose); found != persons_.end()) {
            found->second.armed.reset();
            feed(whose, presentity::tick{});
        }
    });
    s.on_timer(batch_timer, [this](std::uint64_t id, instant) {
        const auto it = batches_.find(id);
        if (it == batches_.end()) return;
        it->second.armed.reset();
        feed(id, batch::tick{});
    });
}

moment presence_rim::now() const {
    return {stack_.shard().clock().now(), stack_.shard().clock().wall_now()};
}

std::uint64_t presence_rim::hold(sipstack::incoming&& in, subscription_id of) {
    const auto id = next_++;
    waiting_.emplace(id, waiting_request{std::move(in), of});
    return id;
}

std::optional<presence_rim::waiting_request> presence_rim::take(request_id id) {
    const auto it = waiting_.find(static_cast<std::uint64_t>(id));
    if (it == waiting_.end()) return std::nullopt;
    auto w = std::move(it->second);
    waiting_.erase(it);
    return w;
}

presence_rim::person& presence_rim::person_of(const sip::aor& whose) {
    const auto [it, fresh] =
        persons_.try_emplace(whose, person{presentity(whose, settings_), {}, {}});
    if (fresh) {
        // Nobody follows or watches yet: an introduction leads to no action.
        if (const auto who = people_.find(whose))
            (void)it->second.machine.on(presentity::introduced{*who}, now());
    }
    return it->second;
}

void presence_rim::on_own_subscribe(sipstack::incoming&& in, bool acl) {
    const auto whose = in.about;
    subscription_id subscription{};
    if (const auto known = subscriptions_.find(in.message)) {
        const auto it = follower_of_.find(static_cast<std::uint64_t>(*known));
        if (it != follower_of_.end()) subscription = it->second;
    } else if (sipstack::subscriptions::in_dialog(in.message)) {
        stack_.respond(
            in.transaction,
            stack_.refusal_for(in.message, {481, diagnostics::id::no_subscription_dialog}));
        return;
    }
    if (subscription == subscription_id{}) subscription = subscription_id{next_++};
    const auto from = asker(in);
    const auto endpoint = endpoint_of(in.message);
    const std::string body(in.message.body());
    const request_id request{hold(std::move(in), subscription)};
    if (acl) {
        feed(whose, presentity::acl_subscribed{request, subscription, endpoint, from});
    } else {
        feed(whose, presentity::self_subscribed{request, subscription, endpoint, from, body});
    }
}

template <class Event>
void presence_rim::on_service(sipstack::incoming&& in) {
    const auto whose = in.about;
    Event e;
    e.from = asker(in);
    e.endpoint = endpoint_of(in.message);
    e.body = std::string(in.message.body());
    e.request = request_id{hold(std::move(in))};
    feed(whose, e);
}

void presence_rim::feed(const sip::aor& whose, const presentity::event& e) {
    auto& p = person_of(whose);
    for (const auto& a : p.machine.on(e, now())) {
        std::visit(overloaded{
                       [&](const presentity::accept& x) { accept(whose, x); },
                       [&](const presentity::refuse& x) { refuse(x); },
                       [&](const presentity::notify& n) {
                           for (const auto id : n.to) {
                               const auto it = p.followers.find(id);
                               if (it != p.followers.end())
                                   subscriptions_.notify(it->second, {n.content_type, n.body});
                           }
                       },
                       [&](const presentity::show& s) {
                           for (const auto id : s.to) {
                               const auto it = p.watches.find(id);
                               if (it == p.watches.end()) continue;
                               at(it->second.shard,
                                  [batch = it->second.batch, whose, document = s.document](
                                      presence_rim& there) {
                                      there.feed(batch, batch::seen{whose, document});
                                  });
                           }
                       },
                       [&](const presentity::decline& d) {
                           const auto it = p.watches.find(d.watch);
                           if (it == p.watches.end()) return;
                           at(it->second.shard,
                              [batch = it->second.batch, whose](presence_rim& there) {
                                  there.feed(batch, batch::unseen{whose});
                              });
                           p.watches.erase(it);
                       },
                   },
                   a);
    }
    arm(whose, p);
}

void presence_rim::accept(const sip::aor& whose, const presentity::accept& x) {
    auto w = take(x.request);
    if (!w) return;
    if (w->in.message.method_id() != sip::method::subscribe) {
        auto r = stack_.response_for(w->in.message, 200);
        if (!x.body.empty()) r.set_body(x.content_type, x.body);
        stack_.respond(w->in.transaction, std::move(r));
        return;
    }
    const subscription::document state{x.content_type, x.body};
    if (const auto known = subscriptions_.find(w->in.message)) {
        subscriptions_.refresh(*known, w->in, state);
        return;
    }
    const auto follower = w->subscription;
    const auto made = subscriptions_.accept(
        w->in, state, [this, whose, follower](sipstack::subscription_id gone) {
            follower_of_.erase(static_cast<std::uint64_t>(gone));
            const auto it = persons_.find(whose);
            if (it == persons_.end()) return; // forgotten
            it->second.followers.erase(follower);
            feed(whose, presentity::self_unsubscribed{follower});
        });
    if (made) {
        person_of(whose).followers.insert_or_assign(follower, *made);
        follower_of_.insert_or_assign(static_cast<std::uint64_t>(*made), follower);
    } else {
        feed(whose, presentity::self_unsubscribed{follower}); // a fetch: over already
    }
}

void presence_rim::refuse(const presentity::refuse& x) {
    const auto w = take(x.request);
    if (!w) return;
    auto r = stack_.refusal_for(w->in.message, x.why);
    if (!x.body.empty()) r.set_body(x.content_type, x.body);
    stack_.respond(w->in.transaction, std::move(r));
}

void presence_rim::watched(const sip::aor& whom, presentity::watched e, watch_of back) {
    if (!people_.find(whom)) {
        at(back.shard, [batch = back.batch, whom](presence_rim& there) {
            there.feed(batch, batch::unseen{whom});
        });
        return;
    }
    person_of(whom).watches.insert_or_assign(e.watch, back);
    if (!e.context) {
        feed(whom, e);
        return;
    }
    // Whether the user is to be asked about the watcher depends on the user's own list, which lies
    // in the store.
    auto known = std::make_shared<bool>(false);
    const std::string watcher(e.who.who.without_scheme());
    const bool taken = stack_.shard().offload(
        [&contacts = contacts_, whom, watcher, known] {
            const auto list = contacts.load(whom);
            *known = list && std::ranges::any_of(list->contacts,
                                                 [&](const auto& c) { return c.uri == watcher; });
        },
        [this, whom, e, known]() mutable {
            e.is_contact = *known;
            if (people_.find(whom)) feed(whom, e);
        });
    if (!taken) feed(whom, e);
}

void presence_rim::unwatched(const sip::aor& whom, watch_id id) {
    const auto it = persons_.find(whom);
    if (it == persons_.end() || it->second.watches.erase(id) == 0) return;
    feed(whom, presentity::unwatched{id});
}

void presence_rim::on_endpoint_started(const sip::aor& whose, const std::string& endpoint) {
    if (!endpoint.empty()) feed(whose, presentity::endpoint_started{endpoint});
}

void presence_rim::on_endpoint_ended(const sip::aor& whose, const std::string& endpoint) {
    if (!endpoint.empty() && persons_.contains(whose))
        feed(whose, presentity::endpoint_ended{endpoint});
}

void presence_rim::on_person_changed(const people::user& who) {
    if (persons_.contains(who.aor)) feed(who.aor, presentity::introduced{who});
}

void presence_rim::forget(const sip::aor& whose) {
    const auto it = persons_.find(whose);
    if (it == persons_.end()) return;
    const auto gone = std::move(it->second);
    persons_.erase(it);
    for (const auto& [follower, id] : gone.followers)
        subscriptions_.end(id, subscription::reason::noresource);
    for (const auto& [watch, back] : gone.watches) {
        at(back.shard, [batch = back.batch, whose](presence_rim& there) {
            there.feed(batch, batch::unseen{whose});
        });
    }
}

void presence_rim::arm(const sip::aor& whose, person& p) {
    const auto when = p.machine.deadline();
    if (!when || (p.armed && *p.armed <= *when)) return;
    // A far moment is looked at again on the way there: many far ones would pile up.
    const auto soon = std::min(*when, stack_.shard().clock().now() + farthest_timer);
    if (p.armed && *p.armed <= soon) return;
    p.armed = soon;
    const auto id = next_++;
    by_timer_.emplace(id, whose);
    stack_.deadlines().arm({presentity_timer, id}, soon);
}

} // namespace lyceum::roles::presence
