#include "base/log/render.h"
#include "base/text.h"

#include <gtest/gtest.h>

namespace lyceum::log {
namespace {

using namespace std::string_view_literals;

constexpr wall_instant when{std::chrono::milliseconds(1'700'000'000'042)};

std::string line(form f, std::initializer_list<field> fields) {
    std::string out;
    render(out,
           f,
           when,
           level::info,
           "registrar",
           "signed_in",
           std::span(fields.begin(), fields.size()));
    return out;
}

TEST(render, one_line_in_each_form) {
    const auto fields = {
        field("user", "sip:alice@contoso.test"), field("expires", 600), field("from", "")};
    EXPECT_EQ(line(form::text, fields),
              "2023-11-14T22:13:20.042Z info  registrar signed_in user=sip:alice@contoso.test "
              "expires=600 "
              "from=\"\"\n");
    EXPECT_EQ(
        line(form::json, fields),
        R"({"time":"2023-11-14T22:13:20.042Z","level":"info","area":"registrar","event":"signed_in",)"
        R"("user":"sip:alice@contoso.test","expires":600,"from":""})"
        "\n");
}

TEST(render, values_cannot_break_out_of_their_line) {
    const struct {
        std::string_view value, text, json;
    } rows[] = {
        {"plain", "plain", "plain"},
        {"two words", R"("two words")", "two words"},
        {"a=b", R"("a=b")", "a=b"},
        {"x\nlevel=error", R"("x\nlevel=error")", R"(x\nlevel=error)"},
        {"\r\t", R"("\r\t")", R"(\r\t)"},
        {R"(say "no")", R"("say \"no\"")", R"(say \"no\")"},
        {R"(a\b)", R"("a\\b")", R"(a\\b)"},
        {"\x1B[2J", R"("\u001b[2J")", R"(\u001b[2J)"},
        {"\x7F", R"("\u007f")", R"(\u007f)"},
        {"\xC2\x9B"
         "2J",
         R"("\u009b2J")",
         R"(\u009b2J)"}, // C1: a one-character escape sequence
        {"a\0b"sv, R"("a\u0000b")", R"(a\u0000b)"},
        {"\xC3\xA9t\xC3\xA9", "\"\xC3\xA9t\xC3\xA9\"", "\xC3\xA9t\xC3\xA9"},
        {"\xF0\x9F\x98\x80", "\"\xF0\x9F\x98\x80\"", "\xF0\x9F\x98\x80"},
        {"a\xFFz", R"("a\ufffdz")", R"(a\ufffdz)"},
        {"\xE2\x82", R"("\ufffd\ufffd")", R"(\ufffd\ufffd)"},
        {"\xC0\x80", R"("\ufffd\ufffd")", R"(\ufffd\ufffd)"},
    };
    for (const auto& row : rows) {
        const auto text = line(form::text, {{"v", row.value}});
        EXPECT_TRUE(text.ends_with(" v=" + std::string(row.text) + "\n")) << text;
        const auto json = line(form::json, {{"v", row.value}});
        EXPECT_TRUE(json.ends_with(",\"v\":\"" + std::string(row.json) + "\"}\n")) << json;
        EXPECT_EQ(std::ranges::count(text, '\n'), 1);
        EXPECT_EQ(std::ranges::count(json, '\n'), 1);
        EXPECT_TRUE(is_utf8(text) && is_utf8(json));
    }
}

TEST(render, numbers) {
    const struct {
        field f;
        std::string_view shown;
    } rows[] = {
        {{"n", 0}, "0"},
        {{"n", -1}, "-1"},
        {{"n", true}, "1"},
        {{"n", std::numeric_limits<std::int64_t>::max()}, "9223372036854775807"},
        {{"n", std::numeric_limits<std::int64_t>::min()}, "-9223372036854775808"},
        {{"n", std::uint16_t{5061}}, "5061"},
    };
    for (const auto& row : rows) {
        EXPECT_TRUE(line(form::json, {row.f}).ends_with(",\"n\":" + std::string(row.shown) + "}\n"))
            << row.shown;
        EXPECT_TRUE(line(form::text, {row.f}).ends_with(" n=" + std::string(row.shown) + "\n"))
            << row.shown;
    }
}

TEST(render, secrets_are_withheld_whatever_their_case_and_kind) {
    for (const auto* name :
         {"password", "Password", "nt_hash", "session_key", "token", "Authorization", "pin"}) {
        EXPECT_TRUE(is_secret(name)) << name;
        for (const auto f : {form::text, form::json}) {
            EXPECT_EQ(line(f, {{name, "hunter2"}}).find("hunter2"), std::string::npos) << name;
            EXPECT_EQ(line(f, {{name, 24680}}).find("24680"), std::string::npos) << name;
            EXPECT_NE(line(f, {{name, "hunter2"}}).find("(withheld)"), std::string::npos) << name;
        }
    }
    for (const auto* name : {"user", "password_length", "keys", ""})
        EXPECT_FALSE(is_secret(name)) << name;
}

TEST(render, levels_have_their_words) {
    const struct {
        level l;
        std::string_view word;
    } rows[] = {{level::trace, "trace"},
                {level::debug, "debug"},
                {level::info, "info"},
                {level::warn, "warn"},
                {level::error, "error"}};
    for (const auto& row : rows)
        EXPECT_EQ(name(row.l), row.word);
}

} // namespace
} // namespace lyceum::log
