#include "protocol/pres/state.h"

#include "base/text.h"
#include "protocol/pres/names.h"
#include "protocol/pres/timestamp.h"
#include "protocol/xml/parse.h"
#include "protocol/xml/writer.h"

namespace lyceum::pres {
namespace {

constexpr auto rule = "digest MS-PRES 3.9";

struct type_word {
    state_type type;
    std::string_view word;
};
constexpr type_word type_words[] = {
    {state_type::user, "userState"},
    {state_type::machine, "machineState"},
    {state_type::calendar, "calendarState"},
    {state_type::phone, "phoneState"},
    {state_type::aggregate_machine, "aggregateMachineState"},
    {state_type::aggregate, "aggregateState"},
};

/// xsi:type is a qualified name; its prefix does not matter to us.
state_type read_type(std::string_view qualified) {
    qualified = trim(qualified);
    qualified.remove_prefix(qualified.find(':') + 1); // npos + 1 is 0
    for (const auto& t : type_words) {
        if (t.word == qualified) return t.type;
    }
    return state_type::other;
}

std::string outer_of(const xml::element& e, std::string_view name) {
    const auto* c = e.child(name);
    return c == nullptr ? std::string{} : xml::outer(*c);
}

} // namespace

parsed<state> parse_state(std::string_view content) {
    const auto bad = std::unexpected(parse_error{malformed::bad_value, 0, rule});
    LYCEUM_TRY(const auto root, xml::parse(content));
    if (root.name != "state") return bad;
    const auto number = root.child_text("availability").value_or(std::string{});
    const auto availability = number.empty() ? 0 : xml::number(number);
    const auto manual = xml::boolean(root.attribute_value("manual").value_or("false"));
    if (!availability || !manual) return bad;
    state out{
        .type = read_type(root.attribute_or_empty("type")),
        .manual = *manual,
        .availability = *availability,
        .start_time = read_time(root.attribute_or_empty("startTime")),
        .last_active = read_time(root.attribute_or_empty("lastActive")),
        .endpoint_id = std::string(root.attribute_or_empty("endpointId")),
        .activities = {},
        .endpoint_location = root.child_text("endpointLocation").value_or(std::string{}),
        .meeting_subject = outer_of(root, "meetingSubject"),
        .meeting_location = outer_of(root, "meetingLocation"),
        .device = root.child_text("device").value_or(std::string{}),
    };
    for (const auto* e : root.children("activity")) {
        activity a;
        a.minimum = xml::number(e->attribute_or_empty("minAvailability")).value_or(a.minimum);
        a.maximum = xml::number(e->attribute_or_empty("maxAvailability")).value_or(a.maximum);
        a.content = xml::outer(*e);
        out.activities.push_back(std::move(a));
    }
    return out;
}

std::string serialise(const state& s) {
    std::string out;
    xml::writer w(out);
    w.open("state").attr("xmlns", ns::state);
    for (const auto& t : type_words) {
        if (t.type == s.type) w.attr("xmlns:xsi", ns::schema_instance).attr("xsi:type", t.word);
    }
    w.flag("manual", s.manual);
    if (s.start_time) w.attr("startTime", write_time(*s.start_time));
    if (s.last_active) w.attr("lastActive", write_time(*s.last_active));
    if (!s.endpoint_id.empty()) w.attr("endpointId", s.endpoint_id);
    w.leaf("availability", s.availability);
    for (const auto& a : s.activities)
        w.raw(a.content);
    if (!s.endpoint_location.empty()) w.leaf("endpointLocation", s.endpoint_location);
    w.raw(s.meeting_subject).raw(s.meeting_location);
    if (!s.device.empty()) w.leaf("device", s.device);
    w.close();
    return out;
}

} // namespace lyceum::pres
