#include "net/sim/world.h"
#include "sipstack/transport/transport.h"

#include <gtest/gtest.h>

#include <functional>

namespace lyceum::sipstack {
namespace {

using namespace std::chrono_literals;

/// Links that do nothing by themselves: connections open and end when the test says so.
class quiet_links final : public net::links {
public:
    net::flow_id connect(const target&) override { return {++made}; }
    bool send(net::flow_id, std::string_view) override { return true; }
    void send_datagram(net::flow_id, const ip_endpoint&, std::string_view) override {}
    void acknowledge_now(net::flow_id) override {}
    void close(net::flow_id, bool) override { ++closed; }
    void stop_listening() override {}
    [[nodiscard]] net::flow_id udp_socket() const override { return {}; }
    [[nodiscard]] net::flow_id udp_socket_to(const ip_address&) const override { return {}; }

    std::uint64_t made = 0;
    int closed = 0;
};

struct nobody final : transport_events {
    void on_message(const path&, sip::message&&) override {}
    void on_malformed(const path&, const parse_error&, std::string_view) override {}
    void on_opened(net::flow_id, const net::flow_facts&) override {}
    void on_closed(net::flow_id, net::closed_why) override {}
};

struct desk {
    desk() { t.set_deadlines(deadlines); }
    net::flow_id reach() { return t.reach(net::transport::tcp, peer, "", {}).flow; }
    void open(net::flow_id id) {
        t.opened(id, {net::transport::tcp, net::audience::trusted, true, {}, peer, {}});
    }
    const ip_endpoint peer{*ip_address::parse("10.0.0.9"), 5060};
    net::sim::world w{1};
    net::shard& shard = w.make_host(*ip_address::parse("10.0.0.1")).shard(0);
    quiet_links links;
    transport_settings settings;
    nobody events;
    net::deadlines deadlines{shard};
    transport t{shard, links, settings, events};
};

// A connection ends later than it is closed: what is queued goes out first.
TEST(transport, what_is_being_closed_is_not_handed_out) {
    const struct {
        const char* what;
        std::function<void(desk&, net::flow_id)> close;
    } rows[] = {
        {"by us", [](desk& d, net::flow_id id) { d.t.close(id, true); }},
        {"after nonsense", [](desk& d, net::flow_id id) { d.t.received(id, "\x01 \r\n\r\n"); }},
        {"idle",
         [](desk& d, net::flow_id id) {
             d.w.run_for(d.settings.trusted_idle + 1s);
             d.t.on_deadline(id.value, d.shard.clock().now());
         }},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        desk d;
        const auto first = d.reach();
        EXPECT_EQ(d.reach(), first) << "one connection for all that goes there";
        EXPECT_FALSE(d.t.is_open(first));
        d.open(first);
        EXPECT_TRUE(d.t.is_open(first));
        row.close(d, first);
        EXPECT_EQ(d.links.closed, 1);
        EXPECT_FALSE(d.t.is_open(first));
        EXPECT_TRUE(d.t.trusted_flows().empty());
        const auto second = d.reach();
        EXPECT_NE(second, first);
        d.t.closed(first, net::closed_why::by_us);
        d.open(second);
        EXPECT_EQ(d.reach(), second) << "the end of the first one is not the second one's";
        EXPECT_EQ(d.links.made, 2U);
        EXPECT_EQ(d.t.flows(), 1U);
    }
}

TEST(transport, nothing_is_sent_over_what_is_being_closed) {
    desk d;
    const path way{net::transport::tcp, d.reach(), d.peer};
    d.open(way.flow);
    EXPECT_TRUE(d.t.send(way, "x"));
    d.t.close(way.flow, true);
    EXPECT_FALSE(d.t.send(way, "x"));
}

TEST(transport, what_failed_is_connected_anew) {
    desk d;
    const auto first = d.reach();
    d.t.closed(first, net::closed_why::refused);
    EXPECT_EQ(d.t.flows(), 0U);
    EXPECT_NE(d.reach(), first);
}

} // namespace
} // namespace lyceum::sipstack
