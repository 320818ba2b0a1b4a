#include "sipstack/next_hop/resting.h"

#include <gtest/gtest.h>

namespace lyceum::sipstack {
namespace {

using namespace std::chrono_literals;

constexpr instant t0{};

net::links::target place(std::uint16_t port, net::transport kind = net::transport::tcp) {
    return {kind, {*ip_address::parse("10.0.0.11"), port}, "gw.pstn.test"};
}
std::string sorted(resting& r, instant now) {
    std::vector<net::links::target> list{place(1), place(2), place(3)};
    r.sort(list, now);
    std::string out;
    for (const auto& t : list)
        out += std::to_string(t.peer.port);
    return out;
}

TEST(resting, puts_places_last_for_a_while) {
    resting r(30s);
    EXPECT_EQ(sorted(r, t0), "123");
    r.add(place(1), t0);
    EXPECT_EQ(sorted(r, t0), "231");
    r.add(place(2), t0 + 10s);
    EXPECT_EQ(sorted(r, t0 + 10s), "312");
    EXPECT_EQ(sorted(r, t0 + 30s), "132");
    EXPECT_EQ(sorted(r, t0 + 40s), "123");
}

TEST(resting, of_one_transport_only) {
    resting r(30s);
    r.add(place(1, net::transport::udp), t0);
    EXPECT_EQ(sorted(r, t0), "123");
}

TEST(resting, is_bounded) {
    resting r(30s);
    for (unsigned i = 0; i < resting::max_places + 10; ++i)
        r.add(place(static_cast<std::uint16_t>(i + 1)), t0);
    EXPECT_EQ(r.size(), resting::max_places);
    r.add(place(60000), t0 + 31s);
    EXPECT_EQ(r.size(), 1U);
}

} // namespace
} // namespace lyceum::sipstack
