#include "net/caching_resolver.h"
#include "net/sim/sim_resolver.h"

#include <gtest/gtest.h>

namespace lyceum::net::sim {
namespace {

using namespace std::chrono_literals;

struct desk {
    explicit desk(caching_settings s = {})
        : names(w), h(w.make_host(*ip_address::parse("10.0.0.1"))), r(names, h.shard(0), s) {
        names.add_host("gw.pstn.test", "10.0.0.11", 60s);
    }
    void ask(const std::string& name) {
        r.host(name, false, [this](const dns_answer& a) {
            heard += a.outcome == lookup::found  ? a.addresses.front().text() + " "
                     : a.outcome == lookup::none ? std::string("none ")
                                                 : std::string("failed ");
        });
    }
    world w{1};
    sim_resolver names;
    host& h;
    caching_resolver r;
    std::string heard;
};

TEST(caching_resolver, asks_once_however_many_want_to_know) {
    desk d;
    d.ask("gw.pstn.test");
    d.ask("GW.pstn.test.");
    EXPECT_EQ(d.heard, "");
    d.w.run_for(1s);
    EXPECT_EQ(d.heard, "10.0.0.11 10.0.0.11 ");
    EXPECT_EQ(d.names.asked().size(), 1U);
    EXPECT_EQ(d.r.under_way(), 0U);
}

TEST(caching_resolver, remembers_until_the_time_is_over) {
    desk d;
    d.ask("gw.pstn.test");
    d.w.run_for(1s);
    d.names.clear();
    d.ask("gw.pstn.test");
    EXPECT_EQ(d.heard, "10.0.0.11 10.0.0.11 "); // at once
    d.w.run_for(60s);
    d.ask("gw.pstn.test");
    d.w.run_for(1s);
    EXPECT_EQ(d.heard, "10.0.0.11 10.0.0.11 none ");
    EXPECT_EQ(d.names.asked().size(), 2U);
}

TEST(caching_resolver, is_bounded) {
    desk d({.keep = {}, .max_questions = 2, .max_waiting = 3, .patience = 15s});
    for (const auto* name : {"a.test", "b.test", "c.test", "a.test", "a.test"})
        d.ask(name);
    EXPECT_EQ(d.heard, "failed failed "); // the third question, the fourth who waits
    d.w.run_for(1s);
    EXPECT_EQ(d.heard, "failed failed none none none ");
    d.ask("c.test");
    d.w.run_for(1s);
    EXPECT_EQ(d.heard, "failed failed none none none none ");
}

TEST(caching_resolver, an_answer_that_got_lost_is_asked_for_anew) {
    desk d;
    d.names.set(sim_resolver::mood::is_silent);
    d.ask("gw.pstn.test");
    d.w.run_for(14s);
    d.ask("gw.pstn.test");
    EXPECT_EQ(d.names.asked().size(), 1U);
    d.names.set(sim_resolver::mood::answers);
    d.w.run_for(1s);
    d.ask("gw.pstn.test");
    d.w.run_for(1s);
    EXPECT_EQ(d.heard, "10.0.0.11 10.0.0.11 10.0.0.11 ");
}

} // namespace
} // namespace lyceum::net::sim
