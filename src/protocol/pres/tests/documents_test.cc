#include "protocol/pres/contact_card.h"
#include "protocol/pres/fault.h"
#include "protocol/pres/rlmi.h"
#include "protocol/pres/roaming.h"
#include "protocol/pres/subscribe.h"
#include "protocol/pres/timestamp.h"

#include <gtest/gtest.h>

namespace lyceum::pres {
namespace {

constexpr wall_instant noon{
    std::chrono::milliseconds(1'266'469'706'060)}; // 2010-02-18T05:08:26.060

TEST(Timestamp, ReadsWhatItWrote) {
    EXPECT_EQ(write_time(noon), "2010-02-18T05:08:26.060");
    for (const auto t : {wall_instant{}, noon, noon + std::chrono::days(3653)})
        EXPECT_EQ(read_time(write_time(t)), t);
}

TEST(Timestamp, ReadsTheWaysOfOthers) {
    const struct {
        std::string_view text;
        std::optional<wall_instant> want;
    } rows[] = {
        {"2010-02-18T05:08:26.060Z", noon},
        {" 2010-02-18T06:08:26.0609+01:00 ", noon},
        {"2010-02-18T00:08:26.06-05:00", noon},
        {"2010-02-18T05:08:26Z", noon - 60ms},
        {"1970-01-01T00:00:00", wall_instant{}},
        {"", {}},
        {"2010-02-30T05:08:26Z", {}},
        {"2010-02-18", {}},
        {"2010-02-18T24:00:00Z", {}},
        {"2010-02-18T05:08:26.Z", {}},
        {"2010-02-18T05:08:26+01", {}},
        {"2010-02-18T05:08:26x", {}},
        {"1969-12-31T23:59:59Z", {}},
    };
    for (const auto& row : rows)
        EXPECT_EQ(read_time(row.text), row.want) << row.text;
}

TEST(RoamingList, ReadsWhatPidginSends) { // pidgin-sipe 1.25 sipe-subscriptions.c
    const auto got = parse_roaming_list(
        R"(<roamingList xmlns="http://schemas.microsoft.com/2006/09/sip/roaming-self"><roaming type="categories"/><roaming type="containers"/><roaming type="subscribers"/></roamingList>)");
    EXPECT_EQ(got, (roaming_list{true, true, true, false}));
    EXPECT_EQ(parse_roaming_list(serialise(*got)), *got);
    EXPECT_FALSE(parse_roaming_list("<roamingList/>"));
    EXPECT_FALSE(parse_roaming_list("<roamingList><roaming type='x'/></roamingList>"));
    EXPECT_FALSE(parse_roaming_list("<x><roaming type='categories'/></x>"));
}

TEST(RoamingData, ReadsBackWhatItWrote) {
    const roaming_data rows[] = {
        {},
        {.categories = std::vector<category>{},
         .containers = std::vector<container>{},
         .subscribers = std::vector<subscriber>{}},
        {
            .categories =
                std::vector<category>{
                    {.name = "state",
                     .instance = 1,
                     .container = 2,
                     .version = 3,
                     .publish_time = noon,
                     .expires_with = expire_type::user,
                     .content = "<state xmlns=\"urn:s\">x &amp; y</state>"},
                    {.name = "device",
                     .instance = 7,
                     .container = 2,
                     .version = 1,
                     .publish_time = noon,
                     .expires_with = expire_type::endpoint,
                     .expires = 30,
                     .endpoint_id = "e<1>"},
                    {.name = "note", .container = 200},
                    {.name = "note"},
                },
            .containers = std::vector<container>{{200, 1, {{member_type::same_enterprise}}},
                                                 {400,
                                                  2,
                                                  {{member_type::user, "bob@contoso.test"},
                                                   {member_type::domain, "fabrikam.test"}}}},
            .subscribers = std::vector<subscriber>{{"bob@contoso.test", "Bob", false}},
            .delegates_version = 1,
        },
    };
    for (const auto& row : rows)
        EXPECT_EQ(parse_roaming_data(serialise(row)), row) << serialise(row);
}

TEST(RoamingData,
     EmptyPartsAreThere) { // pidgin-sipe sets its containers up only when it sees the element
    const roaming_data d{.categories = std::vector<category>{},
                         .containers = std::vector<container>{}};
    EXPECT_EQ(
        serialise(d),
        R"(<roamingData xmlns="http://schemas.microsoft.com/2006/09/sip/roaming-self">)"
        R"(<categories xmlns="http://schemas.microsoft.com/2006/09/sip/categories"/>)"
        R"(<containers xmlns="http://schemas.microsoft.com/2006/09/sip/container-management"/></roamingData>)");
}

TEST(RoamingData, RefusesOthers) {
    for (const std::string_view document : {
             "<x/>",
             "<roamingData><categories><category/></categories></roamingData>",
             "<roamingData><categories><category name='a' "
             "instance='x'/></categories></roamingData>",
             "<roamingData><categories><category name='a' "
             "container='65536'/></categories></roamingData>",
             "<roamingData><categories><category name='a' "
             "publishTime='now'/></categories></roamingData>",
             "<roamingData><categories><category name='a' "
             "expireType='soon'/></categories></roamingData>",
             "<roamingData><categories><category "
             "name='a'><b/><c/></category></categories></roamingData>",
             "<roamingData><containers><container id='0'/></containers></roamingData>",
             "<roamingData><containers><container id='1'><member "
             "type='robot'/></container></containers></roamingData>",
             "<roamingData><containers><container id='1'><member "
             "type='user'/></container></containers></roamingData>",
             "<roamingData><subscribers><subscriber user='a'/></subscribers></roamingData>",
             "<roamingData><delegates/></roamingData>",
         }) {
        EXPECT_FALSE(parse_roaming_data(document)) << document;
    }
}

TEST(Categories, ReadsBackWhatItWrote) {
    const categories d{"sip:bob@contoso.test",
                       {{.name = "state", .instance = 1, .publish_time = noon, .content = "<s/>"},
                        {.name = "note"}}};
    EXPECT_EQ(
        serialise(d),
        R"(<categories xmlns="http://schemas.microsoft.com/2006/09/sip/categories" uri="sip:bob@contoso.test">)"
        R"(<category name="state" instance="1" publishTime="2010-02-18T05:08:26.060"><s/></category><category name="note"/></categories>)");
    // A fragment without a namespace takes the document's when it is put in.
    const auto again = parse_categories(serialise(d));
    ASSERT_TRUE(again);
    EXPECT_EQ(parse_categories(serialise(*again)), *again);
    EXPECT_FALSE(parse_categories("<categories/>"));
}

TEST(Fault, ReadsBackWhatItWrote) {
    const wrong_delta f{{{1, 5, 6}, {3, 0, 2}}};
    EXPECT_EQ(
        serialise(f),
        R"(<Fault><Faultcode>Client.BadCall.WrongDelta</Faultcode><details><operation index="1" version="5" curVersion="6"/>)"
        R"(<operation index="3" version="0" curVersion="2"/></details></Fault>)");
    EXPECT_EQ(parse_wrong_delta(serialise(f)), f);
    EXPECT_FALSE(parse_wrong_delta("<Fault><Faultcode>Other</Faultcode><details/></Fault>"));
    EXPECT_FALSE(parse_wrong_delta("<Fault><Faultcode>Client.BadCall.WrongDelta</"
                                   "Faultcode><details><operation/></details></Fault>"));
}

TEST(ContainerMembers, ReadsWhatPidginSends) { // pidgin-sipe 1.25 sipe-ocs2007.c
    const auto got = parse_set_container_members(
        R"(<setContainerMembers xmlns="http://schemas.microsoft.com/2006/09/sip/container-management"><container id="200" version="0">)"
        R"(<member action="add" type="sameEnterprise"/></container><container id="32000" version="3"><member action="remove" type="user" value="Bob@contoso.test"/></container></setContainerMembers>)");
    ASSERT_TRUE(got);
    EXPECT_EQ(*got,
              (std::vector<container_change>{
                  {200, 0, {{true, {member_type::same_enterprise}}}},
                  {32000, 3, {{false, {member_type::user, "bob@contoso.test"}}}}}));
    EXPECT_EQ(parse_set_container_members(serialise(*got)), *got);
}

TEST(ContainerMembers, RefusesOthers) {
    for (const std::string_view document : {
             "<setContainerMembers/>",
             "<x><container id='1'/></x>",
             "<setContainerMembers><container/></setContainerMembers>",
             "<setContainerMembers><container id='0'/></setContainerMembers>",
             "<setContainerMembers><container id='32768'/></setContainerMembers>",
             "<setContainerMembers><container id='1'><member "
             "type='everyone'/></container></setContainerMembers>",
             "<setContainerMembers><container id='1'><member action='add' "
             "type='domain'/></container></setContainerMembers>",
         }) {
        EXPECT_FALSE(parse_set_container_members(document)) << document;
    }
}

TEST(Subscribers, ReadsWhatPidginSends) { // pidgin-sipe 1.25 sipe-ocs2007.c
    const auto got = parse_set_subscribers(
        R"(<setSubscribers xmlns="http://schemas.microsoft.com/2006/09/sip/presence-subscribers"><subscriber user="bob@contoso.test" acknowledged="true"/></setSubscribers>)");
    EXPECT_EQ(got, (set_subscribers{"bob@contoso.test"}));
    EXPECT_EQ(parse_set_subscribers(serialise(*got)), *got);
    for (const std::string_view document :
         {"<setSubscribers/>",
          "<setSubscribers><subscriber user='a@b' acknowledged='false'/></setSubscribers>",
          "<setSubscribers><subscriber acknowledged='true'/></setSubscribers>",
          "<setSubscribers><subscriber user='a@b' acknowledged='true'/><subscriber user='c@d' "
          "acknowledged='true'/></setSubscribers>"}) {
        EXPECT_FALSE(parse_set_subscribers(document)) << document;
    }
}

TEST(BatchSubscribe, ReadsWhatPidginSends) { // pidgin-sipe 1.25 sipe-subscriptions.c
    const auto got = parse_batch_subscribe(
        R"(<batchSub xmlns="http://schemas.microsoft.com/2006/01/sip/batch-subscribe" uri="sip:alice@contoso.test" name="">
<action name="subscribe" id="63792024">
<adhocList>
<resource uri="sip:bob@contoso.test"><context/></resource>
<resource uri="sip:carol@contoso.test"/>
</adhocList>
<categoryList xmlns="http://schemas.microsoft.com/2006/09/sip/categorylist">
<category name="calendarData"/>
<category name="state"/>
</categoryList>
</action>
</batchSub>)");
    ASSERT_TRUE(got);
    EXPECT_EQ(
        *got,
        (batch_subscribe{"sip:alice@contoso.test",
                         {{true,
                           63792024,
                           {{"sip:bob@contoso.test", true}, {"sip:carol@contoso.test", false}},
                           {"calendarData", "state"}}}}));
    EXPECT_EQ(parse_batch_subscribe(serialise(*got)), *got);
}

TEST(BatchSubscribe, ReadsUnsubscribing) {
    const batch_subscribe b{"sip:a@b.c", {{false, 2, {{"sip:d@e.f", false}}, {}}}};
    EXPECT_EQ(parse_batch_subscribe(serialise(b)), b);
    for (const std::string_view document : {
             "<batchSub/>",
             "<batchSub uri='sip:a@b.c'/>",
             "<batchSub uri='sip:a@b.c'><action name='subscribe'/></batchSub>",
             "<batchSub uri='sip:a@b.c'><action name='watch'><adhocList/></action></batchSub>",
             "<batchSub uri='sip:a@b.c'><action name='subscribe'><adhocList><resource "
             "uri='sip:d@e.f'/></adhocList></action></batchSub>",
             "<batchSub uri='sip:a@b.c'><action "
             "name='subscribe'><adhocList><resource/></adhocList><categoryList><category "
             "name='x'/></categoryList></action></batchSub>",
         }) {
        EXPECT_FALSE(parse_batch_subscribe(document)) << document;
    }
}

TEST(Rlmi, ReadsBackWhatItWrote) {
    const rlmi_list l{
        "sip:alice@contoso.test",
        0,
        true,
        {{.uri = "sip:bob@contoso.test", .state = instance_state::active, .cid = "c1"},
         {.uri = "sip:carol@far.test",
          .state = instance_state::resubscribe,
          .pool_fqdn = "sip:pool.far.test"},
         {.uri = "sip:nobody@contoso.test",
          .state = instance_state::terminated,
          .reason = "noresource"}}};
    EXPECT_EQ(
        serialise(l),
        R"(<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="sip:alice@contoso.test" version="0" fullState="true">)"
        R"(<resource uri="sip:bob@contoso.test"><instance id="0" state="active" cid="c1"/></resource>)"
        R"(<resource uri="sip:carol@far.test"><instance id="0" state="resubscribe" poolFqdn="sip:pool.far.test"/></resource>)"
        R"(<resource uri="sip:nobody@contoso.test"><instance id="0" state="terminated" reason="noresource"/></resource></list>)");
    EXPECT_EQ(parse_rlmi(serialise(l)), l);
    EXPECT_FALSE(parse_rlmi("<list version='0'/>"));
    EXPECT_FALSE(parse_rlmi("<list version='0' fullState='true'><resource uri='a'/></list>"));
    EXPECT_FALSE(parse_rlmi("<list version='0' fullState='true'><resource uri='a'><instance "
                            "id='0'/></resource></list>"));
}

TEST(ContactCard, ReadsBackWhatItWrote) {
    for (const auto& c : {contact_card{"Alice <A>", "alice@contoso.test"}, contact_card{"", ""}}) {
        EXPECT_EQ(parse_contact_card(serialise(c)), c);
    }
    EXPECT_FALSE(parse_contact_card("<x/>"));
}

} // namespace
} // namespace lyceum::pres
