#include "protocol/mime/multipart.h"

#include <gtest/gtest.h>

namespace lyceum::mime {
namespace {

TEST(ContentType, Reads) {
    const struct {
        std::string_view value;
        content_type want;
    } rows[] = {
        {"text/plain", {"text/plain"}},
        {" Application/SOAP+xml ", {"application/soap+xml"}},
        {"text/plain; charset=UTF-8;msgr=WAAt",
         {"text/plain", {{"charset", "UTF-8"}, {"msgr", "WAAt"}}}},
        {R"(multipart/related; type="application/rlmi+xml";start=resourceList;boundary=50UBfW7LSCVLtggUPe5z)",
         {"multipart/related",
          {{"type", "application/rlmi+xml"},
           {"start", "resourceList"},
           {"boundary", "50UBfW7LSCVLtggUPe5z"}}}},
        {"multipart/related;type=application/rlmi+xml;;Boundary = \"a \\\"b\\\"\" ; ",
         {"multipart/related", {{"type", "application/rlmi+xml"}, {"boundary", "a \"b\""}}}},
    };
    for (const auto& row : rows) {
        const auto got = parse_content_type(row.value);
        ASSERT_TRUE(got) << row.value;
        EXPECT_EQ(*got, row.want) << row.value;
        EXPECT_EQ(parse_content_type(serialise(*got)), row.want) << serialise(*got);
    }
    EXPECT_EQ(rows[2].want.get("CHARSET"), "UTF-8");
    EXPECT_EQ(rows[2].want.get("boundary"), std::nullopt);
    EXPECT_TRUE(rows[3].want.is_multipart());
}

TEST(ContentType, RefusesOthers) {
    for (const std::string_view value : {"",
                                         "text",
                                         "text/",
                                         "/plain",
                                         "text/plain x",
                                         "text/plain;=x",
                                         "text/plain;a",
                                         "text/plain;a=",
                                         "text/plain;a=\"x",
                                         "text/plain;a=\"x\"y",
                                         "text/plain;a=\"\r\n\"",
                                         "text/plain;a=\x01"}) {
        EXPECT_FALSE(parse_content_type(value)) << value;
    }
}

std::vector<part> sample() {
    return {
        {.type = {"application/rlmi+xml"},
         .headers = {{"Content-ID", "resourceList"}, {"Content-Transfer-Encoding", "binary"}},
         .body = "<list/>"},
        {.type = {"text/plain", {{"charset", "UTF-8"}}}, .body = "--not a boundary\r\n--part\r\n"},
        {.type = {"text/plain"}, .body = ""},
    };
}

TEST(Multipart, ReadsBackWhatItWrote) {
    for (const auto& parts : {sample(), std::vector<part>{}}) {
        const auto boundary = pick_boundary(parts);
        EXPECT_EQ(parse_multipart(serialise(parts, boundary, framing::exact), boundary), parts);
    }
}

TEST(Multipart, TheEmptyLineIsBehindTheBody) {
    const std::vector<part> parts{sample().front()};
    const auto body = serialise(parts, "b", framing::empty_line);
    EXPECT_EQ(body,
              "--b\r\nContent-Type: application/rlmi+xml\r\nContent-ID: "
              "resourceList\r\nContent-Transfer-Encoding: binary\r\n\r\n<list/>\r\n\r\n--b--\r\n");
    const auto got = parse_multipart(body, "b");
    ASSERT_TRUE(got);
    EXPECT_EQ((*got)[0].body, "<list/>\r\n");
    EXPECT_EQ((*got)[0].get("content-id"), "resourceList");
    EXPECT_EQ((*got)[0].get("content-location"), "");
}

TEST(Multipart, PicksABoundaryThatIsNowhere) {
    std::vector<part> parts{{.type = {"text/plain"}, .body = "part-0 part-1"}};
    EXPECT_EQ(pick_boundary(parts), "part-2");
    EXPECT_EQ(pick_boundary({}), "part-0");
}

TEST(Multipart, ReadsTheWaysOfOthers) {
    const struct {
        std::string_view body;
        std::vector<part> want;
    } rows[] = {
        {"preamble\r\n--b  \r\n\r\nx\r\n--b--\r\nepilogue --b",
         {{.type = {"text/plain"}, .body = "x"}}},
        {"--b\nContent-Type: a/b;\n c=d\nX-Y:  z \n\nx\n--b--",
         {{.type = {"a/b", {{"c", "d"}}}, .headers = {{"X-Y", "z"}}, .body = "x"}}},
        {"--b\r\n\r\n--bb\r\n--b--", {{.type = {"text/plain"}, .body = "--bb"}}},
        {"--b\r\n\r\na --b\r\n--b\r\n\r\n\r\n--b--\r\n",
         {{.type = {"text/plain"}, .body = "a --b"}, {.type = {"text/plain"}, .body = ""}}},
        {"--b--", {}},
    };
    for (const auto& row : rows)
        EXPECT_EQ(parse_multipart(row.body, "b"), row.want) << row.body;
}

TEST(Multipart, RefusesOthers) {
    const struct {
        std::string_view body;
        std::string_view boundary;
        malformed why;
    } rows[] = {
        {"", "b", malformed::truncated},
        {"--b\r\n\r\nx", "b", malformed::truncated},
        {"--b\r\n\r\nx\r\n--b", "b", malformed::truncated},
        {"--b\r\nno colon\r\n\r\nx\r\n--b--", "b", malformed::bad_value},
        {"--b\r\nX: a\rb\r\n\r\nx\r\n--b--", "b", malformed::bad_value},
        {"--b\r\nContent-Type: a/b\r\nContent-Type: a/b\r\n\r\nx\r\n--b--",
         "b",
         malformed::bad_value},
        {"--b\r\nContent-Type: none\r\n\r\nx\r\n--b--", "b", malformed::bad_value},
        {"--b\r\n\r\n\r\n--b\r\n\r\n\r\n--b\r\n\r\n\r\n--b--", "b", malformed::too_large},
        {"--b\r\na: 1\r\nb: 2\r\nc: 3\r\n\r\n\r\n--b--", "b", malformed::too_large},
        {"----", "", malformed::bad_length},
    };
    for (const auto& row : rows) {
        const auto got =
            parse_multipart(row.body, row.boundary, {.max_parts = 2, .max_headers = 2});
        ASSERT_FALSE(got) << row.body;
        EXPECT_EQ(got.error().why, row.why) << row.body;
    }
}

} // namespace
} // namespace lyceum::mime
