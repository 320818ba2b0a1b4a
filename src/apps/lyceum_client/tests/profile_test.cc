#include "apps/lyceum_client/profile.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace lyceum::apps::client {
namespace {

TEST(profile, reads_servers) {
    const struct {
        std::string_view text;
        net::transport kind;
        std::optional<host_and_port> want;
    } rows[] = {
        {"sip.contoso.test", net::transport::tls, host_and_port{"sip.contoso.test", 5061}},
        {"sip.contoso.test", net::transport::tcp, host_and_port{"sip.contoso.test", 5060}},
        {"127.0.0.1:25001", net::transport::tls, host_and_port{"127.0.0.1", 25001}},
        {"[2001:db8::1]:25001", net::transport::tls, host_and_port{"2001:db8::1", 25001}},
        {"[2001:db8::1]", net::transport::udp, host_and_port{"2001:db8::1", 5060}},
        {"2001:db8::1", net::transport::tls, host_and_port{"2001:db8::1", 5061}},
        {"host:65535", net::transport::tls, host_and_port{"host", 65535}},
        {"host:65536", net::transport::tls, std::nullopt},
        {"host:0", net::transport::tls, std::nullopt},
        {"host:", net::transport::tls, std::nullopt},
        {"host:sip", net::transport::tls, std::nullopt},
        {":5061", net::transport::tls, std::nullopt},
        {"[2001:db8::1", net::transport::tls, std::nullopt},
        {"[2001:db8::1]5061", net::transport::tls, std::nullopt},
        {"[2001:db8::1]:", net::transport::tls, std::nullopt},
        {"", net::transport::tls, std::nullopt},
    };
    for (const auto& row : rows) {
        const auto got = parse_server(row.text, row.kind);
        ASSERT_EQ(got.has_value(), row.want.has_value()) << row.text;
        if (got) {
            EXPECT_EQ(*got, *row.want) << row.text;
        } else {
            EXPECT_TRUE(got.error().contains("HOST:PORT")) << row.text;
        }
    }
}

TEST(profile, reads_users) {
    const struct {
        std::string_view text;
        std::string_view domain;
        std::string_view want; ///< empty: refused
    } rows[] = {
        {"sip:Alice@contoso.test", "", "sip:alice@contoso.test"},
        {"alice@contoso.test", "other.test", "sip:alice@contoso.test"},
        {"alice", "contoso.test", "sip:alice@contoso.test"},
        {"alice", "", ""},
        {"", "contoso.test", ""},
        {"sip:@contoso.test", "", ""},
    };
    for (const auto& row : rows) {
        const auto got = parse_user(row.text, row.domain);
        EXPECT_EQ(got ? got->text() : "", row.want) << row.text;
    }
}

TEST(profile, reads_passwords) {
    const std::string file = "/tmp/lyceum_client_passwords_" + std::to_string(::getpid());
    const auto read = [&](std::string_view text) {
        std::ofstream(file) << text;
        auto out = read_passwords(file);
        ::unlink(file.c_str());
        return out;
    };
    const auto some = read("# comment\n\nsip:alice@contoso.test two words "
                           "\r\nbob@contoso.test\tx\nsip:carol@contoso.test\n");
    ASSERT_TRUE(some) << some.error();
    ASSERT_EQ(some->size(), 3u);
    EXPECT_EQ((*some)[0].user.text(), "sip:alice@contoso.test");
    EXPECT_EQ((*some)[0].password, "two words");
    EXPECT_EQ((*some)[1].password, "x");
    EXPECT_EQ((*some)[2].password, "");
    const auto bad = read("sip:alice@contoso.test x\nalice y\n");
    ASSERT_FALSE(bad);
    EXPECT_TRUE(bad.error().contains(":2: ")) << bad.error();
    EXPECT_FALSE(read_passwords(file + ".missing"));
}

TEST(profile, finds_addresses) {
    const auto v4 = look_up({"127.0.0.1", 5061});
    ASSERT_TRUE(v4);
    EXPECT_EQ(v4->text(), "127.0.0.1:5061");
    const auto nobody = look_up({"nobody.invalid", 5061});
    ASSERT_FALSE(nobody);
    EXPECT_TRUE(nobody.error().contains("nobody.invalid"));
}

TEST(profile, reads_logins) {
    const struct {
        std::string_view login;
        std::string_view user;
        std::string_view domain;
    } rows[] = {
        {"alice", "alice", ""},
        {"CONTOSO\\alice", "alice", "CONTOSO"},
        {"CONTOSO/alice", "alice", "CONTOSO"},
        {"alice@contoso.test", "alice@contoso.test", ""},
    };
    for (const auto& row : rows) {
        const auto who = user_agent::identity_of(row.login, "x");
        ASSERT_TRUE(who);
        EXPECT_EQ(who->user, row.user);
        EXPECT_EQ(who->domain, row.domain);
    }
    EXPECT_FALSE(user_agent::identity_of("alice", "\xff"));
}

} // namespace
} // namespace lyceum::apps::client
