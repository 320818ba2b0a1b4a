#include "roles/contacts/rim/contacts_rim.h"

#include "base/overloaded.h"
#include "protocol/conmgmt/contact_list.h"
#include "protocol/sip/address.h"
#include "protocol/soap/soap.h"

namespace lyceum::roles::contacts {

using sip::header;

contacts_rim::contacts_rim(sipstack::stack& s,
                           sipstack::dispatch& d,
                           sipstack::subscriptions& subs,
                           store::contacts& store,
                           const settings& set)
    : stack_(s), subscriptions_(subs), store_(store), settings_(set) {
    d.on_event(std::string(conmgmt::event),
               [this](sipstack::incoming&& in) { on_subscribe(std::move(in)); });
    d.on_service("application/soap+xml",
                 [this](sipstack::incoming&& in) { on_soap(std::move(in)); });
}

contacts_rim::user& contacts_rim::list_of(const sip::aor& whose) {
    return users_.try_emplace(whose, user{roaming_list(whose, settings_), {}}).first->second;
}

std::optional<sipstack::incoming> contacts_rim::take(request_id id) {
    const auto it = waiting_.find(static_cast<std::uint64_t>(id));
    if (it == waiting_.end()) return std::nullopt;
    auto in = std::move(it->second);
    waiting_.erase(it);
    return in;
}

void contacts_rim::on_subscribe(sipstack::incoming&& in) {
    const auto whose = in.about;
    const roaming_list::subscribed e{request_id{next_request_++},
                                     in.user ? in.user->aor : sip::aor{}};
    waiting_.emplace(static_cast<std::uint64_t>(e.request), std::move(in));
    feed(whose, e);
}

void contacts_rim::on_soap(sipstack::incoming&& in) {
    const auto whose = in.about;
    const roaming_list::soap_received e{request_id{next_request_++},
                                        in.user ? in.user->aor : sip::aor{},
                                        std::string(in.message.body())};
    waiting_.emplace(static_cast<std::uint64_t>(e.request), std::move(in));
    feed(whose, e);
}

void contacts_rim::feed(const sip::aor& whose, const roaming_list::event& e) {
    for (auto& a : list_of(whose).machine.on(e)) {
        auto& u = list_of(whose); // an action may end subscriptions, and their end is told to us
        std::visit(
            overloaded{
                [&](const roaming_list::load_contacts&) { load(whose); },
                [&](roaming_list::apply_change& c) { apply(whose, std::move(c)); },
                [&](const roaming_list::accept& x) {
                    const auto in = take(x.request);
                    if (!in) return;
                    const subscription::document state{conmgmt::content_type, x.body};
                    if (const auto known = subscriptions_.find(in->message)) {
                        subscriptions_.refresh(*known, *in, state);
                    } else if (sipstack::subscriptions::in_dialog(in->message)) {
                        stack_.respond(
                            in->transaction,
                            stack_.refusal_for(in->message,
                                               {481, diagnostics::id::no_subscription_dialog}));
                    } else if (const auto made = subscriptions_.accept(
                                   *in, state, [this, whose](sipstack::subscription_id gone) {
                                       const auto it = users_.find(whose);
                                       if (it == users_.end()) return;
                                       it->second.subscribers.erase(gone);
                                       // Later: this may be said in the midst of feed().
                                       stack_.shard().deliver(stack_.shard().index(),
                                                              [this, whose] { tidy(whose); });
                                   })) {
                        u.subscribers.insert(*made);
                    }
                },
                [&](const roaming_list::reply& x) {
                    const auto in = take(x.request);
                    if (!in) return;
                    auto r = stack_.response_for(in->message, 200);
                    if (!x.body.empty()) r.set_body(soap::content_type, x.body);
                    stack_.respond(in->transaction, std::move(r));
                },
                [&](const roaming_list::refuse& x) {
                    const auto in = take(x.request);
                    if (!in) return;
                    auto r = stack_.refusal_for(in->message, x.why);
                    if (x.retry_after)
                        r.append(header::retry_after, std::to_string(x.retry_after->count()));
                    if (!x.body.empty()) r.set_body(soap::content_type, x.body);
                    stack_.respond(in->transaction, std::move(r));
                },
                [&](const roaming_list::notify& n) {
                    const auto subscribers = u.subscribers;
                    for (const auto id : subscribers)
                        subscriptions_.notify(id, {conmgmt::content_type, n.body});
                },
            },
            a);
    }
    tidy(whose);
}

void contacts_rim::tidy(const sip::aor& whose) {
    const auto it = users_.find(whose);
    if (it != users_.end() && it->second.subscribers.empty() && it->second.machine.idle())
        users_.erase(it);
}

void contacts_rim::store_is_busy(const sip::aor& whose) {
    stack_.shard().deliver(stack_.shard().index(), [this, whose] {
        feed(whose,
             roaming_list::store_failed{{"the store's queue is full", std::chrono::seconds(10)}});
    });
}

void contacts_rim::load(const sip::aor& whose) {
    auto list = std::make_shared<store::stored<people::contact_list>>();
    const bool taken =
        stack_.shard().offload([&s = store_, whose, list] { *list = s.load(whose); },
                               [this, whose, list] {
                                   if (*list) {
                                       feed(whose, roaming_list::loaded{std::move(**list)});
                                   } else {
                                       feed(whose, roaming_list::store_failed{list->error()});
                                   }
                               });
    if (!taken) store_is_busy(whose);
}

void contacts_rim::apply(const sip::aor& whose, roaming_list::apply_change&& c) {
    struct outcome {
        store::stored<people::contact_outcome> what;
        store::stored<people::contact_list> list;
    };
    auto done = std::make_shared<outcome>();
    const bool taken = stack_.shard().offload(
        [&s = store_, whose, c = std::move(c), done] {
            done->what = s.apply(whose, c.expected_delta, c.change, c.limits);
            if (done->what) done->list = s.load(whose);
        },
        [this, whose, done] {
            if (!done->what) {
                feed(whose, roaming_list::store_failed{done->what.error()});
            } else if (!done->list) {
                feed(whose, roaming_list::store_failed{done->list.error()});
            } else {
                feed(whose, roaming_list::changed{*done->what, *std::move(done->list)});
            }
        });
    if (!taken) store_is_busy(whose);
}

} // namespace lyceum::roles::contacts
