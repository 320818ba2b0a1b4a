#include "protocol/pres/publish.h"
#include "protocol/pres/state.h"
#include "protocol/pres/timestamp.h"

#include <gtest/gtest.h>

namespace lyceum::pres {
namespace {

TEST(Publish, ReadsWhatPidginSends) { // pidgin-sipe 1.25 sipe-ocs2007.c
    const auto got = parse_publish(
        R"(<publish xmlns="http://schemas.microsoft.com/2006/09/sip/rich-presence"><publications uri="sip:alice@contoso.test">)"
        R"(<publication categoryName="state" instance="926460663" container="2" version="22" expireType="endpoint">)"
        R"(<state xmlns="http://schemas.microsoft.com/2006/09/sip/state" manual="false" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="machineState">)"
        R"(<availability>3500</availability><endpointLocation/></state></publication>)"
        R"(<publication categoryName="note" instance="0" container="200" version="1" expireType="static" expires="0"/>)"
        R"(</publications></publish>)");
    ASSERT_TRUE(got);
    EXPECT_EQ(got->uri, "sip:alice@contoso.test");
    ASSERT_EQ(got->publications.size(), 2u);
    const auto& machine = got->publications[0];
    EXPECT_EQ(machine.category_name, "state");
    EXPECT_EQ(machine.instance, 926460663u);
    EXPECT_EQ(machine.container, 2u);
    EXPECT_EQ(machine.version, 22u);
    EXPECT_EQ(machine.expires_with, expire_type::endpoint);
    EXPECT_EQ(machine.expires, std::nullopt);
    const auto s = parse_state(machine.content);
    ASSERT_TRUE(s) << machine.content;
    EXPECT_EQ(s->type, state_type::machine);
    EXPECT_EQ(s->availability, 3500u);
    EXPECT_EQ(got->publications[1], (publication{"note", 0, 200, 1, expire_type::never, 0, ""}));
    EXPECT_EQ(parse_publish(serialise(*got)), *got);
}

TEST(Publish, MissingAttributesHaveDefaults) {
    const auto got = parse_publish(
        "<publish><publications uri='u'><publication categoryName='x'/></publications></publish>");
    ASSERT_TRUE(got);
    EXPECT_EQ(got->publications[0],
              (publication{"x", 0, 0, 0, expire_type::endpoint, std::nullopt, ""}));
}

TEST(Publish, RefusesOthers) {
    for (const std::string_view attributes : {"",
                                              "categoryName='x' instance='-1'",
                                              "categoryName='x' container='32768'",
                                              "categoryName='x' version='v'",
                                              "categoryName='x' expireType='never'",
                                              "categoryName='x' expires='soon'"}) {
        const auto document = "<publish><publications uri='u'><publication " +
                              std::string(attributes) + "/></publications></publish>";
        EXPECT_FALSE(parse_publish(document)) << document;
    }
    for (const std::string_view document :
         {"<publish/>",
          "<publish><publications uri='u'/></publish>",
          "<publish><publications><publication categoryName='x'/></publications></publish>",
          "<publish><publications uri='u'><publication "
          "categoryName='x'><a/><b/></publication></publications></publish>"}) {
        EXPECT_FALSE(parse_publish(document)) << document;
    }
}

TEST(State, ReadsWhatClientsPublish) {
    const auto got = parse_state(
        R"(<state xmlns="http://schemas.microsoft.com/2006/09/sip/state" manual="true" uri="john@contoso.com" startTime="2008-01-11T19:00:00Z")"
        R"( xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="calendarState"><availability> 6500 </availability>)"
        R"(<activity token="in-a-meeting" minAvailability="6500" maxAvailability="8999"/><activity token="x"/><endpointLocation/>)"
        R"(<meetingSubject>Plan</meetingSubject><meetingLocation>Room</meetingLocation></state>)");
    ASSERT_TRUE(got);
    EXPECT_EQ(got->type, state_type::calendar);
    EXPECT_TRUE(got->manual);
    EXPECT_EQ(got->availability, 6500u);
    EXPECT_EQ(got->start_time, read_time("2008-01-11T19:00:00Z"));
    ASSERT_EQ(got->activities.size(), 2u);
    EXPECT_EQ(got->activities[0].minimum, 6500u);
    EXPECT_EQ(got->activities[0].maximum, 8999u);
    EXPECT_EQ(
        got->activities[0].content,
        R"(<activity xmlns="http://schemas.microsoft.com/2006/09/sip/state" token="in-a-meeting" minAvailability="6500" maxAvailability="8999"/>)");
    EXPECT_EQ(got->activities[1].minimum, 0u);
    EXPECT_EQ(got->activities[1].maximum, 0xFFFFFFFFu);
    EXPECT_TRUE(got->meeting_subject.contains("Plan"));
    EXPECT_EQ(parse_state(serialise(*got)), *got);
}

TEST(State, TypesReadBack) {
    for (const auto t : {state_type::user,
                         state_type::machine,
                         state_type::calendar,
                         state_type::phone,
                         state_type::aggregate_machine,
                         state_type::aggregate,
                         state_type::other}) {
        const state s{
            .type = t, .availability = 3500, .endpoint_location = "office", .device = "mobile"};
        EXPECT_EQ(parse_state(serialise(s)), s);
    }
    EXPECT_EQ(parse_state("<state><availability/></state>")->availability, 0u);
    EXPECT_EQ(parse_state("<state xsi:type='p:phoneState' xmlns:xsi='urn:x'/>")->type,
              state_type::phone);
    EXPECT_FALSE(parse_state("<state><availability>many</availability></state>"));
    EXPECT_FALSE(parse_state("<state manual='maybe'/>"));
    EXPECT_FALSE(parse_state("<note/>"));
}

} // namespace
} // namespace lyceum::pres
