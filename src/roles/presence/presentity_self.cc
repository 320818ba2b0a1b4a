// The side of a presentity that its own user sees: publishing, following, deciding who may read.
#include "base/overloaded.h"
#include "protocol/pres/names.h"
#include "roles/presence/presentity.h"

#include <algorithm>

namespace lyceum::roles::presence {
namespace {

using diagnostics::id;

/// The answer to what a rule refused, or to a version that was not the current one.
presentity::refuse refusal_of(request_id request,
                              const std::variant<diagnostics::refusal, pres::wrong_delta>& why) {
    return std::visit(
        overloaded{
            [&](const diagnostics::refusal& r) { return presentity::refuse{request, r}; },
            [&](const pres::wrong_delta& stale) {
                return presentity::refuse{request,
                                          {409, id::default_user_services},
                                          std::string(pres::type::fault),
                                          pres::serialise(stale)};
            },
        },
        why);
}

} // namespace

bool presentity::may_follow(request_id request,
                            subscription_id subscription,
                            const sip::aor& from,
                            std::vector<action>& out) const {
    if (from != user_) { // digest MS-PRES 7: nobody follows somebody else's own data
        out.emplace_back(refuse{request, diagnostics::refuse(id::subscriber_not_authorised)});
        return false;
    }
    if (followers_.size() >= settings_->max_self_subscriptions &&
        !followers_.contains(subscription)) {
        out.emplace_back(refuse{request, diagnostics::refuse(id::delivery_context_limit)});
        return false;
    }
    return true;
}

void presentity::react(const self_subscribed& e, moment, std::vector<action>& out) {
    if (!may_follow(e.request, e.subscription, e.from, out)) return;
    const auto known = followers_.find(e.subscription);
    auto wanted = pres::parse_roaming_list(e.body);
    if (!wanted && e.body.empty() && known != followers_.end()) {
        if (const auto& before = known->second.wanted) {
            wanted = *before; // a refresh need not say it again
        }
    }
    if (!wanted) {
        out.emplace_back(refuse{e.request, diagnostics::refuse(id::xml_parse)});
        return;
    }
    followers_.insert_or_assign(e.subscription, follower{e.endpoint, *wanted});
    pres::roaming_data data;
    if (wanted->categories) data.categories = all_own_categories();
    if (wanted->containers) data.containers = access_.all();
    if (wanted->subscribers) data.subscribers = subscribers_;
    if (wanted->delegates) data.delegates_version = 1; // nobody has any, and nobody can make one
    out.emplace_back(accept{e.request, std::string(pres::type::self), pres::serialise(data)});
}

void presentity::react(const acl_subscribed& e, moment, std::vector<action>& out) {
    if (!may_follow(e.request, e.subscription, e.from, out)) return;
    followers_.insert_or_assign(e.subscription, follower{e.endpoint, std::nullopt});
    out.emplace_back(accept{
        e.request, std::string(conmgmt::acl_content_type), conmgmt::serialise(access_.as_acl())});
}

void presentity::react(const self_unsubscribed& e, moment, std::vector<action>&) {
    followers_.erase(e.subscription);
}

void presentity::react(const published& e, moment at, std::vector<action>& out) {
    const auto request = pres::parse_publish(e.body);
    if (!request) {
        out.emplace_back(refuse{e.request, diagnostics::refuse(id::xml_parse)});
        return;
    }
    if (e.from != user_ || sip::aor::from(request->uri) != user_) { // digest MS-PRES 4 rule 5
        out.emplace_back(refuse{e.request, diagnostics::refuse(id::from_not_allowed)});
        return;
    }
    if (!endpoints_.contains(e.endpoint)) { // what is bound to it would never end
        out.emplace_back(refuse{e.request, diagnostics::refuse(id::no_endpoint_identifier)});
        return;
    }
    auto touched = publications_.apply(*request, e.endpoint, at, *settings_);
    if (!touched) {
        out.emplace_back(refusal_of(e.request, touched.error()));
        return;
    }
    aggregate(*touched, at);
    const pres::roaming_data data{.categories = own_categories(*touched)};
    out.emplace_back(accept{e.request, std::string(pres::type::self), pres::serialise(data)});
    settle(*std::move(touched), e.endpoint, at, out);
}

void presentity::react(const members_set& e, moment, std::vector<action>& out) {
    const auto changes = pres::parse_set_container_members(e.body);
    if (!changes || e.from != user_) {
        out.emplace_back(
            refuse{e.request, diagnostics::refuse(changes ? id::from_not_allowed : id::xml_parse)});
        return;
    }
    const auto named = access_.apply(*changes, *settings_);
    if (!named) {
        out.emplace_back(refusal_of(e.request, named.error()));
        return;
    }
    out.emplace_back(accept{e.request, {}, {}});
    const pres::roaming_data data{.containers = access_.some(*named)};
    if (auto to = followers_of(&pres::roaming_list::containers, {}); !to.empty()) {
        out.emplace_back(
            notify{std::move(to), std::string(pres::type::self), pres::serialise(data)});
    }
    if (auto to = acl_followers(); !to.empty()) {
        out.emplace_back(notify{std::move(to),
                                std::string(conmgmt::acl_content_type),
                                conmgmt::serialise(access_.as_acl())});
    }
    for (auto& [number, w] : watches_) {
        const auto container = access_.container_for(w.who);
        if (container == w.container) continue;
        w.container = container;
        out.emplace_back(show{{number}, view(container, w.categories, true)});
    }
}

void presentity::react(const subscriber_acknowledged& e, moment, std::vector<action>& out) {
    const auto request = pres::parse_set_subscribers(e.body);
    if (!request || e.from != user_) {
        out.emplace_back(
            refuse{e.request, diagnostics::refuse(request ? id::from_not_allowed : id::xml_parse)});
        return;
    }
    const auto at = std::ranges::find(subscribers_, request->user, &pres::subscriber::user);
    if (at == subscribers_.end()) {
        out.emplace_back(refuse{e.request, diagnostics::refuse(id::prompted_subscriber_unknown)});
        return;
    }
    out.emplace_back(accept{e.request, {}, {}});
    if (std::exchange(at->acknowledged, true)) return;
    auto to = followers_of(&pres::roaming_list::subscribers, {});
    if (to.empty()) return;
    const pres::roaming_data data{.subscribers = std::vector{*at}};
    out.emplace_back(notify{std::move(to), std::string(pres::type::self), pres::serialise(data)});
}

void presentity::settle(publications::touched touched,
                        const std::string& except_endpoint,
                        moment at,
                        std::vector<action>& out) {
    aggregate(touched, at);
    if (touched.empty()) return;
    if (auto to = followers_of(&pres::roaming_list::categories, except_endpoint); !to.empty()) {
        const pres::roaming_data data{.categories = own_categories(touched)};
        out.emplace_back(
            notify{std::move(to), std::string(pres::type::self), pres::serialise(data)});
    }
    tell_watchers(touched, out);
}

std::vector<subscription_id> presentity::followers_of(bool pres::roaming_list::* part,
                                                      const std::string& except_endpoint) const {
    std::vector<subscription_id> out;
    for (const auto& [number, f] : followers_) {
        const bool left_out = !except_endpoint.empty() && f.endpoint == except_endpoint;
        if (f.wanted && (*f.wanted).*part && !left_out) out.push_back(number);
    }
    return out;
}

std::vector<subscription_id> presentity::acl_followers() const {
    std::vector<subscription_id> out;
    for (const auto& [number, f] : followers_) {
        if (!f.wanted) out.push_back(number);
    }
    return out;
}

pres::category presentity::as_owner_sees(const publications::entry& entry) const {
    const auto& [k, v] = entry;
    return {
        .name = k.name,
        .instance = k.instance,
        .container = k.container,
        .version = v.version,
        .publish_time = v.published,
        .expires_with = v.lasts,
        .expires = v.expires(),
        .endpoint_id = v.endpoint(),
        .content = std::string(v.content.view()),
    };
}

std::vector<pres::category> presentity::own_categories(const publications::touched& touched) const {
    // All instances of a touched category, in all its containers: a client forgets those of a
    // category that it is told of. seen: pidgin-sipe 1.25 sipe-ocs2007.c. The document asks for
    // those of the touched containers only.
    std::set<std::string> names;
    for (const auto& [name, container] : touched)
        names.insert(name);
    std::vector<pres::category> out;
    for (const auto& entry : publications_.all()) {
        if (names.contains(entry.at.name)) out.push_back(as_owner_sees(entry));
    }
    for (const auto& [name, container] : touched) {
        const bool left = std::ranges::any_of(out, [&](const pres::category& c) {
            return c.name == name && c.container == container;
        });
        if (!left) out.push_back({.name = name, .container = container});
    }
    return out;
}

std::vector<pres::category> presentity::all_own_categories() const {
    std::vector<pres::category> out;
    for (const auto& entry : publications_.all())
        out.push_back(as_owner_sees(entry));
    return out;
}

} // namespace lyceum::roles::presence
