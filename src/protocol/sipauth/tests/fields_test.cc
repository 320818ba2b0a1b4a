#include "protocol/sipauth/date.h"
#include "protocol/sipauth/fields.h"

#include <gtest/gtest.h>

namespace lyceum::sipauth {
namespace {

using namespace std::chrono_literals;
using std::chrono::February, std::chrono::January, std::chrono::November;
using std::chrono::sys_days, std::chrono::sys_seconds;

std::string written(const fields_view& f, kind k) {
    std::string out;
    serialise(f, k, out);
    return out;
}

constexpr std::string_view realm = "SIP Communications Service";

// digest MS-SIPAE 6 and 10: what the products and pidgin-sipe write, byte for byte.
TEST(fields, as_written) {
    const struct {
        kind k;
        std::string_view text;
        fields_view fields;
    } rows[] = {
        {kind::challenge,
         R"(NTLM realm="SIP Communications Service", targetname="server.contoso.com", version=3)",
         {.scheme = "NTLM", .realm = realm, .targetname = "server.contoso.com", .version = "3"}},
        {kind::challenge,
         R"(NTLM opaque="2BDBAC9D", gssapi-data="TlRM+/==", realm="SIP Communications Service", targetname="fe.x", version=4)",
         {.scheme = "NTLM",
          .realm = realm,
          .targetname = "fe.x",
          .version = "4",
          .opaque = "2BDBAC9D",
          .gssapi_data = "TlRM+/=="}},
        {kind::challenge,
         R"(TLS-DSK realm="SIP Communications Service", targetname="fe.x", sts-uri="https://fe.x:443/C.svc?a=b,c", version=4)",
         {.scheme = "TLS-DSK",
          .realm = realm,
          .targetname = "fe.x",
          .version = "4",
          .sts_uri = "https://fe.x:443/C.svc?a=b,c"}},
        {kind::credentials,
         R"(NTLM qop="auth", realm="SIP Communications Service", targetname="fe.x", gssapi-data="", version=4)",
         {.scheme = "NTLM",
          .realm = realm,
          .targetname = "fe.x",
          .version = "4",
          .qop = "auth",
          .gssapi_data = ""}},
        {kind::credentials,
         R"(NTLM qop="auth", opaque="2BDBAC9D", realm="SIP Communications Service", targetname="fe.x", crand="13317733", cnum="1", response="0100000029618e9651b65a7764000000")",
         {.scheme = "NTLM",
          .realm = realm,
          .targetname = "fe.x",
          .qop = "auth",
          .opaque = "2BDBAC9D",
          .crand = "13317733",
          .cnum = "1",
          .response = "0100000029618e9651b65a7764000000"}},
        {kind::info,
         R"(NTLM rspauth="01000000E615438A917661BE64000000", srand="9616454F", snum="1", opaque="2BDBAC9D", qop="auth", targetname="fe.x", realm="SIP Communications Service")",
         {.scheme = "NTLM",
          .realm = realm,
          .targetname = "fe.x",
          .qop = "auth",
          .opaque = "2BDBAC9D",
          .srand = "9616454F",
          .snum = "1",
          .rspauth = "01000000E615438A917661BE64000000"}},
    };
    for (const auto& row : rows) {
        const auto f = parse_fields(row.text);
        ASSERT_TRUE(f) << row.text;
        EXPECT_EQ(*f, row.fields) << row.text;
        EXPECT_EQ(written(row.fields, row.k), row.text);
    }
}

// Other spellings of the same: order, case, blanks, quotes. digest MS-SIPAE 3.1
TEST(fields, other_spellings) {
    const fields_view expected{
        .scheme = "ntlm", .realm = realm, .targetname = "fe.x", .version = "4", .cnum = "7"};
    for (
        const std::string_view text : {
            R"(ntlm version=4, cnum="7", targetname="fe.x", realm="SIP Communications Service")",
            R"(ntlm REALM="SIP Communications Service",TargetName="fe.x",Version="4",CNUM=7)",
            "ntlm \t realm = \"SIP Communications Service\" , targetname= fe.x ,, version =4 , "
            "cnum=\t7 ,",
            R"(  ntlm unknown="a, b=c", realm="SIP Communications Service", targetname="fe.x", more=x, version=4, cnum=7)",
        }) {
        const auto f = parse_fields(text);
        ASSERT_TRUE(f) << text;
        EXPECT_EQ(*f, expected) << text;
    }
    EXPECT_EQ(parse_fields("Kerberos")->scheme, "Kerberos"); // nothing but a scheme
}

TEST(fields, refuses) {
    const struct {
        std::string_view text;
        malformed why;
    } rows[] = {
        {"", malformed::bad_value},
        {"  ", malformed::bad_value},
        {R"(="x")", malformed::bad_value},
        {"NTLM realm", malformed::bad_value},
        {"NTLM realm=", malformed::bad_value},
        {"NTLM realm=, qop=\"auth\"", malformed::bad_value},
        {R"(NTLM realm="x)", malformed::truncated},
        {R"(NTLM realm="x" qop="auth")", malformed::bad_value},
        {R"(NTLM ="x")", malformed::bad_value},
        {R"(NTLM opaque="1", opaque="2")", malformed::bad_value},
        {R"(NTLM gssapi-data="", GSSAPI-DATA="")", malformed::bad_value},
        {R"(NTLM a"b=c)", malformed::bad_value},
        {R"(NTLM version=4"x")", malformed::bad_value},
    };
    for (const auto& row : rows) {
        const auto f = parse_fields(row.text);
        ASSERT_FALSE(f) << row.text;
        EXPECT_EQ(f.error().why, row.why) << row.text;
    }
    EXPECT_EQ(parse_fields("NTLM gssapi-data=\"" + std::string(max_value, 'A') + '"').error().why,
              malformed::too_large);
}

TEST(fields, version) {
    const struct {
        std::optional<std::string_view> text;
        unsigned version;
    } rows[] = {{std::nullopt, 2},
                {"3", 3},
                {"4", 4},
                {"", 0},
                {"-4", 0},
                {"4.0", 0},
                {"4294967298", 0},
                {"1000", 0}};
    for (const auto& row : rows)
        EXPECT_EQ(version_of({.version = row.text}), row.version);
}

TEST(date, as_written) {
    const struct {
        sys_seconds when;
        std::string_view text;
    } rows[] = {
        {sys_days(2008y / January / 31) + 1min + 56s,
         "Thu, 31 Jan 2008 00:01:56 GMT"}, // [MS-SIPAE] 4.1
        {sys_days(1970y / January / 1), "Thu, 01 Jan 1970 00:00:00 GMT"},
        {sys_days(2024y / February / 29) + 23h + 59min + 59s, "Thu, 29 Feb 2024 23:59:59 GMT"},
        {sys_days(2025y / November / 9) + 7h, "Sun, 09 Nov 2025 07:00:00 GMT"},
    };
    for (const auto& row : rows)
        EXPECT_EQ(date_value(row.when), row.text);
    EXPECT_EQ(date_value(sys_seconds(0s) + 999ms), "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(date, of_a_clock_is_that_of_its_second) {
    date_clock clock;
    for (const auto after : {0ms, 1ms, 999ms, 1000ms, 1999ms, 999ms, 3600000ms}) {
        const auto t = sys_seconds(0s) + after;
        EXPECT_EQ(clock.at(t), date_value(t)) << after.count();
    }
}

} // namespace
} // namespace lyceum::sipauth
