#include "apps/lyceum/certificates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

namespace lyceum::apps::console {
namespace {

TEST(certificates, a_server_certificate_is_what_was_asked_for) {
    const auto ca = make_authority("contoso.test");
    ASSERT_TRUE(ca) << ca.error();
    const auto names = server_names({"contoso.test", "b.test"}, "sip.contoso.test");
    const auto server = make_server_certificate(*ca, names);
    ASSERT_TRUE(server) << server.error();
    const auto facts = read_certificate(server->certificate, server->key, ca->certificate);
    ASSERT_TRUE(facts) << facts.error();
    EXPECT_EQ(facts->subject, "sip.contoso.test");
    EXPECT_TRUE(facts->key_fits);
    EXPECT_TRUE(facts->trusted);
    EXPECT_EQ(facts->names, names);
    for (const char* name : {"contoso.test",
                             "sip.contoso.test",
                             "sipinternal.contoso.test",
                             "lyncdiscover.contoso.test",
                             "lyncdiscoverinternal.contoso.test",
                             "sip.b.test",
                             "localhost",
                             "127.0.0.1",
                             "::1"}) {
        EXPECT_TRUE(covers(facts->names, name)) << name;
    }
    EXPECT_FALSE(covers(facts->names, "www.contoso.test"));
    EXPECT_EQ(facts->not_after - facts->not_before, std::chrono::days(825));

    const auto authority = read_certificate(ca->certificate, ca->key, ca->certificate);
    ASSERT_TRUE(authority);
    EXPECT_TRUE(authority->key_fits);
    EXPECT_EQ(authority->not_after - authority->not_before, std::chrono::days(3653));
}

TEST(certificates, strangers_are_seen) {
    const auto ca = make_authority("a.test").value();
    const auto other = make_authority("a.test").value(); // the same name, another key
    const auto one = make_server_certificate(ca, {"sip.a.test"}).value();
    const auto two = make_server_certificate(ca, {"sip.a.test"}).value();
    EXPECT_FALSE(read_certificate(one.certificate, two.key, ca.certificate)->key_fits);
    EXPECT_FALSE(read_certificate(one.certificate, one.key, other.certificate)->trusted);
    EXPECT_TRUE(
        read_certificate(one.certificate, one.key, other.certificate + ca.certificate)->trusted);
    EXPECT_FALSE(read_certificate("nothing", one.key, ca.certificate));
    EXPECT_FALSE(read_certificate(one.certificate, "nothing", ca.certificate)->key_fits);
    EXPECT_FALSE(make_server_certificate({ca.certificate, other.key}, {"sip.a.test"}));
}

TEST(certificates, a_long_name_is_no_common_name) {
    const auto domain = std::string(60, 'a') + ".test";
    const auto ca = make_authority(domain);
    ASSERT_TRUE(ca) << ca.error();
    const auto server = make_server_certificate(*ca, server_names({domain}, "sip." + domain));
    ASSERT_TRUE(server) << server.error();
    EXPECT_TRUE(covers(read_certificate(server->certificate, server->key, ca->certificate)->names,
                       "sip." + domain));
}

TEST(certificates, stars_stand_for_one_label) {
    const std::vector<std::string> names{"*.a.test"};
    EXPECT_TRUE(covers(names, "SIP.A.test"));
    EXPECT_FALSE(covers(names, "a.test"));
    EXPECT_FALSE(covers(names, "x.sip.a.test"));
    EXPECT_FALSE(covers(names, ".a.test"));
}

} // namespace
} // namespace lyceum::apps::console
