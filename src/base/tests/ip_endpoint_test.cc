#include "base/ip_endpoint.h"

#include <gtest/gtest.h>

namespace lyceum {
namespace {

TEST(ip_address, forms) {
    const struct {
        std::string_view in, text, host;
        bool v4, loopback, any;
    } rows[] = {
        {"192.0.2.1", "192.0.2.1", "192.0.2.1", true, false, false},
        {"127.0.0.1", "127.0.0.1", "127.0.0.1", true, true, false},
        {"127.255.0.9", "127.255.0.9", "127.255.0.9", true, true, false},
        {"0.0.0.0", "0.0.0.0", "0.0.0.0", true, false, true},
        {"::", "::", "[::]", false, false, true},
        {"::1", "::1", "[::1]", false, true, false},
        {"[2001:db8::1]", "2001:db8::1", "[2001:db8::1]", false, false, false},
        {"2001:DB8:0:0::1", "2001:db8::1", "[2001:db8::1]", false, false, false},
        {"::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1", true, false, false}, // one address, one
                                                                            // value
    };
    for (const auto& row : rows) {
        const auto a = ip_address::parse(row.in);
        ASSERT_TRUE(a.has_value()) << row.in;
        EXPECT_EQ(a->text(), row.text);
        EXPECT_EQ(a->host(), row.host);
        EXPECT_EQ(a->is_v4(), row.v4) << row.in;
        EXPECT_EQ(a->is_loopback(), row.loopback) << row.in;
        EXPECT_EQ(a->is_any(), row.any) << row.in;
        EXPECT_EQ(ip_address::parse(a->text()), a) << row.in;
        EXPECT_EQ(ip_address::parse(a->host()), a) << row.in;
        EXPECT_EQ(ip_address(a->octets()), *a);
    }
    EXPECT_EQ(ip_address(), *ip_address::parse("::"));
}

TEST(ip_address, what_is_no_address) {
    const std::string long_one(100, '1');
    for (const std::string_view in : {std::string_view(""),
                                      std::string_view("[]"),
                                      std::string_view("1.2.3"),
                                      std::string_view("1.2.3.256"),
                                      std::string_view("1.2.3.4 "),
                                      std::string_view("localhost"),
                                      std::string_view("::1::2"),
                                      std::string_view("[::1"),
                                      std::string_view("::1]"),
                                      std::string_view("fe80::1%eth0"),
                                      std::string_view("1.2.3.4\0x", 9),
                                      std::string_view(long_one)}) {
        EXPECT_EQ(ip_address::parse(in), std::nullopt) << in;
    }
}

TEST(ip_endpoint, text_and_order) {
    const ip_endpoint four{*ip_address::parse("192.0.2.1"), 5061};
    const ip_endpoint six{*ip_address::parse("2001:db8::1"), 443};
    EXPECT_EQ(four.text(), "192.0.2.1:5061");
    EXPECT_EQ(six.text(), "[2001:db8::1]:443");
    EXPECT_LT(four, six);
    EXPECT_LT(four, (ip_endpoint{four.address, 5062}));
    EXPECT_EQ(four, (ip_endpoint{*ip_address::parse("::ffff:192.0.2.1"), 5061}));
}

} // namespace
} // namespace lyceum
