#include "admin/request.h"

#include <gtest/gtest.h>

namespace lyceum::admin {
namespace {

TEST(request, tells_what_is_wrong) {
    const struct {
        std::string_view line;
        std::string_view code;
        std::string_view message;
    } rows[] = {
        {"", "usage", "the request is not JSON: incomplete JSON"},
        {"[]", "usage", "the request is not a JSON object"},
        {"{}", "usage", "the request names no command"},
        {R"({"command":5})", "usage", "the request names no command"},
        {R"({"command":"fly"})", "unknown_command", "there is no command \"fly\""},
        {R"({"command":"status","arguments":[]})", "usage", "arguments must be a JSON object"},
        {R"({"command":"status","id":1})",
         "usage",
         "a request has command and arguments, nothing else"},
        {R"({"command":"status","arguments":{"x":1}})", "usage", "status takes no argument x"},
        {R"({"command":"user show"})", "usage", "user show needs the argument user"},
        {R"({"command":"user show","arguments":{"user":1}})",
         "usage",
         "argument user has the wrong type"},
        {R"({"command":"trusted add","arguments":{"host":"a","domains":[1]}})",
         "usage",
         "argument domains has the wrong type"},
        {R"({"command":"trusted add","arguments":{"host":"a","may_register":"yes"}})",
         "usage",
         "argument may_register has the wrong type"},
    };
    for (const auto& row : rows) {
        const auto r = read_request(row.line);
        ASSERT_FALSE(r) << row.line;
        EXPECT_EQ(r.error().code, row.code) << row.line;
        EXPECT_EQ(r.error().message, row.message) << row.line;
    }
}

TEST(request, deep_nesting_is_refused) {
    const auto r = read_request(std::string(60000, '['));
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error().code, "usage");
}

TEST(request, what_the_client_writes_the_server_reads) {
    arguments a;
    a.texts["host"] = "gw \"x\"\n";
    a.flags["may_register"] = true;
    a.lists["domains"] = {"a.test", "b.test"};
    const auto line = write_request("trusted add", a);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto r = read_request(line + "\r\n");
    ASSERT_TRUE(r) << r.error().message;
    EXPECT_EQ(r->first->name, "trusted add");
    EXPECT_EQ(r->second.text("host"), "gw \"x\"\n");
    EXPECT_TRUE(r->second.flag("may_register"));
    EXPECT_EQ(r->second.list("domains"), (std::vector<std::string>{"a.test", "b.test"}));
    EXPECT_EQ(r->second.optional_text("transport"), std::nullopt);
}

TEST(request, answers) {
    EXPECT_EQ(write_answer("[1]"), R"({"ok":true,"result":[1]})");
    EXPECT_EQ(read_answer(write_answer("[1]")), outcome("[1]"));
    const failure no{"exists", "it \"is\" there"};
    EXPECT_EQ(read_answer(write_answer(std::unexpected(no))).error(), no);
    for (const std::string_view broken : {"", "nonsense", "[]", "{}", R"({"ok":false})"}) {
        EXPECT_EQ(read_answer(broken).error().code, "unavailable") << broken;
    }
}

TEST(request, every_command_has_a_name_and_a_sentence) {
    for (const auto& c : commands()) {
        EXPECT_EQ(find_command(c.name), &c);
        EXPECT_TRUE(c.sentence.ends_with('.')) << c.name;
        for (const auto& a : c.arguments)
            EXPECT_FALSE(a.sentence.empty()) << c.name;
    }
}

} // namespace
} // namespace lyceum::admin
