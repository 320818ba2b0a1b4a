#include "roles/presence/presentity.h"

#include "protocol/pres/contact_card.h"
#include "protocol/pres/names.h"
#include "roles/presence/aggregation.h"

#include <algorithm>

namespace lyceum::roles::presence {
namespace {

using diagnostics::id;
using pres::expire_type;

/// Whether watchers may have a category at all. digest MS-PRES 3.10
bool is_for_watchers(const std::string& name) {
    return name != "routing" && name != "dndState";
}

std::optional<pres::state> stored_aggregate(const publications& p, std::uint16_t container) {
    const auto* const there = p.find({"state", container, server_instance::aggregate});
    if (there == nullptr) return std::nullopt;
    auto s = pres::parse_state(there->content.view());
    if (!s) return std::nullopt;
    return *std::move(s);
}

/// The same text for all users.
const shared_text& offline_for_ever() {
    static const shared_text text(pres::serialise(pres::state{
        .type = pres::state_type::aggregate, .availability = pres::availability::offline}));
    return text;
}

} // namespace

std::vector<presentity::action> presentity::on(const event& e, moment at) {
    std::vector<action> out;
    std::visit([&](const auto& what) { react(what, at, out); }, e);
    return out;
}

void presentity::react(const introduced& e, moment at, std::vector<action>& out) {
    const shared_text card(pres::serialise(pres::contact_card{e.who.display_name, e.who.mail}));
    publications_.expect(6);
    publications::touched touched;
    for (const auto c : {container_id::everybody,
                         container_id::outside,
                         container_id::colleagues,
                         container_id::team,
                         container_id::friends}) { // digest MS-PRES 3.10, contactCard 0
        touched.merge(publications_.set_by_server(
            {"contactCard", c, server_instance::contact_card}, expire_type::never, card, at));
    }
    // To the blocked the user is always offline. digest MS-PRES 4 rule 24
    touched.merge(publications_.set_by_server(
        {"state", container_id::blocked, server_instance::static_aggregate},
        expire_type::never,
        offline_for_ever(),
        at));
    settle(std::move(touched), {}, at, out);
}

void presentity::react(const endpoint_started& e, moment, std::vector<action>&) {
    endpoints_.insert(e.endpoint);
}

void presentity::react(const endpoint_ended& e, moment at, std::vector<action>& out) {
    if (endpoints_.erase(e.endpoint) == 0) return;
    std::erase_if(followers_, [&](const auto& f) { return f.second.endpoint == e.endpoint; });
    auto touched = publications_.end_endpoint(e.endpoint);
    if (endpoints_.empty()) touched.merge(publications_.end_user_bound());
    settle(std::move(touched), {}, at, out);
}

void presentity::react(const tick&, moment at, std::vector<action>& out) {
    settle(publications_.end_expired(at.now), {}, at, out);
}

void presentity::react(const watched& e, moment, std::vector<action>& out) {
    if (watches_.size() >= settings_->max_watchers && !watches_.contains(e.watch)) {
        out.emplace_back(decline{e.watch, diagnostics::refuse(id::category_subscription_limit)});
        return;
    }
    watch w{.who = e.who, .categories = {}, .container = access_.container_for(e.who)};
    std::ranges::copy_if(
        e.categories, std::inserter(w.categories, w.categories.end()), is_for_watchers);
    out.emplace_back(show{{e.watch}, view(w.container, w.categories, false)});
    prompt(e, w.container, out);
    watches_.insert_or_assign(e.watch, std::move(w));
}

void presentity::react(const unwatched& e, moment, std::vector<action>&) {
    watches_.erase(e.watch);
}

void presentity::aggregate(publications::touched& touched, moment at) {
    const bool states = touched.contains({"state", container_id::states}) ||
                        touched.contains({"state", container_id::team_states});
    if (!states) return;
    const auto put = [&](std::uint16_t container, std::uint32_t instance, shared_text content) {
        touched.merge(publications_.set_by_server(
            {"state", container, instance}, expire_type::never, std::move(content), at));
    };
    const auto for_most = states_in(publications_, container_id::states);
    const auto before = stored_aggregate(publications_, container_id::states);
    if (for_most.empty() && !before) return; // nothing was ever there

    const auto machine = most_active_machine(for_most);
    put(container_id::states,
        server_instance::aggregate_machine,
        shared_text(machine ? pres::serialise(*machine) : std::string{}));
    const auto whole = presence::aggregate(for_most, before, at.wall);
    const shared_text text(pres::serialise(whole));
    for (const auto c : {container_id::states, container_id::colleagues, container_id::friends})
        put(c, server_instance::aggregate, text);
    put(container_id::outside,
        server_instance::aggregate,
        shared_text(pres::serialise(for_outsiders(whole))));

    // assumed: who publishes nothing for the team means the same for it
    auto for_team = states_in(publications_, container_id::team_states);
    if (for_team.empty()) for_team = for_most;
    const auto team_before = stored_aggregate(publications_, container_id::team_states);
    const shared_text team(pres::serialise(presence::aggregate(for_team, team_before, at.wall)));
    for (const auto c : {container_id::team_states, container_id::team})
        put(c, server_instance::aggregate, team);
}

void presentity::tell_watchers(const publications::touched& touched,
                               std::vector<action>& out) const {
    // The body is built once for all who read the same container and heard of the same categories.
    std::map<std::pair<std::uint16_t, std::set<std::string>>, std::vector<watch_id>> groups;
    for (const auto& [number, w] : watches_) {
        std::set<std::string> changed;
        for (const auto& [name, container] : touched) {
            const bool readable =
                container == w.container ||
                (container == container_id::everybody && w.container != container_id::blocked);
            if (readable && w.categories.contains(name)) changed.insert(name);
        }
        if (!changed.empty()) groups[{w.container, std::move(changed)}].push_back(number);
    }
    for (auto& [group, watches] : groups) {
        out.emplace_back(show{std::move(watches), view(group.first, group.second, true)});
    }
}

void presentity::prompt(const watched& e, std::uint16_t container, std::vector<action>& out) {
    const std::string name(e.who.who.without_scheme());
    const auto open = std::ranges::count(subscribers_, false, &pres::subscriber::acknowledged);
    if (!e.context || e.is_contact || e.who.who == user_ || container == container_id::blocked ||
        std::ranges::find(subscribers_, name, &pres::subscriber::user) != subscribers_.end() ||
        static_cast<std::size_t>(open) >= settings_->max_prompted_subscribers) {
        return; // digest MS-PRES 4 rule 32
    }
    subscribers_.push_back({name, e.display_name, false});
    auto to = followers_of(&pres::roaming_list::subscribers, {});
    if (to.empty()) return;
    const pres::roaming_data data{.subscribers = std::vector{subscribers_.back()}};
    out.emplace_back(notify{std::move(to), std::string(pres::type::self), pres::serialise(data)});
}

std::string
presentity::view(std::uint16_t container, const std::set<std::string>& names, bool gone) const {
    pres::categories out{.uri = user_.text(), .entries = {}};
    const auto add = [&](const std::string& name, std::uint16_t from, bool unless_overridden) {
        for (const auto& [at, what] : publications_.of(name, from)) {
            if (unless_overridden && publications_.find({name, container, at.instance}) != nullptr)
                continue;
            out.entries.push_back(
                {.name = name,
                 .instance = at.instance,
                 .publish_time = what.published,
                 .content = std::string(what.content.view())}); // nothing else: digest MS-PRES 3.4
        }
    };
    for (const auto& name : names) {
        const auto before = out.entries.size();
        add(name, container, false);
        if (container != container_id::everybody && container != container_id::blocked) {
            add(name, container_id::everybody, true);
        }
        if (gone && out.entries.size() == before) out.entries.push_back({.name = name});
    }
    return pres::serialise(out);
}

} // namespace lyceum::roles::presence
