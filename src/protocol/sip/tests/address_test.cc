#include "protocol/sip/address.h"
#include "protocol/sip/cseq.h"

#include <gtest/gtest.h>

namespace lyceum::sip {
namespace {

TEST(address, read) {
    const struct {
        std::string_view text;
        std::string_view display;
        std::string_view uri;
        std::string_view params;
        bool in_brackets;
    } rows[] = {
        {"<sip:a@b>", "", "sip:a@b", "", true},
        {"<sip:a@b;lr>;tag=1;epid=2", "", "sip:a@b;lr", "tag=1;epid=2", true},
        {"sip:a@b;tag=1", "", "sip:a@b", "tag=1", false},
        {" sip:a@b ; tag = 1 ", "", "sip:a@b", " tag = 1", false},
        {"sip:a@b", "", "sip:a@b", "", false},
        {"\"Bell, A.\" <sip:a@b>;tag=1", "Bell, A.", "sip:a@b", "tag=1", true},
        {"\"q \\\" <q>\"<sip:a@b>", "q \\\" <q>", "sip:a@b", "", true},
        {"\"\" <sip:a@b>", "", "sip:a@b", "", true},
        {"The Operator <sip:a@b> ;tag=1", "The Operator", "sip:a@b", "tag=1", true},
        {"caller<sip:a@b>", "caller", "sip:a@b", "", true},
        {"J\xC3\xBCrgen (work) <sip:a@b>", "J\xC3\xBCrgen (work)", "sip:a@b", "", true},
        {"<sip:a,b?x=y@c>", "", "sip:a,b?x=y@c", "", true},
        {"<tel:+1;phone-context=x>;a=\"b;c>\"", "", "tel:+1;phone-context=x", "a=\"b;c>\"", true},
        {"<sip:a@b>;", "", "sip:a@b", "", true},
        {"sip:user;par=u%40example.net@example.com",
         "",
         "sip:user",
         "par=u%40example.net@example.com",
         false},
    };
    for (const auto& row : rows) {
        const auto a = parse_address(row.text);
        ASSERT_TRUE(a) << row.text << " " << a.error().at;
        EXPECT_EQ(a->display, row.display) << row.text;
        EXPECT_EQ(a->uri, row.uri) << row.text;
        EXPECT_EQ(a->params.text(), row.params) << row.text;
        EXPECT_EQ(a->in_brackets, row.in_brackets) << row.text;
        EXPECT_FALSE(a->is_star);
    }
    EXPECT_TRUE(parse_address(" * ")->is_star);
}

TEST(address, refused) {
    const std::string_view rows[] = {
        "",
        "<>",
        "< >",
        "<sip:a@b",
        "\"open <sip:a@b>",
        "\"a\" sip:a@b",
        "\"a\"",
        "\"a\" b <sip:a@b>",
        "a \"b\" <sip:a@b>",
        "Bell, Alexander <sip:a@b>",
        "sip:x@y <sip:a@b>",
        "<sip:a@b> junk",
        "<sip:a@b>, <sip:c@d>",
        "< sip:a@b >",
        "<sip:a b@c>",
        "<sip:a<b@c>",
        "sip:a b@c",
        "sip:a@b?Route=%3Csip:c%3E",
        "sip:a@b,sip:c@d",
        "<sip:a@b>;tag=\"open",
        ";;,;,,",
        "\"a\\\"",
    };
    for (const auto text : rows) {
        EXPECT_FALSE(parse_address(text)) << text;
    }
}

TEST(via, read) {
    const struct {
        std::string_view text;
        std::string_view transport;
        std::string_view host;
        std::uint16_t port;
        std::string_view branch;
        bool cookie;
    } rows[] = {
        {"SIP/2.0/tls 192.0.2.10:40122", "tls", "192.0.2.10", 40122, "", false},
        {"SIP/2.0/UDP a_b.test;branch=z9hG4bK.1;rport", "UDP", "a_b.test", 0, "z9hG4bK.1", true},
        {"SIP / 2.0  /TCP  [2001:db8::9:1] : 5060 ; branch = z9hg4Bkx",
         "TCP",
         "[2001:db8::9:1]",
         5060,
         "z9hg4Bkx",
         true},
        {"sip/2.0/UNKNOWN t1.example.com;branch=390skdjuw",
         "UNKNOWN",
         "t1.example.com",
         0,
         "390skdjuw",
         false},
        {"SIP/2.0/TLS a;;", "TLS", "a", 0, "", false},
    };
    for (const auto& row : rows) {
        const auto v = parse_via(row.text);
        ASSERT_TRUE(v) << row.text << " " << v.error().at;
        EXPECT_EQ(v->transport, row.transport) << row.text;
        EXPECT_EQ(v->host, row.host) << row.text;
        EXPECT_EQ(v->port, row.port) << row.text;
        EXPECT_EQ(v->branch(), row.branch) << row.text;
        EXPECT_EQ(v->has_cookie(), row.cookie) << row.text;
    }
}

TEST(via, refused) {
    const struct {
        std::string_view text;
        std::uint32_t at;
    } rows[] = {
        {"", 0},
        {"SIP", 3},
        {"SIP/2.0/ a", 10},
        {"SIP/2.0 UDP a", 8},
        {"HTTP/2.0/UDP a", 4},
        {"SIP/3.0/UDP a", 7},
        {"SIP/2.0/UDP", 11},
        {"SIP/2.0/UDP ;x", 12},
        {"SIP/2.0/UDP a:", 14},
        {"SIP/2.0/UDP a:0", 15},
        {"SIP/2.0/UDP a:65536", 19},
        {"SIP/2.0/UDP a:x", 14},
        {"SIP/2.0/UDP [::1", 12},
        {"SIP/2.0/UDP []", 12},
        {"SIP/2.0/UDP [x]", 12},
        {"SIP/2.0/UDP[::1]", 16}, // libosip2 sees no host in it
        {"SIP/2.0/UDP a b", 14},
        {"SIP/2.0/UDP a,", 13},
        {"SIP/2.0/UDP a;x=\"open", 13},
    };
    for (const auto& row : rows) {
        const auto v = parse_via(row.text);
        ASSERT_FALSE(v) << row.text;
        EXPECT_EQ(v.error().at, row.at) << row.text;
    }
}

TEST(cseq, read) {
    const struct {
        std::string_view text;
        std::uint32_t number;
        std::string_view method;
    } rows[] = {
        {"1 INVITE", 1, "INVITE"},
        {"0009   INVITE ", 9, "INVITE"},
        {" 2147483647\tfoo", 2147483647, "foo"},
        {"0 ACK", 0, "ACK"},
    };
    for (const auto& row : rows) {
        const auto c = parse_cseq(row.text);
        ASSERT_TRUE(c) << row.text;
        EXPECT_EQ(c->number, row.number);
        EXPECT_EQ(c->method, row.method);
    }
    for (const auto* text : {"",
                             "1",
                             "1 ",
                             "INVITE",
                             "1INVITE",
                             "-1 INVITE",
                             "2147483648 INVITE",
                             "36893488147419103232 INVITE",
                             "1 IN VITE",
                             "1 INVITE;x"}) {
        EXPECT_FALSE(parse_cseq(text)) << text;
    }
}

} // namespace
} // namespace lyceum::sip
