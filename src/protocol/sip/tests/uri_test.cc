#include "protocol/sip/uri.h"

#include <gtest/gtest.h>

namespace lyceum::sip {
namespace {

using namespace std::string_view_literals;

TEST(uri, read) {
    const struct {
        std::string_view text;
        std::string_view scheme, user, password, host;
        std::uint16_t port;
        std::string_view params, headers;
    } rows[] = {
        {"sip:alice@atlanta.com", "sip", "alice", "", "atlanta.com", 0, "", ""},
        {"SIPS:alice:secretword@atlanta.com;transport=tcp",
         "SIPS",
         "alice",
         "secretword",
         "atlanta.com",
         0,
         "transport=tcp",
         ""},
        {"sips:alice@a.b?subject=project%20x&priority=urgent",
         "sips",
         "alice",
         "",
         "a.b",
         0,
         "",
         "subject=project%20x&priority=urgent"},
        {"sip:+1-212-555-1212:1234@gateway.com;user=phone",
         "sip",
         "+1-212-555-1212",
         "1234",
         "gateway.com",
         0,
         "user=phone",
         ""},
        {"sip:atlanta.com;method=REGISTER?to=alice%40a.b",
         "sip",
         "",
         "",
         "atlanta.com",
         0,
         "method=REGISTER",
         "to=alice%40a.b"},
        {"sip:alice;day=tuesday@atlanta.com",
         "sip",
         "alice;day=tuesday",
         "",
         "atlanta.com",
         0,
         "",
         ""},
        {"sip:a?b/c@[2001:db8::1]:5061;lr", "sip", "a?b/c", "", "[2001:db8::1]", 5061, "lr", ""},
        {"sip:192.0.2.10:40122;transport=tls;ms-opaque=d3470f2e1d",
         "sip",
         "",
         "",
         "192.0.2.10",
         40122,
         "transport=tls;ms-opaque=d3470f2e1d",
         ""},
        {"sip:bob@contoso.test;opaque=user:epid:Qf0z-10mUe1Vlp5gAA;gruu",
         "sip",
         "bob",
         "",
         "contoso.test",
         0,
         "opaque=user:epid:Qf0z-10mUe1Vlp5gAA;gruu",
         ""},
        {"sip:null-%00-null@example.com", "sip", "null-%00-null", "", "example.com", 0, "", ""},
        {"sip:911;phone-context=X@dom;user=phone",
         "sip",
         "911;phone-context=X",
         "",
         "dom",
         0,
         "user=phone",
         ""},
        {"sip:lower_bar", "sip", "", "", "lower_bar", 0, "", ""},
        {"tel:+1-201-555-0123;phone-context=x",
         "tel",
         "+1-201-555-0123",
         "",
         "",
         0,
         "phone-context=x",
         ""},
        {"urn:service:sos", "urn", "", "", "", 0, "", ""},
        {"nobodyKnowsThisScheme:totallyopaquecontent",
         "nobodyKnowsThisScheme",
         "",
         "",
         "",
         0,
         "",
         ""},
    };
    for (const auto& row : rows) {
        const auto u = parse_uri(row.text);
        ASSERT_TRUE(u) << row.text << " " << u.error().at;
        EXPECT_EQ(u->scheme, row.scheme) << row.text;
        EXPECT_EQ(u->user, row.user) << row.text;
        EXPECT_EQ(u->password, row.password) << row.text;
        EXPECT_EQ(u->host, row.host) << row.text;
        EXPECT_EQ(u->port, row.port) << row.text;
        EXPECT_EQ(u->params.text(), row.params) << row.text;
        EXPECT_EQ(u->headers, row.headers) << row.text;
        EXPECT_EQ(u->opaque, row.text.substr(row.text.find(':') + 1)) << row.text;
    }
}

TEST(uri, refused) {
    const struct {
        std::string_view text;
        std::uint32_t at;
    } rows[] = {
        {"", 0},
        {"sip", 0},
        {"sip:", 4},
        {":a@b", 0},
        {"1sip:a@b", 0},
        {"s ip:a@b", 1},
        {"<sip:a@b>", 0},
        {"sip:@b", 4},
        {"sip::pw@b", 4},
        {"sip:a@", 6},
        {"sip:a@;lr", 6},
        {"sip:a@b@c", 6},
        {"sip:a@b;x=y@z", 6},
        {"sip:a@b:", 8},
        {"sip:a@b:0", 8},
        {"sip:a@b:65536", 8},
        {"sip:a@b:5o60", 8},
        {"sip:a@b:+1", 8},
        {"sip:a@b/c", 7},
        {"sip:a@b%41", 7},
        {"sip:a@[::1", 6},
        {"sip:a@[]", 6},
        {"sip:a@[g]", 6},
        {"sip:a@[::1]x", 11},
        {"sip:a@b c", 7},
        {"sip:a@b; lr", 8},
        {"sip:a@b\t", 7},
        {"sip:a\0@b"sv, 5},
        {"sip:a\x7F@b", 5},
        {"sip:a@b;x=\"y\"", 10},
        {"sip:a@b\xC3\xBC", 7},
        {"tel:", 4},
        {"tel:;x", 4},
    };
    for (const auto& row : rows) {
        const auto u = parse_uri(row.text);
        ASSERT_FALSE(u) << row.text;
        EXPECT_EQ(u.error().at, row.at) << row.text << " " << u.error().rule;
    }
}

// The first two groups are the table of RFC 3261 19.1.4.
TEST(uri, equivalent) {
    const struct {
        std::string_view a, b;
        bool same;
    } rows[] = {
        {"sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true},
        {"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true},
        {"sip:carol@chicago.com", "sip:carol@chicago.com;security=on", true},
        {"sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true},
        {"sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
         "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
         true},
        {"sip:alice@atlanta.com?subject=project%20x&priority=urgent",
         "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
         true},

        {"SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false},
        {"sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false},
        {"sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false},
        {"sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false},

        {"sip:a@b", "sips:a@b", false},
        {"sip:a@b", "SIP:a@B", true},
        {"sip:a:x@b", "sip:a:X@b", false},
        {"sip:a:x@b", "sip:a@b", false},
        {"sip:b", "sip:a@b", false},
        {"sip:a%3Bb@c", "sip:a;b@c", false},
        {"sip:a%3Bb@c", "sip:a%3bb@c", true},
        {"sip:a%@c", "sip:a%25@c", true},
        {"sip:a@b;user=phone", "sip:a@b", false},
        {"sip:a@b", "sip:a@b;ttl=1", false},
        {"sip:a@b;method=INVITE", "sip:a@b", false},
        {"sip:a@b;maddr=1.2.3.4", "sip:a@b", false},
        {"sip:a@b;%6Daddr=1.2.3.4", "sip:a@b;maddr=1.2.3.4", true},
        {"sip:a@b;lr", "sip:a@b;lr=on", false},
        {"sip:a@b;gruu;opaque=x", "sip:a@b", true},
        {"sip:a@b?x=1&x=1", "sip:a@b?x=1", true},
        {"sip:a@b?x=1", "sip:a@b?x=2", false},
        {"tel:+358-555-1234567;postd=pp22", "tel:+358-555-1234567;POSTD=PP22", true},
        {"tel:+358-555-1234567;postd=pp22;isub=1411",
         "tel:+358-(555)1234567;isub=1411;postd=pp22",
         true},
        {"tel:+1;isub=1", "tel:+1", false},
        {"tel:+1", "tel:+2", false},
        {"urn:service:sos", "URN:service:sos", true},
        {"urn:service:sos", "urn:service:SOS", false},
    };
    for (const auto& row : rows) {
        const auto a = parse_uri(row.a);
        const auto b = parse_uri(row.b);
        ASSERT_TRUE(a && b) << row.a << " " << row.b;
        EXPECT_EQ(equivalent(*a, *b), row.same) << row.a << " " << row.b;
        EXPECT_EQ(equivalent(*b, *a), row.same) << row.b << " " << row.a;
        EXPECT_TRUE(equivalent(*a, *a));
    }
}

TEST(uri, too_many_parameters_are_compared_as_text_only) {
    std::string many = "sip:a@b";
    for (int i = 0; i < 100; ++i)
        many += ";p" + std::to_string(i);
    const std::string upper = "sip:A@b" + many.substr(7);
    const std::string other_case = "sip:a@B" + many.substr(7);
    EXPECT_TRUE(equivalent(*parse_uri(many), *parse_uri(many)));
    EXPECT_FALSE(equivalent(*parse_uri(many), *parse_uri(upper)));
    EXPECT_FALSE(equivalent(*parse_uri(many), *parse_uri(other_case)));
}

TEST(uri, made_fit_for_a_request_line) {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"sip:a@b", "sip:a@b"},
        {"sip:a@b?", "sip:a@b"},
        {"sip:a@b;x=1?Subject=y&Route=z", "sip:a@b;x=1"},
        {"sip:a@b;method=INVITE", "sip:a@b"},
        {"sip:a@b:5062;x=1;Method=INVITE;lr;y=q?S=t", "sip:a@b:5062;x=1;lr;y=q"},
        {"sips:a?b@c;method=X?S=t", "sips:a?b@c"},
        {"sip:a@[::1];;method=X;z", "sip:a@[::1];z"},
        {"tel:+1;method=X", "tel:+1;method=X"},
        {"im:a@b?x", "im:a@b?x"},
        {"no uri", "no uri"},
    };
    for (const auto& [from, to] : rows) {
        std::string uri(from);
        make_request_uri(uri);
        EXPECT_EQ(uri, to) << from;
    }
}

TEST(aor, from) {
    const struct {
        std::string_view uri;
        std::string_view text;
    } rows[] = {
        {"sip:Alice@Contoso.TEST", "sip:alice@contoso.test"},
        {"SIPS:alice:pw@contoso.test:5061;transport=tls?x=y", "sip:alice@contoso.test"},
        {"sip:%61l%2Dice@contoso.test", "sip:al-ice@contoso.test"},
        {"sip:a%40B@c", "sip:a%40b@c"},
        {"sip:a%3B@c", "sip:a%3b@c"},
        {"sip:a%@c", "sip:a%25@c"},
        {"sip:%6%61@c", "sip:%256a@c"},
        {"sip:%256a@c", "sip:%256a@c"},
        {"sip:a%00@c", "sip:a%00@c"},
        {"sip:911;phone-context=X@dom", "sip:911;phone-context=x@dom"},
        {"sip:contoso.test", ""},
        {"tel:+1", ""},
        {"alice@contoso.test", ""},
        {"sip:a b@c", ""},
    };
    for (const auto& row : rows) {
        const auto a = aor::from(row.uri);
        EXPECT_EQ(a.has_value(), !row.text.empty()) << row.uri;
        if (a) {
            EXPECT_EQ(a->text(), row.text);
        }
    }
    const auto alice = *aor::from("sip:Alice@Contoso.test");
    EXPECT_EQ(alice.user(), "alice");
    EXPECT_EQ(alice.host(), "contoso.test");
    EXPECT_EQ(alice.without_scheme(), "alice@contoso.test");
    EXPECT_EQ(alice, *aor::from("sip:alice@contoso.test:5061"));
    EXPECT_EQ(aor_hash{}(alice), aor_hash{}(*aor::from("sips:ALICE@contoso.test")));
    EXPECT_TRUE(aor().empty());
    EXPECT_EQ(aor().user(), "");
    EXPECT_EQ(aor().host(), "");
}

} // namespace
} // namespace lyceum::sip
