#include "protocol/sip/list.h"
#include "protocol/sip/params.h"

#include <gtest/gtest.h>

#include <vector>

namespace lyceum::sip {
namespace {

TEST(params, get) {
    const struct {
        std::string_view text;
        std::string_view name;
        std::optional<std::string_view> value;
    } rows[] = {
        {"tag=1;epid=2", "epid", "2"},
        {";tag=1", "TAG", "1"},
        {"lr", "lr", ""},
        {"lr=", "lr", ""},
        {"lr;x=y", "x", "y"},
        {"tag=1;tag=2", "tag", "1"},
        {" tag  =  1 ; x = \t2 ", "x", "2"},
        {"a=\"x;tag=2\";tag=1", "tag", "1"},
        {"a=\"x\\\";tag=2\";tag=1", "tag", "1"},
        {"a=\"q \\\" q\"", "a", "q \\\" q"},
        {"a=\"\"", "a", ""},
        {"a=b=c", "a", "b=c"},
        {";;;a=1;;b=2;;", "b", "2"},
        {"a=\"open;b=1", "b", std::nullopt},
        {"a=\"open\\", "a", "\"open\\"},
        {"xtag=1", "tag", std::nullopt},
        {"", "tag", std::nullopt},
        {"+sip.instance=\"<urn:uuid:4233fd41>\"", "+sip.instance", "<urn:uuid:4233fd41>"},
        {"received=[2001:db8::1];rport", "received", "[2001:db8::1]"},
    };
    for (const auto& row : rows) {
        const params_view p(row.text);
        EXPECT_EQ(p.get(row.name), row.value) << row.text;
        EXPECT_EQ(p.has(row.name), row.value.has_value()) << row.text;
        EXPECT_EQ(p.value_or(row.name, "?"), row.value.value_or("?")) << row.text;
    }
}

TEST(params, comma_separated) {
    const params_view p("qop=\"auth\", realm=\"a, b\", version=4,targetname=sip/x", ',');
    EXPECT_EQ(p.get("realm"), "a, b");
    EXPECT_EQ(p.get("version"), "4");
    EXPECT_EQ(p.get("targetname"), "sip/x");
}

TEST(params, next) {
    params_view p("a=\"1\";b; c = 2");
    params_view::parameter one;
    ASSERT_TRUE(p.next(one));
    EXPECT_EQ(one.name, "a");
    EXPECT_EQ(one.raw_value, "\"1\"");
    EXPECT_TRUE(one.has_value);
    ASSERT_TRUE(p.next(one));
    EXPECT_EQ(one.name, "b");
    EXPECT_EQ(one.raw_value, "");
    EXPECT_FALSE(one.has_value);
    ASSERT_TRUE(p.next(one));
    EXPECT_EQ(one.name, "c");
    EXPECT_EQ(one.raw_value, "2");
    EXPECT_FALSE(p.next(one));
    EXPECT_FALSE(p.next(one));
}

TEST(list, commas_in_quotes_and_brackets_do_not_split) {
    const struct {
        std::string_view text;
        std::vector<std::string_view> values;
    } rows[] = {
        {"", {}},
        {"  \t", {}},
        {"a", {"a"}},
        {" a , b,c ", {"a", "b", "c"}},
        {"\"a,b\" <sip:c,d@e>;x=\"f,g\", h", {"\"a,b\" <sip:c,d@e>;x=\"f,g\"", "h"}},
        {"\"a\\\",b\", c", {"\"a\\\",b\"", "c"}},
        {"\"<\", c", {"\"<\"", "c"}},
        {"<sip:a\"b>, \"c\"", {"<sip:a\"b>", "\"c\""}},
        {"a,,b", {"a", "", "b"}},
        {",", {"", ""}},
        {"a,", {"a", ""}},
        {"\"open, b", {"\"open, b"}},
        {"<open, b", {"<open, b"}},
        {"\"open\\", {"\"open\\"}},
        {"307 isi.edu \"a, b\", 370 x \"y\"", {"307 isi.edu \"a, b\"", "370 x \"y\""}},
    };
    for (const auto& row : rows) {
        std::vector<std::string_view> values;
        list_view list(row.text);
        for (std::string_view one; list.next(one);)
            values.push_back(one);
        EXPECT_EQ(values, row.values) << row.text;
    }
}

} // namespace
} // namespace lyceum::sip
