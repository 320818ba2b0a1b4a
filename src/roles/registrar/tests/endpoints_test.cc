#include "roles/registrar/endpoints.h"

#include <gtest/gtest.h>

namespace lyceum::roles::registrar {
namespace {

const instant t0{1000s};

binding endpoint(std::string epid, std::uint64_t flow = 1, std::uint32_t cseq = 1) {
    binding b;
    b.instance = sip::instance_id::from_epid(epid);
    b.epid = std::move(epid);
    b.contact = "sip:192.0.2.1:1;ms-received-cid=" + std::to_string(flow);
    b.call_id = "call";
    b.cseq = cseq;
    b.where.flow = flow;
    return b;
}

binding plain(std::string contact) {
    binding b;
    b.contact = std::move(contact);
    b.call_id = "call";
    b.cseq = 1;
    return b;
}

template <class T>
std::vector<T> only(const std::vector<endpoints::action>& all) {
    std::vector<T> out;
    for (const auto& a : all) {
        if (const auto* x = std::get_if<T>(&a)) out.push_back(*x);
    }
    return out;
}

TEST(Endpoints, FirstIsAddedThenRefreshed) { // [MS-SIPREGE] 2.2.1.4
    const settings s;
    endpoints e(s);
    const auto first = e.on(endpoints::registered{endpoint("a"), {}}, t0);
    ASSERT_EQ(only<endpoints::accept>(first).size(), 1U);
    EXPECT_EQ(only<endpoints::accept>(first)[0].what, endpoints::effect::added);
    EXPECT_EQ(only<endpoints::accept>(first)[0].expires, s.expires);
    EXPECT_EQ(only<endpoints::publish>(first).size(), 1U);
    EXPECT_EQ(e.deadline(), t0 + s.expires);

    const auto again = e.on(endpoints::registered{endpoint("a", 1, 2), {}}, t0 + 60s);
    ASSERT_EQ(only<endpoints::accept>(again).size(), 1U);
    EXPECT_EQ(only<endpoints::accept>(again)[0].what, endpoints::effect::refreshed);
    EXPECT_TRUE(only<endpoints::publish>(again).empty()); // nothing moved
    EXPECT_EQ(e.deadline(), t0 + 60s + s.expires);
}

TEST(Endpoints, TheNewestConnectionWins) { // digest MS-SIPREGE 4 rule 7
    const settings s;
    endpoints e(s);
    (void)e.on(endpoints::registered{endpoint("a", 1), {}}, t0);
    const auto moved = e.on(endpoints::registered{endpoint("a", 2), {}}, t0 + 1s);
    EXPECT_EQ(only<endpoints::publish>(moved).size(), 1U);
    ASSERT_EQ(e.live().size(), 1U);
    EXPECT_EQ(e.live()[0].where.flow, 2U);
    // The old connection's end is no news.
    EXPECT_TRUE(e.on(endpoints::way_closed{1}, t0 + 2s).empty());
    EXPECT_EQ(e.live().size(), 1U);
    EXPECT_EQ(only<endpoints::ended>(e.on(endpoints::way_closed{2}, t0 + 3s)).size(), 1U);
    EXPECT_FALSE(e.deadline());
}

TEST(Endpoints, TheOldestMakesRoom) { // digest MS-SIPREGE 4 rule 9
    settings s;
    s.max_endpoints = 2;
    endpoints e(s);
    (void)e.on(endpoints::registered{endpoint("a", 1), {}}, t0);
    (void)e.on(endpoints::registered{endpoint("b", 2), {}}, t0 + 1s);
    const auto third = e.on(endpoints::registered{endpoint("c", 3), {}}, t0 + 2s);
    const auto told = only<endpoints::notify>(third);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].gone.epid, "a");
    EXPECT_EQ(told[0].reason, "unregistered");
    EXPECT_EQ(only<endpoints::ended>(third).size(), 1U);
    EXPECT_EQ(e.live().size(), 2U);
}

TEST(Endpoints, ExpiryOnTheDot) { // [MS-SIPREGE] 3.2.2.5
    settings s;
    s.expires = 100s;
    endpoints e(s);
    (void)e.on(endpoints::registered{endpoint("a"), {}}, t0);
    EXPECT_TRUE(e.on(endpoints::tick{}, t0 + 100s - 1ns).empty());
    const auto over = e.on(endpoints::tick{}, t0 + 100s);
    EXPECT_EQ(only<endpoints::ended>(over).size(), 1U);
    EXPECT_EQ(only<endpoints::publish>(over).size(), 1U);
}

TEST(Endpoints, ExpelledAreAllTold) { // digest MS-SIPREGE 4 rule 10
    const settings s;
    endpoints e(s);
    (void)e.on(endpoints::registered{endpoint("a", 1), {}}, t0);
    (void)e.on(endpoints::registered{endpoint("b", 2), {}}, t0);
    const auto out = e.on(endpoints::expelled{"rejected"}, t0 + 1s);
    EXPECT_EQ(only<endpoints::notify>(out).size(), 2U);
    EXPECT_EQ(only<endpoints::ended>(out).size(), 2U);
    EXPECT_TRUE(e.live().empty());
}

TEST(Endpoints, PlainUserAgents) { // RFC 3261 10.3 step 7
    const settings s;
    endpoints e(s);
    EXPECT_EQ(only<endpoints::refuse_too_brief>(
                  e.on(endpoints::registered{plain("sip:a"), s.min_expires - 1s}, t0))
                  .size(),
              1U);
    const auto ok = e.on(endpoints::registered{plain("sip:a"), s.min_expires}, t0);
    ASSERT_EQ(only<endpoints::accept>(ok).size(), 1U);
    EXPECT_EQ(only<endpoints::accept>(ok)[0].expires, s.min_expires);
    // The same CSeq of the same Call-ID once more is out of order.
    EXPECT_EQ(
        only<endpoints::refuse_out_of_order>(e.on(endpoints::registered{plain("sip:a"), 300s}, t0))
            .size(),
        1U);
    (void)e.on(endpoints::registered{plain("sip:b"), 300s}, t0);
    EXPECT_EQ(e.live().size(), 2U);
    (void)e.on(endpoints::unregistered{{}, {}, "sip:a", {}}, t0);
    ASSERT_EQ(e.live().size(), 1U);
    EXPECT_EQ(e.live()[0].contact, "sip:b");
    (void)e.on(endpoints::unregistered{{}, {}, "*", {}}, t0);
    EXPECT_TRUE(e.live().empty());
}

TEST(Endpoints, LeavingTwiceIsFine) {
    const settings s;
    endpoints e(s);
    (void)e.on(endpoints::registered{endpoint("a"), {}}, t0);
    const endpoints::unregistered bye{"a", sip::instance_id::from_epid("a"), "sip:x", {}};
    EXPECT_EQ(only<endpoints::publish>(e.on(bye, t0)).size(), 1U);
    EXPECT_TRUE(e.on(bye, t0).empty());
}

} // namespace
} // namespace lyceum::roles::registrar
