#include "roles/presence/aggregation.h"

#include <gtest/gtest.h>

namespace lyceum::roles::presence {
namespace {

using pres::state_type;

constexpr wall_instant noon = wall_instant{} + 12h;

published_state
state_at(state_type type, std::uint32_t availability, int minute, std::string endpoint = {}) {
    return {{.type = type, .availability = availability},
            noon + std::chrono::minutes(minute),
            std::move(endpoint)};
}
published_state machine(std::uint32_t a, int minute = 0, std::string endpoint = "e1") {
    return state_at(state_type::machine, a, minute, std::move(endpoint));
}
published_state user(std::uint32_t a, int minute = 0) {
    return state_at(state_type::user, a, minute);
}
published_state phone(std::uint32_t a, int minute = 0) {
    return state_at(state_type::phone, a, minute);
}

published_state calendar(std::uint32_t a, int minute, int start) {
    auto s = state_at(state_type::calendar, a, minute);
    s.value.start_time = noon + std::chrono::minutes(start);
    return s;
}

TEST(Aggregate, Availability) {
    const struct {
        std::string_view why;
        std::vector<published_state> states;
        std::uint32_t want;
    } rows[] = {
        {"nobody at home", {}, 18500},
        {"a wish does not make a machine", {user(3500)}, 18500},
        {"one machine", {machine(3500)}, 3500},
        {"the most active machine", {machine(15500), machine(3500), machine(5000)}, 3500},
        {"unknown is behind inactive", {machine(0), machine(5000)}, 5000},
        {"unknown is before away", {machine(0), machine(15500)}, 0},
        {"pidgin says everything twice", {machine(6500), user(6500)}, 6500},
        {"the user is busy", {machine(3500), user(6500)}, 6500},
        {"the user will be right back", {machine(3500), user(12500)}, 12500},
        {"the user appears offline", {machine(3500), user(18500), phone(6500, 1)}, 18500},
        {"the machine knows better that he is away", {machine(15500), user(6500)}, 15500},
        {"on the phone", {machine(3500), phone(6500)}, 6500},
        {"available in spite of the call", {machine(3500), phone(6500, 1), user(3500, 2)}, 3500},
        {"a call after all that", {machine(3500), user(3500, 2), phone(6500, 3)}, 6500},
        {"a meeting that has begun", {machine(3500), calendar(6500, 0, 0)}, 6500},
        {"a meeting later", {machine(3500), calendar(6500, 0, 30)}, 3500},
        {"busy, but idle", {machine(5000), user(6500)}, 7500},
        {"do not disturb, and idle", {machine(5000), user(9500)}, 9500},
        {"the newest wish", {machine(3500), user(12500, 1), user(3500, 2)}, 3500},
    };
    for (const auto& row : rows)
        EXPECT_EQ(aggregate(row.states, {}, noon + 10min).availability, row.want) << row.why;
}

TEST(Aggregate, TheMachineIsTheNewestOfEqualOnes) {
    EXPECT_EQ(most_active_machine({user(3500)}), std::nullopt);
    const auto got = most_active_machine(
        {machine(3500, 1, "old"), machine(3500, 2, "new"), machine(5000, 3, "idle")});
    ASSERT_TRUE(got);
    EXPECT_EQ(got->endpoint_id, "new");
    EXPECT_EQ(got->type, state_type::aggregate_machine);
}

TEST(Aggregate, AnActivityMustFitTheAvailability) {
    auto call = phone(6500);
    call.value.activities = {{6500, 8999, "<activity token=\"on-the-phone\"/>"}};
    auto wish = user(3500);
    wish.value.activities = {{3500, 4499, "<activity>own words</activity>"}};
    EXPECT_EQ(aggregate({machine(3500), call, wish}, {}, noon).activities, call.value.activities);
    EXPECT_EQ(aggregate({machine(3500), wish}, {}, noon).activities, wish.value.activities);
    EXPECT_TRUE(aggregate({machine(3500), call, user(12500)}, {}, noon).activities.empty());
}

TEST(Aggregate, PlaceAndMeetingAreSaidOfThoseWhoAreThere) {
    auto at_desk = machine(3500);
    at_desk.value.endpoint_location = "office";
    at_desk.value.device = "computer";
    auto meeting = calendar(6500, 0, 0);
    meeting.value.meeting_subject = "<meetingSubject>Plan</meetingSubject>";
    const auto busy = aggregate({at_desk, meeting}, {}, noon);
    EXPECT_EQ(busy.endpoint_location, "office");
    EXPECT_EQ(busy.device, "computer");
    EXPECT_EQ(busy.meeting_subject, meeting.value.meeting_subject);
    EXPECT_EQ(for_outsiders(busy),
              (pres::state{.type = state_type::aggregate, .availability = 6500}));

    EXPECT_EQ(aggregate({at_desk, user(12500)}, {}, noon).endpoint_location, "");
    EXPECT_EQ(aggregate({at_desk, meeting, user(18500)}, {}, noon),
              (pres::state{.type = state_type::aggregate, .availability = 18500}));
}

TEST(Aggregate, RemembersWhenTheUserWasLastActive) {
    const auto active = aggregate({machine(3500)}, {}, noon);
    EXPECT_EQ(active.last_active, std::nullopt);
    const auto idle = aggregate({machine(5000)}, active, noon + 5min);
    EXPECT_EQ(idle.last_active, noon + 5min);
    const auto away = aggregate({machine(15500)}, idle, noon + 20min);
    EXPECT_EQ(away.last_active, noon + 5min);
    EXPECT_EQ(aggregate({}, away, noon + 30min).last_active, noon + 5min);
    EXPECT_EQ(aggregate({}, active, noon + 30min).last_active, noon + 30min);
}

} // namespace
} // namespace lyceum::roles::presence
