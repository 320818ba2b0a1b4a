#include "roles/presence/aggregation.h"

#include <algorithm>

namespace lyceum::roles::presence {
namespace {

using pres::state_type;
namespace availability = pres::availability;

constexpr std::uint32_t unknown_below = 3000;

/// Places "unknown" behind inactive and before away. digest MS-PRES 4 rule 16
std::uint32_t rank(std::uint32_t a) {
    return a < unknown_below ? availability::away_from - 1 : a;
}

bool between(std::uint32_t a, std::uint32_t from, std::uint32_t to) {
    return a >= from && a < to;
}

/// Available, busy or do-not-disturb: the user is at the keyboard. digest MS-PRES 4 rule 21
bool is_active(std::uint32_t a) {
    return between(a, unknown_below, availability::idle_from) ||
           between(a, availability::busy_from, availability::busy_idle_from) ||
           between(a, availability::do_not_disturb_from, availability::be_right_back_from);
}

const published_state* pick_machine(const std::vector<published_state>& all) {
    const published_state* out = nullptr;
    for (const auto& s : all) {
        if (s.value.type != state_type::machine) continue;
        const bool better = out == nullptr ||
                            rank(s.value.availability) < rank(out->value.availability) ||
                            (rank(s.value.availability) == rank(out->value.availability) &&
                             s.published > out->published);
        if (better) out = &s;
    }
    return out;
}

const published_state* newest_user_state(const std::vector<published_state>& all) {
    const published_state* out = nullptr;
    for (const auto& s : all) {
        if (s.value.type == state_type::user && (out == nullptr || s.published > out->published))
            out = &s;
    }
    return out;
}

/// The first activity, in that order of states, that goes with the availability. digest MS-PRES 4
/// rule 19
std::vector<pres::activity> fitting_activity(const std::vector<const published_state*>& sources,
                                             std::uint32_t a) {
    for (const auto* s : sources) {
        for (const auto& activity : s->value.activities) {
            if (activity.minimum <= a && a <= activity.maximum) return {activity};
        }
    }
    return {};
}

std::optional<wall_instant>
last_active(const std::optional<pres::state>& before, std::uint32_t a, wall_instant now) {
    if (!before) return std::nullopt;
    if (is_active(before->availability) && !is_active(a)) return now;
    return before->last_active;
}

} // namespace

std::vector<published_state> states_in(const publications& p, std::uint16_t container) {
    std::vector<published_state> out;
    for (const auto& [at, what] : p.of("state", container)) {
        auto s = pres::parse_state(what.content.view());
        if (!s || s->type == state_type::aggregate || s->type == state_type::aggregate_machine)
            continue;
        out.push_back({*std::move(s), what.published, what.endpoint()});
    }
    return out;
}

std::optional<pres::state> most_active_machine(const std::vector<published_state>& all) {
    const auto* machine = pick_machine(all);
    if (machine == nullptr) return std::nullopt;
    return pres::state{
        .type = state_type::aggregate_machine,
        .availability = machine->value.availability,
        .endpoint_id = machine->endpoint,
        .endpoint_location = machine->value.endpoint_location,
        .device = machine->value.device,
    };
}

pres::state aggregate(const std::vector<published_state>& all,
                      const std::optional<pres::state>& before,
                      wall_instant now) {
    const auto* machine = pick_machine(all);
    if (machine == nullptr) {
        return {.type = state_type::aggregate,
                .availability = availability::offline,
                .last_active = last_active(before, availability::offline, now)};
    }
    const auto* user = newest_user_state(all);
    std::vector<const published_state*>
        sources; // in the order in which their activities are preferred
    if (user != nullptr) sources.push_back(user);
    for (const auto& s : all) {
        const bool overridden = user != nullptr && user->published > s.published;
        const bool begun = !s.value.start_time || *s.value.start_time <= now;
        if ((s.value.type == state_type::phone ||
             (s.value.type == state_type::calendar && begun)) &&
            !overridden) {
            sources.push_back(&s);
        }
    }
    sources.push_back(machine);

    std::uint32_t a = 0;
    for (const auto* s : sources)
        a = std::max(a, s->value.availability);
    const bool idle =
        between(machine->value.availability, availability::idle_from, availability::busy_from);
    if (idle && between(a, availability::busy_from, availability::busy_idle_from))
        a = availability::busy_idle_from;

    pres::state out{.type = state_type::aggregate,
                    .availability = a,
                    .last_active = last_active(before, a, now)};
    if (a >= availability::offline_from) return out; // appear offline: nothing may give it away
    out.activities = fitting_activity(sources, a);
    out.device = machine->value.device;
    if (a < availability::be_right_back_from)
        out.endpoint_location = machine->value.endpoint_location;
    for (const auto* s : sources) {
        if (s->value.type != state_type::calendar) continue;
        out.meeting_subject = s->value.meeting_subject;
        out.meeting_location = s->value.meeting_location;
    }
    return out;
}

pres::state for_outsiders(const pres::state& s) {
    return {.type = s.type, .availability = s.availability};
}

} // namespace lyceum::roles::presence
