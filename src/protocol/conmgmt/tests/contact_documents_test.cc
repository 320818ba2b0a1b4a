#include "protocol/conmgmt/acl.h"
#include "protocol/conmgmt/contact_delta.h"
#include "protocol/conmgmt/contact_list.h"

#include <gtest/gtest.h>

namespace lyceum::conmgmt {
namespace {

using people::contact;
using people::contact_list;
using people::group;

contact_list sample() {
    return {
        .delta_num = 685,
        .groups = {{1, "~", ""}, {2, "Team <&>", "ldap://x"}, {3, "External", ""}},
        .contacts =
            {{"bob@contoso.test", "Bob \"B\"", {1, 3}, true, "", ""},
             {"carol@contoso.test", "", {2}, false, "ldap://y", R"(<s xmlns="urn:s" a="1">t</s>)"}},
    };
}

TEST(ContactList, WritesWhatClientsRead) {
    const contact_list list{.delta_num = 2,
                            .groups = {{1, "~", ""}},
                            .contacts = {{"bob@contoso.test", "", {1}, true, "", ""}}};
    EXPECT_EQ(
        serialise(list),
        R"(<contactList deltaNum="2"><group id="1" name="~" externalURI=""/>)"
        R"(<contact uri="bob@contoso.test" name="" groups="1" subscribed="true" externalURI=""/></contactList>)");
}

TEST(ContactList, ReadsBackWhatItWrote) {
    for (const auto& list : {contact_list{}, sample()})
        EXPECT_EQ(parse_contact_list(serialise(list)), list);
}

TEST(ContactList, ReadsTheDocumentsExample) { // [MS-SIP] 3.7.5.2, abridged
    const auto got = parse_contact_list(R"(<contactList deltaNum="685" >
<group id="3" name="External" externalURI="" />
<group id="1" name="~" externalURI="" />
<contact uri="contact2@tradewind.com " name="" groups="1 2 " subscribed="true" externalURI="" />
<contact uri="Contact1@tradewind.com" name="" groups="3 1 1 " subscribed="true" externalURI="" />
</contactList>)");
    ASSERT_TRUE(got);
    EXPECT_EQ(got->groups, (std::vector<group>{{1, "~", ""}, {3, "External", ""}}));
    EXPECT_EQ(got->contacts,
              (std::vector<contact>{{"contact1@tradewind.com", "", {1, 3}, true, "", ""},
                                    {"contact2@tradewind.com", "", {1, 2}, true, "", ""}}));
}

TEST(ContactList, RefusesOthers) {
    for (const std::string_view document : {
             "<contactList/>",
             R"(<contactList deltaNum="0"/>)",
             R"(<contactDelta deltaNum="1" prevDeltaNum="0"/>)",
             R"(<contactList deltaNum="1"><group name="x"/></contactList>)",
             R"(<contactList deltaNum="1"><group id="65" name="x"/></contactList>)",
             R"(<contactList deltaNum="1"><contact uri="nobody"/></contactList>)",
             R"(<contactList deltaNum="1"><contact uri="a@b" groups="x"/></contactList>)",
             R"(<contactList deltaNum="1"><contact uri="a@b" subscribed="maybe"/></contactList>)",
         }) {
        EXPECT_FALSE(parse_contact_list(document)) << document;
    }
}

TEST(ContactDelta, SaysHowOneListCameFromTheOther) {
    auto after = sample();
    after.delta_num = 686;
    after.groups.erase(after.groups.begin() + 2);
    after.groups[1].name = "Team";
    after.groups.push_back({7, "New", ""});
    after.contacts[0].groups = {1};
    after.contacts[1] = {"dave@contoso.test", "Dave", {7}, true, "", ""};
    const contact_delta want{
        .prev_delta_num = 685,
        .delta_num = 686,
        .added_groups = {{7, "New", ""}},
        .modified_groups = {{2, "Team", "ldap://x"}},
        .added_contacts = {after.contacts[1]},
        .modified_contacts = {after.contacts[0]},
        .deleted_groups = {3},
        .deleted_contacts = {"carol@contoso.test"},
    };
    EXPECT_EQ(difference(sample(), after), want);
    EXPECT_EQ(parse_contact_delta(serialise(want)), want);
    EXPECT_EQ(difference(after, after), (contact_delta{.prev_delta_num = 686, .delta_num = 686}));
}

TEST(ContactDelta, HasSipUrisAndTheSchemasOrder) {
    const contact_delta d{
        .prev_delta_num = 12,
        .delta_num = 13,
        .added_groups = {{2, "g", ""}},
        .added_contacts = {{"bob@contoso.test", "", {2}, true, "", ""}},
        .deleted_groups = {3},
        .deleted_contacts = {"carol@contoso.test"},
    };
    EXPECT_EQ(
        serialise(d),
        R"(<contactDelta deltaNum="13" prevDeltaNum="12"><addedGroup id="2" name="g" externalURI=""/>)"
        R"(<addedContact uri="sip:bob@contoso.test" name="" groups="2" subscribed="true" externalURI=""/>)"
        R"(<deletedGroup id="3"/><deletedContact uri="sip:carol@contoso.test"/></contactDelta>)");
}

TEST(Acl, ReadsBackWhatItWrote) {
    const acl list{
        .delta_num = 282,
        .entries = {{ace_type::user, "sip:bob@contoso.test", view_right::block, reach_right::deny},
                    {ace_type::domain, "contoso.test", view_right::prompt, reach_right::allow},
                    {ace_type::all, "", view_right::allow, reach_right::allow}}};
    EXPECT_EQ(
        serialise(list),
        R"(<ACLlist deltaNum="282"><userACL><ace type="USER" mask="sip:bob@contoso.test" rights="BD"/>)"
        R"(<ace type="DOMAIN" mask="contoso.test" rights="PA"/><ace type="ALL" rights="AA"/></userACL></ACLlist>)");
    EXPECT_EQ(parse_acl(serialise(list)), list);
    EXPECT_FALSE(parse_acl("<ACLlist deltaNum='0'/>"));
    EXPECT_FALSE(parse_acl(
        "<ACLlist deltaNum='1'><userACL><ace type='ALL' rights='AX'/></userACL></ACLlist>"));
    EXPECT_FALSE(parse_acl(
        "<ACLlist deltaNum='1'><userACL><ace type='ROBOT' rights='AA'/></userACL></ACLlist>"));
}

} // namespace
} // namespace lyceum::conmgmt
