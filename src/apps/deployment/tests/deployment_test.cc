#include "apps/deployment/deployment.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace lyceum::apps::deployment {
namespace {

class folder {
public:
    folder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "lyceum_deployment_XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) std::abort();
        path = name;
    }
    ~folder() { std::filesystem::remove_all(path); }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    [[nodiscard]] std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(path + "/" + name) << text;
        return path + "/" + name;
    }
    std::string path;
};

TEST(deployment, what_init_writes_loads) {
    const folder f;
    const auto made = defaults("Contoso.test", 20000);
    const auto d = load(f.write("lyceum.toml", to_toml(made)));
    ASSERT_TRUE(d) << d.error();
    EXPECT_EQ(d->primary_domain(), "contoso.test");
    EXPECT_EQ(d->server.fqdn, "sip.contoso.test");
    EXPECT_EQ(d->path("lyceum.db"), f.path + "/lyceum.db");
    EXPECT_EQ(d->path("/etc/x"), "/etc/x");
    EXPECT_EQ(to_toml(*d), to_toml(made));
}

TEST(deployment, ports_have_fixed_offsets) {
    const struct {
        std::string_view key;
        std::uint16_t standard;
        std::uint16_t moved;
        bool open;
    } rows[] = {
        {"sip_tls", 5061, 20001, true},
        {"sip_tcp", 5060, 20002, true},
        {"sip_udp", 5060, 20003, true},
        {"https", 8443, 20004, false},
        {"http", 8080, 20005, false},
        {"c3p", 8444, 20006, false},
        {"turn_udp", 3478, 20007, false},
        {"turn_tcp", 4443, 20008, false},
        {"metrics", 9090, 20009, true},
        {"sip_mtls", 5067, 20010, false},
    };
    const auto standard = port_table(defaults("a.test"));
    const auto moved = port_table(defaults("a.test", 20000));
    ASSERT_EQ(standard.size(), std::size(rows));
    for (std::size_t i = 0; i < std::size(rows); ++i) {
        EXPECT_EQ(standard[i].key, rows[i].key);
        EXPECT_EQ(standard[i].number, rows[i].standard) << rows[i].key;
        EXPECT_EQ(moved[i].number, rows[i].moved) << rows[i].key;
        EXPECT_EQ(moved[i].number, 20000 + moved[i].offset) << rows[i].key;
        EXPECT_EQ(moved[i].open, rows[i].open) << rows[i].key;
    }
}

TEST(deployment, listeners_follow_the_settings) {
    auto d = defaults("a.test");
    d.sip.listen = {"127.0.0.1", "::1"};
    d.sip.udp = "off";
    d.sip.tcp = "clients";
    d.sip.mtls = "trusted";
    const auto all = sip_listeners(d);
    ASSERT_EQ(all.size(), 6U);
    EXPECT_EQ(all[0].at.text(), "127.0.0.1:5061");
    EXPECT_EQ(all[1].kind, net::transport::tcp);
    EXPECT_EQ(all[1].who, net::audience::clients);
    EXPECT_TRUE(all[2].ask_for_certificate);
    EXPECT_EQ(all[2].who, net::audience::trusted);
    EXPECT_EQ(all[3].at.text(), "[::1]:5061");
}

TEST(deployment, tells_what_is_wrong) {
    const std::string good = "[server]\ndomains = ['a.test']\nfqdn = 'sip.a.test'\n";
    const struct {
        std::string text;
        std::string_view why;
    } rows[] = {
        {"", "server.domains: needs at least 1"},
        {"[server]\ndomains = ['a.test']", "server.fqdn: must not be empty"},
        {"[server]\ndomains = ['a b']\nfqdn = 'x'", "server.domains: \"a b\" is no domain name"},
        {"[server]\ndomains = ['a.']\nfqdn = 'x'", "server.domains: \"a.\" is no domain name"},
        {good + "[sip]\nlisten = ['here']", "sip.listen: \"here\" is no address"},
        {good + "[dns]\nnameservers = ['::1', '127.0.0.1:53', '[::1]:53', 'here']",
         "dns.nameservers: \"here\" is no address of a name server"},
        {good + "[dns]\nnameservers = ['127.0.0.1:65536']", "dns.nameservers: \"127.0.0.1:65536\""},
        {good + "[dns]\nnameservers = ['127.0.0.1:']", "dns.nameservers: \"127.0.0.1:\""},
        {good + "[metrics]\naddress = 'x'", "metrics.address: \"x\" is no address"},
        {good + "[ports]\nsip_tcp = 5061", "ports.sip_tcp: 5061 is another listener's too"},
        {good + "[sip]\nexpires = '20 s'", "sip.expires: must not be shorter than sip.min_expires"},
        {good + "[sip]\nkeep_alive = '1 h'",
         "sip.keep_alive: must be shorter than sip.idle_patience"},
        {good + "[log]\nfile = 'lyceum.db'", "log.file: \"lyceum.db\" is another file"},
        {good + "[log]\nfile = 'run/../x'\n[store]\nfile = 'x'", "log.file: \"run/../x\""},
        {good + "[auth]\nsealing_kee = 'x'",
         "auth.sealing_kee: unknown; did you mean auth.sealing_key?"},
    };
    const folder f;
    for (const auto& row : rows) {
        const auto d = load(f.write("lyceum.toml", row.text));
        ASSERT_FALSE(d) << row.why;
        EXPECT_NE(d.error().find(row.why), std::string::npos) << d.error();
    }
    EXPECT_TRUE(load(f.write("lyceum.toml", good)));
    EXPECT_EQ(load(f.path + "/none.toml").error(),
              f.path + "/none.toml: cannot be read: No such file or directory");
    EXPECT_EQ(load(f.path).error(), f.path + ": is no file");
}

TEST(deployment, one_holder_of_the_lock) {
    const folder f;
    auto d = defaults("a.test");
    d.data = f.path;
    {
        const auto first = data_lock::take(d);
        ASSERT_TRUE(first) << first.error();
        const auto second = data_lock::take(d);
        ASSERT_FALSE(second);
        EXPECT_NE(second.error().find("in use by process " + std::to_string(::getpid())),
                  std::string::npos)
            << second.error();
    }
    EXPECT_TRUE(data_lock::take(d));
}

TEST(deployment, sealing_keys_are_private_and_whole) {
    const folder f;
    auto d = defaults("a.test");
    d.data = f.path;
    EXPECT_FALSE(read_sealing_key(d));
    const auto file = f.write("sealing.key", std::string(32, 'k'));
    ::chmod(file.c_str(), 0644);
    EXPECT_FALSE(read_sealing_key(d));
    ::chmod(file.c_str(), 0600);
    EXPECT_EQ(read_sealing_key(d).value()[31], 'k');
    for (const std::size_t n : {0U, 31U, 33U}) {
        EXPECT_EQ(f.write("sealing.key", std::string(n, 'k')), d.path("sealing.key"));
        EXPECT_FALSE(read_sealing_key(d)) << n;
    }
}

} // namespace
} // namespace lyceum::apps::deployment
