#include "base/metrics/registry.h"

#include <gtest/gtest.h>

namespace lyceum::metrics {
namespace {

using sums = std::vector<std::pair<std::string, double>>;

TEST(registry, numbers_of_all_shards_are_summed_by_name_and_labels) {
    registry one;
    registry two;
    auto& first = one.make_counter(
        "lyceum_sip_requests_total", "SIP requests received", {{"method", "INVITE"}});
    auto& second = two.make_counter(
        "lyceum_sip_requests_total", "SIP requests received", {{"method", "INVITE"}});
    two.make_counter("lyceum_sip_requests_total", "SIP requests received", {{"method", "BYE"}})
        .add(5);
    one.make_gauge("lyceum_net_connections", "open connections").set(7);
    two.make_gauge("lyceum_net_connections", "open connections").add(-2);
    first.add();
    second.add(2);

    EXPECT_EQ(totals({&one, &two}),
              (sums{{"lyceum_net_connections", 5},
                    {"lyceum_sip_requests_total{method=\"BYE\"}", 5},
                    {"lyceum_sip_requests_total{method=\"INVITE\"}", 3}}));
    EXPECT_EQ(
        totals({&one}),
        (sums{{"lyceum_net_connections", 7}, {"lyceum_sip_requests_total{method=\"INVITE\"}", 1}}));
    EXPECT_EQ(totals({}), sums{});
    EXPECT_EQ(exposition({&one, &two}),
              "# HELP lyceum_net_connections open connections\n"
              "# TYPE lyceum_net_connections gauge\n"
              "lyceum_net_connections 5\n"
              "# HELP lyceum_sip_requests_total SIP requests received\n"
              "# TYPE lyceum_sip_requests_total counter\n"
              "lyceum_sip_requests_total{method=\"BYE\"} 5\n"
              "lyceum_sip_requests_total{method=\"INVITE\"} 3\n");
}

TEST(registry, the_same_metric_is_the_same_number) {
    registry r;
    auto& a = r.make_counter("lyceum_x_total", "x", {{"a", "1"}, {"b", "2"}});
    auto& b = r.make_counter("lyceum_x_total", "x", {{"b", "2"}, {"a", "1"}});
    auto& c = r.make_counter("lyceum_x_total", "x");
    EXPECT_EQ(&a, &b);
    EXPECT_NE(&a, &c);
    for (int i = 0; i < 100; ++i)
        (void)r.make_gauge("lyceum_g" + std::to_string(i), "g");
    a.add(3);
    EXPECT_EQ(r.make_counter("lyceum_x_total", "x", {{"a", "1"}, {"b", "2"}}).value(), 3U);
}

TEST(registry, numbers_that_somebody_else_keeps_are_asked_for_each_time) {
    registry one;
    registry two;
    double level = 0.25;
    one.show_gauge("lyceum_late_seconds", "late", [&] { return level; }, {{"shard", "0"}});
    two.show_gauge("lyceum_late_seconds", "late", [] { return 3; }, {{"shard", "1"}});
    one.show_counter("lyceum_cpu_seconds_total", "used", [&] { return 2 * level; });
    level = 1.5;
    EXPECT_EQ(exposition({&one, &two}),
              "# HELP lyceum_cpu_seconds_total used\n"
              "# TYPE lyceum_cpu_seconds_total counter\n"
              "lyceum_cpu_seconds_total 3\n"
              "# HELP lyceum_late_seconds late\n"
              "# TYPE lyceum_late_seconds gauge\n"
              "lyceum_late_seconds{shard=\"0\"} 1.5\n"
              "lyceum_late_seconds{shard=\"1\"} 3\n");
    level = 2;
    EXPECT_EQ(totals({&one}),
              (sums{{"lyceum_cpu_seconds_total", 4}, {"lyceum_late_seconds{shard=\"0\"}", 2}}));
}

TEST(registry, label_values_are_escaped) {
    registry r;
    r.make_counter("lyceum_x_total", "x", {{"v", "a\"b\\c\nd"}}).add(1);
    const auto text = exposition({&r});
    EXPECT_NE(text.find(R"(lyceum_x_total{v="a\"b\\c\nd"} 1)"), std::string::npos) << text;
}

TEST(registry_death, names_that_prometheus_would_refuse_and_kinds_that_clash_are_broken_promises) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    registry r;
    (void)r.make_counter("lyceum_x_total", "x");
    EXPECT_DEATH((void)r.make_counter("", "x"), "broken promise");
    EXPECT_DEATH((void)r.make_counter("9x", "x"), "broken promise");
    EXPECT_DEATH((void)r.make_counter("a-b", "x"), "broken promise");
    EXPECT_DEATH((void)r.make_counter("a", "x", {{"a:b", "v"}}), "broken promise");
    EXPECT_DEATH((void)r.make_gauge("lyceum_x_total", "x"), "one name|broken promise");
    EXPECT_DEATH(r.show_counter("lyceum_x_total", "x", [] { return 1.0; }), "broken promise");
}

} // namespace
} // namespace lyceum::metrics
