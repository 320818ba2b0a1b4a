#include "protocol/conmgmt/edit.h"

#include <gtest/gtest.h>

namespace lyceum::conmgmt {
namespace {

using people::add_group, people::delete_contact, people::delete_group, people::modify_group,
    people::set_contact;

/// An envelope as pidgin-sipe 1.25 writes it (sip-soap.c).
std::string from_pidgin(std::string_view method, std::string_view content) {
    std::string out =
        R"(<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/winrtc/2002/11/sip"><s:Body><m:)";
    out += method;
    out += '>';
    out += content;
    out += "</m:";
    out += method;
    return out += "></s:Body></s:Envelope>";
}

TEST(SoapRequest, ReadsWhatPidginSends) {
    const struct {
        std::string_view method;
        std::string_view content;
        soap_request want;
    } rows[] = {
        {"addGroup",
         "<m:name>Friends</m:name><m:externalURI /><m:deltaNum>16</m:deltaNum>",
         edit{add_group{"Friends", ""}, 16}},
        {"modifyGroup",
         "<m:groupID>2</m:groupID><m:name>A &amp; B</m:name><m:externalURI "
         "/><m:deltaNum>17</m:deltaNum>",
         edit{modify_group{2, "A & B", ""}, 17}},
        {"deleteGroup",
         "<m:groupID>2</m:groupID><m:deltaNum>0</m:deltaNum>",
         edit{delete_group{2}, 0}},
        {"setContact",
         "<m:displayName>Bob</m:displayName><m:groups>2 1 "
         "</m:groups><m:subscribed>true</m:subscribed>"
         "<m:URI>sip:Bob@contoso.test</m:URI><m:externalURI /><m:deltaNum>12</m:deltaNum>",
         edit{set_contact{{"bob@contoso.test", "Bob", {1, 2}, true, "", ""}}, 12}},
        {"deleteContact",
         "<m:URI>sip:bob@contoso.test</m:URI><m:deltaNum>15</m:deltaNum>",
         edit{delete_contact{"bob@contoso.test"}, 15}},
        {"setACE",
         "<m:type>USER</m:type><m:mask>sip:bob@contoso.test</m:mask><m:rights>BD</"
         "m:rights><m:deltaNum>2</m:deltaNum>",
         set_ace{"USER", "sip:bob@contoso.test", "BD", 2}},
        {"setPresence", "<m:presentity/>", other_method{"setPresence"}},
    };
    for (const auto& row : rows) {
        const auto got = parse_soap_request(from_pidgin(row.method, row.content));
        ASSERT_TRUE(got) << row.method;
        EXPECT_EQ(*got, row.want) << row.method;
    }
}

TEST(SoapRequest, ReadsBackWhatItWrote) {
    const edit rows[] = {
        {add_group{"<x>", "ldap://x"}, 1},
        {modify_group{2, "n", "u"}, 2},
        {delete_group{3}, 3},
        {set_contact{{"bob@contoso.test", "Bob", {1, 2}, false, "u", R"(<a xmlns="urn:a">t</a>)"}},
         4},
        {delete_contact{"bob@contoso.test"}, 5},
    };
    for (const auto& row : rows)
        EXPECT_EQ(parse_soap_request(serialise(row)), soap_request(row));
    const set_ace a{"DOMAIN", "contoso.test", "AA", 6};
    EXPECT_EQ(parse_soap_request(serialise(a)), soap_request(a));
}

TEST(SoapRequest, RefusesWhatLacksItsParts) {
    const struct {
        std::string_view method;
        std::string_view content;
    } rows[] = {
        {"addGroup", "<m:name>Friends</m:name>"},
        {"addGroup", "<m:deltaNum>1</m:deltaNum>"},
        {"addGroup", "<m:name>Friends</m:name><m:deltaNum>-1</m:deltaNum>"},
        {"modifyGroup", "<m:name>Friends</m:name><m:deltaNum>1</m:deltaNum>"},
        {"modifyGroup", "<m:groupID>1</m:groupID><m:deltaNum>1</m:deltaNum>"},
        {"deleteGroup", "<m:groupID>x</m:groupID><m:deltaNum>1</m:deltaNum>"},
        {"setContact", "<m:deltaNum>1</m:deltaNum>"},
        {"setContact", "<m:URI>sip:</m:URI><m:deltaNum>1</m:deltaNum>"},
        {"setContact", "<m:URI>sip:a@b.c</m:URI><m:groups>99</m:groups><m:deltaNum>1</m:deltaNum>"},
        {"setContact",
         "<m:URI>sip:a@b.c</m:URI><m:subscribed>perhaps</m:subscribed><m:deltaNum>1</m:deltaNum>"},
        {"deleteContact", "<m:deltaNum>1</m:deltaNum>"},
        {"setACE", "<m:type>ALL</m:type>"},
    };
    for (const auto& row : rows)
        EXPECT_FALSE(parse_soap_request(from_pidgin(row.method, row.content))) << row.content;
    EXPECT_FALSE(parse_soap_request(""));
    EXPECT_FALSE(parse_soap_request("<addGroup/>"));
}

TEST(AddGroupReply, HasTheIdWherePidginLooks) {
    EXPECT_EQ(
        add_group_reply(7),
        R"(<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>)"
        R"(<m:addGroup xmlns:m="http://schemas.microsoft.com/winrtc/2002/11/sip"><m:groupID>7</m:groupID></m:addGroup>)"
        R"(</s:Body></s:Envelope>)");
    EXPECT_EQ(parse_add_group_reply(add_group_reply(7)), 7u);
    EXPECT_FALSE(parse_add_group_reply(from_pidgin("deleteGroup", "<m:groupID>7</m:groupID>")));
}

} // namespace
} // namespace lyceum::conmgmt
