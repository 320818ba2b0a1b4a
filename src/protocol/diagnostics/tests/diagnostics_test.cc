#include "base/text.h"
#include "protocol/diagnostics/diagnostics.h"

#include <gtest/gtest.h>

#include <fstream>

namespace lyceum::diagnostics {
namespace {

TEST(Diagnostics, TheTableIsTheRegistry) {
    std::ifstream file("data/error_ids.csv");
    std::string line;
    ASSERT_TRUE(std::getline(file, line)); // the heading
    std::vector<std::pair<std::uint32_t, bool>> registry;
    while (std::getline(file, line)) {
        std::string_view rest = line;
        const auto number = to_u32(split_first(rest, ','));
        ASSERT_TRUE(number) << line;
        registry.emplace_back(*number, rest == "ms-diagnostics-public");
    }
    std::vector<std::pair<std::uint32_t, bool>> ours;
    for (const auto& row : table())
        ours.emplace_back(std::to_underlying(row.what), row.is_public);
    EXPECT_EQ(ours, registry);
}

TEST(Diagnostics, EveryRowCanBeAnswered) {
    for (const auto& row : table()) {
        EXPECT_GE(row.status, 400) << row.reason;
        EXPECT_LT(row.status, 700) << row.reason;
        EXPECT_FALSE(row.reason.empty()) << std::to_underlying(row.what);
        EXPECT_EQ(&of(row.what), &row);
        EXPECT_EQ(refuse(row.what), (refusal{row.status, row.what}));
    }
}

TEST(Diagnostics, WritesHeaders) {
    EXPECT_EQ(value(id::final_handshake_failed, "fe1.contoso.com"),
              R"(1000;reason="Final handshake failed";source="fe1.contoso.com")");
    EXPECT_EQ(public_value(id::user_disabled), R"(4141;reason="User disabled")");
}

TEST(Diagnostics, Reads) {
    const struct {
        std::string_view value;
        report want;
    } rows[] = {
        {"1000", {1000, "", "", {}}},
        {R"(1000;reason="Final handshake failed";source="fe1.contoso.com")",
         {1000, "Final handshake failed", "fe1.contoso.com", {}}},
        {R"-( 2141 ; Reason = "a \"b\" \\ c;d" ; source="x";HRESULT="0x80004005(E_FAIL)";flag)-",
         {2141, "a \"b\" \\ c;d", "x", {{"HRESULT", "0x80004005(E_FAIL)"}, {"flag", ""}}}},
        {"52017;reason=token;", {52017, "token", "", {}}},
        {R"(1000.3;reason="x")", {1000, "x", "", {}}},
    };
    for (const auto& row : rows) {
        const auto got = parse(row.value);
        ASSERT_TRUE(got) << row.value;
        EXPECT_EQ(*got, row.want) << row.value;
        EXPECT_EQ(parse(serialise(*got)), row.want) << row.value;
    }
}

TEST(Diagnostics, RefusesOthers) {
    const struct {
        std::string_view value;
        malformed why;
    } rows[] = {
        {"", malformed::bad_value},
        {"x", malformed::bad_value},
        {"-1;reason=\"x\"", malformed::bad_value},
        {"4294967296", malformed::bad_value},
        {"1000;reason=\"open", malformed::truncated},
        {"1000;reason=\"open\\", malformed::truncated},
        {"1000;=x", malformed::bad_value},
        {"1000;reason=\"x\" y", malformed::bad_value},
    };
    for (const auto& row : rows) {
        const auto got = parse(row.value);
        ASSERT_FALSE(got) << row.value;
        EXPECT_EQ(got.error().why, row.why) << row.value;
    }
}

TEST(Diagnostics, WritesNothingThatBreaksALine) {
    EXPECT_EQ(serialise({1, "a\r\nX: \"y\"", "", {}}), "1;reason=\"a  X: \\\"y\\\"\"");
}

} // namespace
} // namespace lyceum::diagnostics
