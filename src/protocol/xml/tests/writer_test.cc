#include "protocol/xml/parse.h"
#include "protocol/xml/writer.h"

#include <gtest/gtest.h>

namespace lyceum::xml {
namespace {

TEST(XmlWriter, WritesElements) {
    std::string out;
    writer(out)
        .open("a")
        .attr("n", 7)
        .flag("f", true)
        .leaf("b")
        .leaf("c", "x")
        .open("d")
        .close()
        .close();
    EXPECT_EQ(out, R"(<a n="7" f="true"><b/><c>x</c><d/></a>)");
}

TEST(XmlWriter, WhatIsWrittenReadsBackTheSame) {
    using namespace std::string_view_literals;
    const struct {
        std::string_view value;
        std::string_view read;
    } rows[] = {
        {"plain", "plain"},
        {"<a b=\"c\" d='e'>&amp;</a>", "<a b=\"c\" d='e'>&amp;</a>"},
        {"]]>", "]]>"},
        {"one\r\n\ttwo\n", "one\r\n\ttwo\n"},
        {"gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80", "gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80"},
        {"a\0b"sv,
         "a\xEF\xBF\xBD"
         "b"},
        {"a\x1B[31m", "a\xEF\xBF\xBD[31m"},
        {"broken \xC3", "broken \xEF\xBF\xBD"},
        {"\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xEF\xBF\xBE", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
    };
    for (const auto& row : rows) {
        std::string out;
        writer(out).open("a").attr("v", row.value).text(row.value).close();
        const auto got = parse(out);
        ASSERT_TRUE(got) << out;
        EXPECT_EQ(got->attribute_value("v"), row.read) << out;
        EXPECT_EQ(got->text(), row.read) << out;
    }
}

TEST(XmlOuter, FragmentsStandAlone) {
    const struct {
        std::string_view document;
        std::string_view path;
        std::string_view fragment;
    } rows[] = {
        {"<a><b>t</b></a>", "b", "<b>t</b>"},
        {"<a xmlns='urn:d'><b/></a>", "b", R"(<b xmlns="urn:d"/>)"},
        {"<p:a xmlns:p='urn:p'><b p:x='1'/></p:a>", "b", R"(<b xmlns:p="urn:p" p:x="1"/>)"},
        {"<p:a xmlns:p='urn:p'><p:b><p:c/></p:b></p:a>",
         "b",
         R"(<p:b xmlns:p="urn:p"><p:c/></p:b>)"},
        {"<a xmlns='urn:d'><b xmlns=''><c/></b></a>", "b", R"(<b xmlns=""><c/></b>)"},
        {"<a><b xmlns:xsi='urn:i' xsi:type='t'>x<c xml:lang='en'/>y</b></a>",
         "b",
         R"(<b xmlns:xsi="urn:i" xsi:type="t">x<c xml:lang="en"/>y</b>)"},
    };
    for (const auto& row : rows) {
        const auto document = parse(row.document);
        ASSERT_TRUE(document) << row.document;
        const auto* e = document->find(row.path);
        ASSERT_NE(e, nullptr);
        EXPECT_EQ(outer(*e), row.fragment);
        const auto again = parse(outer(*e));
        ASSERT_TRUE(again);
        EXPECT_EQ(again->ns, e->ns);
        EXPECT_EQ(again->content, e->content);
    }
}

TEST(XmlInner, LeavesTheElementOut) {
    const auto document = parse("<p:a xmlns:p='urn:p'>x &amp; y<p:b/>z</p:a>");
    ASSERT_TRUE(document);
    EXPECT_EQ(inner(*document), R"(x &amp; y<p:b xmlns:p="urn:p"/>z)");
}

} // namespace
} // namespace lyceum::xml
