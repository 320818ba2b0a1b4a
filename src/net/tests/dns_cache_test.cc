#include "net/dns_cache.h"

#include <gtest/gtest.h>

namespace lyceum::net {
namespace {

using namespace std::chrono_literals;

constexpr instant t0{};
const dns_question q{dns_record::a, "gw.pstn.test"};

std::shared_ptr<const dns_answer> answer(lookup outcome, std::chrono::seconds ttl = 0s) {
    dns_answer a;
    a.outcome = outcome;
    a.ttl = ttl;
    return std::make_shared<const dns_answer>(std::move(a));
}

TEST(dns_cache, keeps_answers_as_long_as_it_may) {
    const dns_cache::bounds bounds{
        .answers = 10, .least = 5s, .most = 3600s, .none = 30s, .failed = 2s};
    const struct {
        const char* rule;
        std::shared_ptr<const dns_answer> what;
        std::chrono::seconds kept;
    } rows[] = {
        {"the server's time", answer(lookup::found, 60s), 60s},
        {"not shorter than the least", answer(lookup::found, 0s), 5s},
        {"not longer than the most", answer(lookup::found, 86400s), 3600s},
        {"RFC 2308 5: that there is none", answer(lookup::none, 60s), 30s},
        {"RFC 2308 7: that nobody could tell", answer(lookup::failed), 2s},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.rule);
        dns_cache c(bounds);
        c.put(q, row.what, t0);
        EXPECT_EQ(c.find(q, t0 + row.kept - 1ns), row.what);
        EXPECT_EQ(c.find(q, t0 + row.kept), nullptr);
    }
}

TEST(dns_cache, tells_questions_apart) {
    dns_cache c({});
    const auto a = answer(lookup::found, 60s);
    c.put(q, a, t0);
    EXPECT_EQ(c.find({dns_record::aaaa, q.name}, t0), nullptr);
    EXPECT_EQ(c.find({dns_record::a, "other.pstn.test"}, t0), nullptr);
    EXPECT_EQ(c.find(q, t0), a);
}

TEST(dns_cache, a_later_answer_takes_the_place) {
    dns_cache c({});
    c.put(q, answer(lookup::found, 60s), t0);
    const auto later = answer(lookup::none);
    c.put(q, later, t0 + 1s);
    EXPECT_EQ(c.size(), 1U);
    EXPECT_EQ(c.find(q, t0 + 2s), later);
    EXPECT_EQ(c.find(q, t0 + 32s), nullptr);
}

TEST(dns_cache, when_full_what_ends_soonest_goes) {
    dns_cache c({.answers = 2});
    const dns_question names[] = {
        {dns_record::a, "a.test"}, {dns_record::a, "b.test"}, {dns_record::a, "c.test"}};
    c.put(names[0], answer(lookup::found, 60s), t0);
    c.put(names[1], answer(lookup::found, 20s), t0);
    c.put(names[2], answer(lookup::found, 40s), t0);
    EXPECT_EQ(c.size(), 2U);
    EXPECT_NE(c.find(names[0], t0), nullptr);
    EXPECT_EQ(c.find(names[1], t0), nullptr);
    EXPECT_NE(c.find(names[2], t0), nullptr);
}

} // namespace
} // namespace lyceum::net
