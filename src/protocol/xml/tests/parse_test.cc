#include "protocol/xml/parse.h"

#include <gtest/gtest.h>

namespace lyceum::xml {
namespace {

TEST(XmlParse, RefusesWithTheReason) {
    const std::string deep = [] {
        std::string s;
        for (int i = 0; i < 65; ++i)
            s += "<a>";
        for (int i = 0; i < 65; ++i)
            s += "</a>";
        return s;
    }();
    const struct {
        std::string_view document;
        malformed why;
        std::string_view rule;
    } rows[] = {
        {"", malformed::truncated, "XML 1.0 2.1"},
        {"   ", malformed::bad_value, "XML 1.0 2.1"},
        {"<a>", malformed::bad_value, "XML 1.0 2.1"},
        {"<a></b>", malformed::bad_value, "XML 1.0 2.1"},
        {"<a/><b/>", malformed::bad_value, "XML 1.0 2.1"},
        {"<a x='1' x='2'/>", malformed::bad_value, "XML 1.0 2.1"},
        {"<a>&unknown;</a>", malformed::bad_value, "XML 1.0 2.1"},
        {"<a>\x01</a>", malformed::bad_value, "XML 1.0 2.1"},
        {"<a>\xC3</a>", malformed::bad_value, "XML 1.0 2.1"},
        {"<p:a/>", malformed::bad_value, "Namespaces in XML 1.0 3"},
        {"<a p:x='1'/>", malformed::bad_value, "Namespaces in XML 1.0 3"},
        {"<!DOCTYPE a><a/>", malformed::unsupported, "XML 1.0 2.8"},
        {"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", malformed::unsupported, "XML 1.0 2.8"},
        {"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", malformed::unsupported, "XML 1.0 2.8"},
        {"<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
         malformed::unsupported,
         "XML 1.0 2.8"},
        {deep, malformed::too_large, "xml: max_depth"},
    };
    for (const auto& row : rows) {
        const auto got = parse(row.document);
        ASSERT_FALSE(got) << row.document;
        EXPECT_EQ(got.error().why, row.why) << row.document;
        EXPECT_EQ(got.error().rule, row.rule) << row.document;
    }
}

TEST(XmlParse, LimitsAreParameters) {
    EXPECT_EQ(parse("<a/>", {.max_bytes = 3}).error().rule, std::string_view("xml: max_bytes"));
    EXPECT_TRUE(parse("<a/>", {.max_bytes = 4}));
    EXPECT_TRUE(parse("<a><b/></a>", {.max_depth = 2}));
    EXPECT_EQ(parse("<a><b/></a>", {.max_depth = 1}).error().rule,
              std::string_view("xml: max_depth"));
    EXPECT_TRUE(parse("<a x='1'>t</a>", {.max_nodes = 3}));
    EXPECT_EQ(parse("<a x='1'>t</a>", {.max_nodes = 2}).error().rule,
              std::string_view("xml: max_nodes"));
}

TEST(XmlParse, KeepsNamesNamespacesAndText) {
    const auto got = parse("<?xml version='1.0' encoding='utf-8'?>\n<!-- c --><m:a xmlns:m='urn:m' "
                           "xmlns='urn:d' m:x='1' y='&lt;2&gt;'>"
                           "one<b>&amp;</b><?pi?><!-- c -->two<![CDATA[<3>]]></m:a>");
    ASSERT_TRUE(got);
    EXPECT_EQ(got->name, "a");
    EXPECT_EQ(got->prefix, "m");
    EXPECT_EQ(got->ns, "urn:m");
    EXPECT_EQ(got->attributes,
              (std::vector<attribute>{{"x", "1", "m", "urn:m"}, {"y", "<2>", "", ""}}));
    EXPECT_EQ(got->text(), "onetwo<3>");
    ASSERT_EQ(got->children().size(), 1u);
    EXPECT_EQ(got->child("b")->ns, "urn:d");
    EXPECT_EQ(got->child_text("b"), "&");
    EXPECT_EQ(got->child("c"), nullptr);
    EXPECT_EQ(got->child_text("c"), std::nullopt);
}

TEST(XmlParse, ReadsOtherEncodings) {
    using namespace std::string_view_literals;
    EXPECT_EQ(parse("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xFC</a>")->text(), "\xC3\xBC");
    EXPECT_EQ(parse("\xFF\xFE<\0a\0>\0\xFC\0<\0/\0a\0>\0"sv)->text(), "\xC3\xBC");
}

TEST(XmlParse, FindsByPath) {
    const auto got = parse(
        "<s:E xmlns:s='urn:s'><s:Body><addGroup><groupID>7</groupID></addGroup></s:Body></s:E>");
    ASSERT_TRUE(got);
    ASSERT_NE(got->find("Body/addGroup/groupID"), nullptr);
    EXPECT_EQ(got->find("Body/addGroup/groupID")->text(), "7");
    EXPECT_EQ(got->find("Body/deleteGroup/groupID"), nullptr);
    EXPECT_EQ(got->find(""), &*got);
}

TEST(XmlParse, ReadsNumbersAndBooleans) {
    EXPECT_EQ(number(" 12\n"), 12u);
    EXPECT_EQ(number("-1"), std::nullopt);
    EXPECT_EQ(number("4294967296"), std::nullopt);
    EXPECT_EQ(boolean("True"), true);
    EXPECT_EQ(boolean(" 0 "), false);
    EXPECT_EQ(boolean("yes"), std::nullopt);
}

} // namespace
} // namespace lyceum::xml
