#include "apps/lyceum_load/report.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lyceum::apps::load {
namespace {

TEST(histogram, knows_quantiles_within_three_per_cent) {
    for (const std::int64_t scale : {1LL, 1000LL, 1000000LL, 3000000000LL}) {
        histogram h;
        for (int i = 1; i <= 1000; ++i)
            h.add(std::chrono::nanoseconds(i * scale));
        EXPECT_EQ(h.total(), 1000u);
        for (const double part : {0.001, 0.5, 0.9, 0.99, 1.0}) {
            const double want = std::ceil(part * 1000) * static_cast<double>(scale);
            const auto got = static_cast<double>(h.quantile(part).count());
            EXPECT_GE(got, want) << part << " of " << scale;
            EXPECT_LE(got, want * 1.032 + 1) << part << " of " << scale;
        }
    }
    EXPECT_EQ(histogram().quantile(0.5).count(), 0);
    histogram negative;
    negative.add(std::chrono::nanoseconds(-5)); // a clock that does not care
    EXPECT_EQ(negative.quantile(1).count(), 0);
}

TEST(histogram, adds_up) {
    histogram a;
    histogram b;
    histogram both;
    for (int i = 0; i < 100; ++i) {
        const std::chrono::nanoseconds v(i * i * 977);
        (i % 3 == 0 ? a : b).add(v);
        both.add(v);
    }
    a.add(b);
    EXPECT_EQ(a.total(), both.total());
    EXPECT_EQ(a.buckets(), both.buckets());
}

TEST(tally, survives_the_pipe) {
    tally t;
    t.done = 12345678901234;
    t.errors = {{"480", 3}, {"by_peer", 1}};
    t.latency.add(std::chrono::nanoseconds(1500), 7);
    t.latency.add(std::chrono::hours(1), 2);
    t.span = std::chrono::seconds(10);
    t.not_started = 4;
    t.put_off = {{"503", 2}};
    const auto line = to_line(t);
    EXPECT_FALSE(line.contains('\n'));
    auto got = parse_tally(line);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->done, t.done);
    EXPECT_EQ(got->errors, t.errors);
    EXPECT_EQ(got->latency.buckets(), t.latency.buckets());
    EXPECT_EQ(got->latency.total(), 9u);
    EXPECT_EQ(got->span, t.span);
    EXPECT_EQ(got->not_started, 4u);
    EXPECT_EQ(got->put_off, t.put_off);
    got->add(t);
    EXPECT_EQ(got->errors.at("480"), 6u);
    EXPECT_EQ(got->span, t.span); // they ran at the same time
    for (const char* bad : {"",
                            "x",
                            "[]",
                            "{}",
                            R"({"done":-1})",
                            R"({"done":1,"errors":[],"latency":[],"span":1,"not_started":0})"}) {
        EXPECT_FALSE(parse_tally(bad)) << bad;
    }
}

TEST(options, give_every_endpoint_to_one_process) {
    for (const auto drive : {what::idle, what::relay, what::fork}) {
        for (const std::size_t connections : {4u, 8u, 28u, 100u, 1000u}) {
            for (std::size_t processes = 1; processes <= 8; ++processes) {
                options o;
                o.drive = drive;
                o.connections = connections;
                o.processes = processes;
                std::size_t next = 0;
                for (std::size_t i = 0; i < processes; ++i) {
                    const auto s = o.of_process(i);
                    EXPECT_EQ(s.first, next);
                    EXPECT_TRUE(s.count == 0 || s.first % group_size(drive) == 0)
                        << "a group was torn apart";
                    next += s.count;
                }
                EXPECT_EQ(next, connections) << processes;
            }
        }
    }
}

TEST(probe, reads_what_the_kernel_says) {
    const struct {
        std::string_view stat;
        std::optional<std::int64_t> microseconds;
    } rows[] = {
        {"7 (lyceumd) S 1 7 7 0 -1 4194560 900 0 0 0 150 50 0 0 20 0 7 0 100 1 1", 2'000'000},
        {"7 (a b) c) R 1 7 7 0 -1 4194560 900 0 0 0 1 2 0 0", 30'000},
        {"7 (lyceumd) S 1 7 7 0 -1 4194560 900 0 0 0 150", std::nullopt},
        {"7 (lyceumd) S 1 7 7 0 -1 4194560 900 0 0 0 x 50 0 0", std::nullopt},
        {"", std::nullopt},
    };
    for (const auto& row : rows) {
        const auto got = cpu_of(row.stat, 100);
        ASSERT_EQ(got.has_value(), row.microseconds.has_value()) << row.stat;
        if (got) {
            EXPECT_EQ(got->count(), *row.microseconds) << row.stat;
        }
    }
    const std::string_view rollup = "55d0-7ffe ---p 00000000 00:00 0 [rollup]\nRss:               "
                                    "20480 kB\nPss:    123 kB\nPss_Anon:  1 kB\n";
    EXPECT_EQ(octets_of(rollup, "Rss"), 20480u * 1024);
    EXPECT_EQ(octets_of(rollup, "Pss"), 123u * 1024);
    EXPECT_FALSE(octets_of(rollup, "Swap"));
    EXPECT_FALSE(octets_of("Rss: many kB\n", "Rss"));
    EXPECT_FALSE(look_at(-1));
    EXPECT_EQ(parent_of("7 (a b) c) R 12 7 7 0"), 12);
    EXPECT_FALSE(parent_of("7 (a) R"));
    EXPECT_FALSE(parent_of(""));
}

} // namespace
} // namespace lyceum::apps::load
