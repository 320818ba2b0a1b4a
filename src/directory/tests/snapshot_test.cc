#include "directory/snapshot.h"

#include <gtest/gtest.h>

namespace lyceum::directory {
namespace {

ip_address at(std::string_view text) {
    return *ip_address::parse(text);
}

TEST(snapshot, who_is_trusted_over_what) {
    snapshot s;
    s.set_trusted({{"10.0.0.9", "udp", true, {}},
                   {"10.0.0.10", "", false, {}},
                   {"2001:db8::1", "tcp", false, {}},
                   {"pbx.test", "tls", false, {}},
                   {"both.test", "tcp", false, {}},
                   {"both.test", "tls", true, {}}});
    const struct {
        std::string_view host, transport;
        bool is_trusted;
    } rows[] = {
        {"10.0.0.9", "udp", true},
        {"10.0.0.9", "tcp", false},
        {"10.0.0.10", "udp", true},
        {"10.0.0.10", "tls", true},
        {"10.0.0.1", "udp", false}, // how another one's begins
        {"2001:db8::1", "tcp", true},
        {"2001:db8::2", "tcp", false},
        {"pbx.test", "tls", true},
        {"PBX.Test", "tls", true},
        {"pbx.test", "udp", false},
        {"pbx.tes", "tls", false},
        {"both.test", "tls", true},
        {"", "udp", false},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(std::string(row.host) + " " + std::string(row.transport));
        const auto peer = s.trusted(row.host, row.transport);
        EXPECT_EQ(peer != nullptr, row.is_trusted);
        if (const auto address = ip_address::parse(row.host)) {
            // The very entry, not a copy made for who asks.
            EXPECT_EQ(s.trusted(*address, row.transport), peer);
        }
    }
    EXPECT_TRUE(s.trusted("both.test", "tls")->may_register);
    EXPECT_FALSE(s.trusted("both.test", "tcp")->may_register);
    EXPECT_TRUE(s.trusted(at("2001:0db8:0::1"), "tcp")); // however it is written
}

TEST(snapshot, a_new_list_takes_the_place_of_the_old_one) {
    snapshot s;
    s.set_trusted({{"10.0.0.9", "", true, {}}, {"pbx.test", "", true, {}}});
    const auto before = s.trusted(at("10.0.0.9"), "udp");
    EXPECT_TRUE(s.lists_addresses());
    s.set_trusted({{"other.test", "", true, {}}});
    EXPECT_EQ(before->host, "10.0.0.9"); // who still has it may look at it
    EXPECT_FALSE(s.trusted(at("10.0.0.9"), "udp"));
    EXPECT_FALSE(s.trusted("pbx.test", "udp"));
    EXPECT_FALSE(s.lists("pbx.test"));
    EXPECT_FALSE(s.lists_addresses());
    EXPECT_TRUE(s.lists("OTHER.test"));
}

TEST(snapshot, where_clients_may_have_requests_sent) {
    snapshot s;
    s.set_trusted({{"plain.test", "", false, {}},
                   {"ports.test", "", false, {}, {5070, 5080}},
                   {"phones.test", "udp", true, {}}});
    const struct {
        std::string_view host, transport;
        std::uint16_t port;
        bool is_open;
    } rows[] = {
        {"plain.test", "udp", 5060, true},
        {"plain.test", "tls", 5061, true},
        {"plain.test", "tls", 5060, false},
        {"plain.test", "udp", 22, false},
        {"plain.test", "udp", 0, true},
        {"ports.test", "tcp", 5070, true},
        {"ports.test", "tcp", 5060, false},
        {"phones.test", "udp", 40000, true},
        {"phones.test", "tcp", 5060, false},
        {"nobody.test", "udp", 0, false},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(s.open_to_clients(row.host, row.transport, row.port), row.is_open)
            << row.host << " " << row.transport << " " << row.port;
    }
}

} // namespace
} // namespace lyceum::directory
