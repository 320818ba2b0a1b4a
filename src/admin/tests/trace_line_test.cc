#include "admin/trace_line.h"

#include <gtest/gtest.h>

namespace lyceum::admin {
namespace {

TEST(trace_line, reads_what_it_writes) {
    trace_line l;
    l.time = wall_instant(1714564800123ms);
    l.incoming = true;
    l.peer = {*ip_address::parse("192.0.2.1"), 5061};
    l.local = {*ip_address::parse("2001:db8::1"), 65535};
    l.transport = "tls";
    for (const std::string text :
         {"", "REGISTER sip:a SIP/2.0\r\n\r\n", "caf\xC3\xA9", "\xFF\xFE"}) {
        l.text = text;
        const auto json = to_json(l);
        EXPECT_EQ(json.find('\n'), std::string::npos);
        EXPECT_EQ(read_trace_line(json), l) << json;
    }
    EXPECT_NE(to_json(l).find("\"2024-05-01T12:00:00.123Z\""), std::string::npos);
}

TEST(trace_line, takes_seconds_for_the_time) {
    const auto l = read_trace_line(
        R"({"time":1714564800.123,"direction":"out","peer":"192.0.2.1:1","local":"192.0.2.2:2","transport":"udp","text":"x"})");
    ASSERT_TRUE(l);
    EXPECT_EQ(time_text(l->time), "2024-05-01T12:00:00.123Z");
    EXPECT_FALSE(l->incoming);
}

TEST(trace_line, refuses_what_is_none) {
    for (
        const std::string_view bad : {
            "",
            "[]",
            "{}",
            R"({"time":"2024-05-01T12:00:00.123Z","direction":"in","peer":"x","local":"192.0.2.1:1","text":""})",
            R"({"time":"2024-05-01T12:00:00.123Z","direction":"in","peer":"192.0.2.1:70000","local":"192.0.2.1:1","text":""})",
            R"({"time":"yesterday","direction":"in","peer":"192.0.2.1:1","local":"192.0.2.1:1","text":""})",
            R"({"time":"2024-05-01T12:00:00.123Z","direction":"in","peer":"192.0.2.1:1","local":"192.0.2.1:1"})",
        }) {
        EXPECT_EQ(read_trace_line(bad), std::nullopt) << bad;
    }
}

TEST(trace_line, times) {
    const struct {
        std::string_view text;
        std::optional<wall_instant> time;
    } rows[] = {
        {"1970-01-01T00:00:00.000Z", wall_instant(0ms)},
        {"2024-02-29T23:59:59.999Z", wall_instant(1709251199999ms)},
        {"2023-02-29T00:00:00.000Z", std::nullopt},
        {"2024-05-01T24:00:00.000Z", std::nullopt},
        {"2024-05-01 12:00:00.000Z", std::nullopt},
        {"", std::nullopt},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(read_time(row.text), row.time) << row.text;
        if (row.time) {
            EXPECT_EQ(time_text(*row.time), row.text);
        }
    }
}

} // namespace
} // namespace lyceum::admin
