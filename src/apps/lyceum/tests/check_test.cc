#include "apps/lyceum/certificates.h"
#include "apps/lyceum/check.h"
#include "apps/lyceum/files.h"
#include "apps/lyceum/init.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace lyceum::apps::console {
namespace {

using level = finding::level;

/// A deployment of its own, gone at the end.
class made_deployment {
public:
    made_deployment() {
        std::string name =
            (std::filesystem::temp_directory_path() / "lyceum_check_XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) std::abort();
        folder = name;
        const auto made = init(folder + "/d", "a.test", 0);
        EXPECT_TRUE(made) << made.error().message;
        settings = deployment::load(folder + "/d/lyceum.toml").value();
    }
    ~made_deployment() { std::filesystem::remove_all(folder); }
    made_deployment(const made_deployment&) = delete;
    made_deployment& operator=(const made_deployment&) = delete;

    std::string folder;
    deployment::deployment settings;
};

bool says(const std::vector<finding>& all, level how, std::string_view text) {
    return std::ranges::any_of(all, [&](const finding& f) {
        return f.how == how && f.text.find(text) != std::string::npos;
    });
}

TEST(check, a_log_that_cannot_be_written) {
    made_deployment d;
    EXPECT_TRUE(says(check(d.settings, {}), level::ok, "goes to standard error"));
    d.settings.log.file = "new.log";
    EXPECT_TRUE(says(check(d.settings, {}), level::ok, "new.log will be made"));
    d.settings.log.file = "lyceum.toml";
    EXPECT_TRUE(says(check(d.settings, {}), level::ok, "lyceum.toml can be written"));
    d.settings.log.file = "none/new.log";
    EXPECT_TRUE(says(check(d.settings, {}), level::warning, "none/new.log: No such file"));
}

TEST(check, certificates_by_their_dates) {
    const made_deployment d;
    const auto certificate = read_file(d.settings.path("server.pem")).value();
    const auto end = read_certificate(certificate, "", "")->not_after;
    const struct {
        std::chrono::seconds left;
        level how;
        std::string_view text;
    } rows[] = {
        {std::chrono::days(30), level::ok, "30 days"},
        {std::chrono::days(30) - 1s, level::warning, "29 days"},
        {1s, level::warning, "0 days"},
        {0s, level::error, "expired"},
        {std::chrono::days(826), level::error, "is not valid before"},
    };
    for (const auto& row : rows) {
        EXPECT_TRUE(says(check_certificate(d.settings, end - row.left), row.how, row.text))
            << row.text;
    }
}

TEST(check, certificates_of_others) {
    made_deployment d;
    const auto now =
        read_certificate(read_file(d.settings.path("server.pem")).value(), "", "")->not_before;
    d.settings.server.fqdn = "other.test";
    EXPECT_TRUE(says(check_certificate(d.settings, now), level::error, "does not name other.test"));
    ASSERT_TRUE(write_file(d.settings.path("ca.pem"), make_authority("a.test")->certificate, 0644));
    EXPECT_TRUE(says(check_certificate(d.settings, now), level::warning, "is not of an authority"));
    ASSERT_TRUE(write_file(
        d.settings.path("server.key"), read_file(d.settings.path("ca.key")).value(), 0600));
    EXPECT_TRUE(says(check_certificate(d.settings, now), level::error, "is not the key of"));
    std::filesystem::remove(d.settings.path("ca.pem"));
    EXPECT_TRUE(says(check_certificate(d.settings, now), level::error, "No such file"));
}

TEST(check, a_renewed_certificate_is_of_the_same_authority) {
    const made_deployment d;
    const auto before = read_file(d.settings.path("server.pem")).value();
    ASSERT_TRUE(renew_certificate(d.settings.file));
    const auto now = read_certificate(before, "", "")->not_before + std::chrono::days(1);
    EXPECT_NE(read_file(d.settings.path("server.pem")).value(), before);
    const auto all = check_certificate(d.settings, now);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].how, level::ok);
}

TEST(check, a_certificate_of_another_authority_is_not_renewed) {
    const made_deployment d;
    const auto bought = make_server_certificate(make_authority("b.test").value(), {"sip.a.test"});
    ASSERT_TRUE(write_file(d.settings.path("server.pem"), bought->certificate, 0644));
    ASSERT_TRUE(write_file(d.settings.path("server.key"), bought->key, 0600));
    const auto refused = renew_certificate(d.settings.file);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "refused");
    EXPECT_EQ(read_file(d.settings.path("server.pem")).value(), bought->certificate);
    EXPECT_EQ(read_file(d.settings.path("server.key")).value(), bought->key);
    std::filesystem::remove(d.settings.path("server.pem"));
    EXPECT_TRUE(renew_certificate(d.settings.file));
}

TEST(check, init_touches_nothing_that_is_there) {
    const made_deployment d;
    const auto again = init(d.settings.data, "a.test", 0);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, "exists");
    std::filesystem::remove(d.settings.file);
    EXPECT_EQ(init(d.settings.data, "a.test", 0).error().code,
              "exists"); // its keys are still there
    for (const char* bad : {"", "a b", ".a", "a..b", "a/b"}) {
        EXPECT_EQ(init(d.folder + "/e", bad, 0).error().code, "usage") << bad;
    }
}

TEST(check, descriptors_are_counted_for_every_shard) {
    auto d = deployment::defaults("a.test"); // three listeners
    d.sip.max_connections = 1000;
    const struct {
        unsigned shards;
        std::uint64_t allowed;
        level how;
        std::string_view text;
    } rows[] = {
        {1, 1259, level::ok, "1000 for each of 1 shard"},
        {1, 1258, level::warning, "`ulimit -n 1259`"},
        {4, 1259, level::warning, "LimitNOFILE=4268 in"},
        {4, 4268, level::ok, "1000 for each of 4 shards"},
    };
    for (const auto& row : rows) {
        d.server.shards = row.shards;
        const auto found = check_limits(d, row.allowed, limit_of::server);
        EXPECT_TRUE(says({found}, row.how, row.text)) << found.text;
    }
    d.server.shards = 0; // as many as there are cores
    const auto cores = deployment::shard_count(d);
    EXPECT_GE(cores, 1U);
    EXPECT_EQ(deployment::descriptors_needed(d), cores * 1003U + 256);
}

TEST(check, dns_records_are_listed_for_every_domain) {
    made_deployment d;
    d.settings.server.domains.emplace_back("b.test");
    const auto all = dns_records(d.settings);
    EXPECT_EQ(all.size(), 12U);
    EXPECT_TRUE(says(all, level::note, "_sipinternaltls._tcp.b.test. SRV 0 0 5061 sip.b.test."));
    EXPECT_TRUE(says(all, level::note, "lyncdiscoverinternal.a.test."));
}

} // namespace
} // namespace lyceum::apps::console
