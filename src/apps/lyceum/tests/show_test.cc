#include "apps/lyceum/show.h"

#include <gtest/gtest.h>

namespace lyceum::apps::console {
namespace {

TEST(show, results_for_people) {
    const struct {
        std::string_view json;
        std::string_view text;
    } rows[] = {
        {"[]", "none\n"},
        {"5", "5\n"},
        {R"("text")", "text\n"},
        {R"([{"user":"a","on":true},{"user":"b\u00e9","on":false}])",
         "user  on\na     yes\nb\xC3\xA9    no\n"},
        {R"([{"a":"1","b":""},{"a":"2"}])", "a  b\n1\n2\n"},
        {R"({"max_contacts":5,"mail":"","list":[],"names":["x","y"]})",
         "max contacts  5\nmail\nlist          none\nnames         x y\n"},
        {R"({"user":"a","groups":[{"id":1}],"load":{"flows":2}})",
         "user  a\n\ngroups\nid\n1\n\nload\nflows  2\n"},
    };
    for (const auto& row : rows)
        EXPECT_EQ(for_people(row.json), row.text) << row.json;
}

TEST(show, results_of_commands_for_people) {
    const struct {
        std::string_view command;
        std::string_view json;
        std::string_view text;
    } rows[] = {
        {"user remove", R"({"user":"sip:a@b","mail":""})", "removed sip:a@b\n"},
        {"user show", R"({"user":"sip:a@b"})", "user  sip:a@b\n"},
        {"trusted list",
         R"([{"host":"a","transport":""},{"host":"b","transport":"udp"}])",
         "host  transport\na     any\nb     udp\n"},
        {"trusted add", R"({"host":"a","transport":""})", "host       a\ntransport  any\n"},
        {"trusted list", "[]", "none\n"},
        {"trusted add",
         R"({"host":"a","transport":"udp","may_register":false,"domains":[]})",
         "host          a\ntransport     udp\nmay register  no\n"
         "domains       any but this deployment's\n"},
        {"trusted list",
         R"([{"may_register":true,"domains":[]},{"may_register":false,"domains":["b","c"]}])",
         "may register  domains\nyes           any\nno            b c\n"},
        {"reload", R"({"reloaded":true,"needs_restart":[]})", "reloaded\n"},
        {"reload",
         R"({"reloaded":true,"needs_restart":["ports.sip_tls","sip.listen"]})",
         "reloaded\nneeds a restart: ports.sip_tls, sip.listen\n"},
        {"trusted remove",
         R"([{"host":"a","transport":""},{"host":"a","transport":"udp"}])",
         "removed a, transport any\nremoved a, transport udp\n"},
        {"endpoints", "[]", "none\n"},
        {"endpoints",
         R"([{"epid":"1","contact":"sip:x","peer":"p","agent":"A","expires_seconds":60}])",
         "epid  agent  peer  expires\n1     A      p     60\n"},
        {"endpoints",
         R"([{"user":"sip:a@b","epid":"","gruu":"g","peer":"p","agent":"A","since":"s","expires_seconds":60}])",
         "user     epid  agent  peer  since  expires\nsip:a@b        A      p     s      60\n"},
    };
    for (const auto& row : rows)
        EXPECT_EQ(for_people(row.command, row.json), row.text) << row.json;
}

TEST(show, errors) {
    EXPECT_EQ(error_json("usage", "a \"b\""), R"({"error":{"code":"usage","message":"a \"b\""}})");
}

} // namespace
} // namespace lyceum::apps::console
