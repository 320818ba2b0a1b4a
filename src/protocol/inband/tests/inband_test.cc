#include "protocol/inband/groups.h"
#include "protocol/inband/legacy.h"
#include "protocol/inband/request.h"

#include <gtest/gtest.h>

namespace lyceum::inband {
namespace {

TEST(ProvisioningRequest, ReadsWhatPidginSends) { // pidgin-sipe 1.25 sipe-subscriptions.c
    const auto got = parse_request(
        R"(<provisioningGroupList xmlns="http://schemas.microsoft.com/2006/09/sip/provisioninggrouplist">)"
        R"( <provisioningGroup name="ServerConfiguration"/> <provisioningGroup name="meetingPolicy"/>)"
        R"( <provisioningGroup name="persistentChatConfiguration"/> <provisioningGroup name="ucPolicy"/></provisioningGroupList>)");
    ASSERT_TRUE(got);
    EXPECT_EQ(*got,
              (request{"",
                       {{"ServerConfiguration", ""},
                        {"meetingPolicy", ""},
                        {"persistentChatConfiguration", ""},
                        {"ucPolicy", ""}}}));
}

TEST(ProvisioningRequest, ReadsBackWhatItWrote) {
    const request r{"192.0.2.0", {{"ServerConfiguration", ""}, {"locationPolicy", "<7>"}}};
    EXPECT_EQ(parse_request(serialise(r)), r);
}

TEST(ProvisioningRequest, RefusesOthers) {
    for (const std::string_view document :
         {"",
          "<provisioningGroupList/>",
          "<provisioningGroupList><provisioningGroup/></provisioningGroupList>",
          "<roamingList><provisioningGroup name='x'/></roamingList>"}) {
        EXPECT_FALSE(parse_request(document)) << document;
    }
}

TEST(Provision, HasTheShapeOfEachGroup) {
    const provision p{{
        to_group(server_configuration{.organization = "Contoso & Co",
                                      .encryption = av_encryption::support}),
        to_group(uc_policy{.call_forwarding = true}),
        to_group(persistent_chat_configuration{}),
        {.name = "publicationGrammar", .properties = {}, .raw = R"(<g xmlns="urn:g">x</g>)"},
    }};
    EXPECT_EQ(
        serialise(p),
        R"(<provisionGroupList xmlns="http://schemas.microsoft.com/2006/09/sip/provisiongrouplist-notification">)"
        R"(<provisionGroup name="ServerConfiguration"><organization>Contoso &amp; Co</organization>)"
        R"(<ucPC2PCAVEncryption>SupportEncryption</ucPC2PCAVEncryption></provisionGroup>)"
        R"(<provisionGroup name="ucPolicy"><instance><property name="AllowSimultaneousRinging">false</property>)"
        R"(<property name="AllowCallForwarding">true</property><property name="EnableCallTransfer">false</property>)"
        R"(<property name="EnableCallPark">false</property><property name="EnableTeamCall">false</property>)"
        R"(<property name="EnableDelegation">false</property><property name="EnableMaliciousCallTrace">false</property></instance></provisionGroup>)"
        R"(<provisionGroup name="persistentChatConfiguration"><propertyEntryList><property name="EnablePersistentChat">false</property>)"
        R"(</propertyEntryList></provisionGroup>)"
        R"(<provisionGroup name="publicationGrammar"><g xmlns="urn:g">x</g></provisionGroup></provisionGroupList>)");
    EXPECT_EQ(parse_provision(serialise(p)), p);
}

TEST(Provision, SaysNothingOfWhatDoesNotExist) {
    EXPECT_TRUE(to_group(server_configuration{}).properties.empty());
    const server_configuration all{
        .focus_factory_uri = "sip:a@contoso.test;gruu;opaque=app:conf:focusfactory",
        .mras_uri = "sip:mras@contoso.test",
        .test_call_uri = "sip:bot@contoso.test",
        .abs_internal_url = "https://i/abs",
        .abs_external_url = "https://e/abs",
        .dlx_internal_url = "https://i/dlx",
        .dlx_external_url = "https://e/dlx",
        .organization = "Contoso",
        .helpdesk_internal_url = "https://i/help",
        .helpdesk_external_url = "https://e/help",
        .encryption = av_encryption::require,
        .media_ports = port_range{50000, 50038},
    };
    EXPECT_EQ(to_group(all).properties.size(), 14u);
    EXPECT_EQ(to_group(all).properties.back(), (property{"ucMaxMediaPort", "50038"}));
}

TEST(Provision, ReadsBackEveryGroup) {
    const provision p{{to_group(user_setting{.location_profile = "uk"}),
                       to_group(location_policy{}),
                       to_group(media_configuration{.bypass = true}),
                       to_group(persistent_chat_configuration{"sip:chat@contoso.test"})}};
    EXPECT_EQ(parse_provision(serialise(p)), p);
    EXPECT_FALSE(parse_provision("<x><provisionGroup/></x>"));
}

TEST(LegacyProvisioning, ReadsBackWhatItWrote) {
    const legacy::document rows[] = {
        {"sip:alice@contoso.test", {}},
        {"sip:alice@contoso.test", legacy::line{"tel:+1555", "sip:rcc@contoso.test"}},
    };
    for (const auto& row : rows)
        EXPECT_EQ(legacy::parse(legacy::serialise(row)), row);
    EXPECT_FALSE(legacy::parse("<provisioning/>"));
}

} // namespace
} // namespace lyceum::inband
