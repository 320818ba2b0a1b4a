#include "admin/service.h"
#include "store/memory/memory_store.h"
#include "store_cases.h"

#include <gtest/gtest.h>

#include <thread>

namespace lyceum::tests {
namespace {

/// Writes down what live shards would hear.
class heard final : public admin::changes {
public:
    void user_added(const people::user& u) override { log += "added " + u.aor.text() + "\n"; }
    void user_changed(const people::user& u) override { log += "changed " + u.aor.text() + "\n"; }
    void user_disabled(const people::user& u) override { log += "disabled " + u.aor.text() + "\n"; }
    void user_removed(const sip::aor& a) override { log += "removed " + a.text() + "\n"; }
    void password_set(const sip::aor& a) override { log += "password " + a.text() + "\n"; }
    void trusted_changed(const std::vector<store::trusted_peer>& which,
                         admin::trust how,
                         const std::vector<store::trusted_peer>& all) override {
        for (const auto& t : which)
            log += t.host + "/" + t.transport + " " + std::string(admin::name(how)) + ", ";
        log += std::to_string(all.size()) + " trusted\n";
    }
    std::string log;
};

class deployment_under_test {
public:
    store::memory::memory_store store;
    heard ears;
    admin::service service{{store.users(),
                            store.contacts(),
                            store.trusted(),
                            ears,
                            [](const sip::aor& who, std::string_view password) {
                                const auto text = who.text() + "/" + std::string(password);
                                return store::sealed_secret(text.begin(), text.end());
                            },
                            {"a.test"}}};

    std::string ask(std::string_view command, std::string_view arguments = "{}") {
        return service.handle_line(R"({"command":")" + std::string(command) + R"(","arguments":)" +
                                   std::string(arguments) + "}\n");
    }
    std::string news() { return std::exchange(ears.log, {}); }
};

std::string ok(std::string_view result) {
    return R"({"ok":true,"result":)" + std::string(result) + "}";
}

bool failed(const std::string& answer, std::string_view code) {
    return answer.starts_with(R"({"ok":false,"error":{"code":")" + std::string(code) + "\"");
}

constexpr std::string_view alice =
    R"({"user":"sip:alice@a.test","display_name":"Alice","login":"alice","domain":"a.test","line_uri":"","mail":"","enabled":true})";

TEST(admin_commands, a_users_life) {
    deployment_under_test d;
    EXPECT_EQ(
        d.ask("user add", R"({"user":"Alice@A.test","display_name":"Alice","password":"one"})"),
        ok(alice));
    EXPECT_EQ(d.news(), "added sip:alice@a.test\n");
    EXPECT_EQ(d.ask("user show", R"({"user":"sip:alice@a.test"})"), ok(alice));
    EXPECT_EQ(d.ask("user list"), ok("[" + std::string(alice) + "]"));
    const auto secret = d.store.users().secret(aor("sip:alice@a.test")).value().value();
    EXPECT_EQ(std::string(secret.begin(), secret.end()), "sip:alice@a.test/one");

    d.ask("user set-password", R"({"user":"alice@a.test","password":"two"})");
    EXPECT_EQ(d.news(), "password sip:alice@a.test\n");
    const auto changed = d.store.users().secret(aor("sip:alice@a.test")).value().value();
    EXPECT_EQ(std::string(changed.begin(), changed.end()), "sip:alice@a.test/two");

    EXPECT_NE(d.ask("user disable", R"({"user":"alice@a.test"})").find("\"enabled\":false"),
              std::string::npos);
    EXPECT_EQ(d.news(), "disabled sip:alice@a.test\n");
    d.ask("user enable", R"({"user":"alice@a.test"})");
    EXPECT_EQ(d.news(), "changed sip:alice@a.test\n");
    EXPECT_NE(
        d.ask("user change", R"({"user":"alice@a.test","line_uri":"tel:+49301","login":"AL"})")
            .find("\"login\":\"al\""),
        std::string::npos);
    EXPECT_EQ(d.news(), "changed sip:alice@a.test\n");
    EXPECT_EQ(d.store.users().find(aor("sip:alice@a.test")).value()->display_name,
              "Alice"); // not named, not changed

    d.ask("user remove", R"({"user":"alice@a.test"})");
    EXPECT_EQ(d.news(), "removed sip:alice@a.test\n");
    EXPECT_EQ(d.ask("user list"), ok("[]"));
}

TEST(admin_commands, refusals_have_codes_and_tell_nobody) {
    deployment_under_test d;
    d.ask("user add", R"({"user":"alice@a.test","password":"x"})");
    d.news();
    const struct {
        std::string_view command;
        std::string_view arguments;
        std::string_view code;
    } rows[] = {
        {"user add", R"({"user":"alice@a.test","password":"x"})", "exists"},
        {"user add", R"({"user":"other@a.test","login":"alice","password":"x"})", "exists"},
        {"user add", R"({"user":"bob@b.test","password":"x"})", "refused"},
        {"user add", R"({"user":"bob","password":"x"})", "usage"},
        {"user add", R"({"user":"bob@a.test","password":""})", "usage"},
        {"user add", R"({"user":"bob@a.test","password":"x","line_uri":"+49"})", "usage"},
        {"user add", R"({"user":"bob@a.test","password":"x","display_name":"a\nb"})", "usage"},
        {"user add", R"({"user":"bob@a.test","password":"x","login":" "})", "usage"},
        {"user show", R"({"user":"bob@a.test"})", "not_found"},
        {"user change", R"({"user":"bob@a.test","mail":"b@a.test"})", "not_found"},
        {"user change", R"({"user":"alice@a.test"})", "usage"},
        {"user set-password", R"({"user":"bob@a.test","password":"x"})", "not_found"},
        {"user disable", R"({"user":"bob@a.test"})", "not_found"},
        {"user remove", R"({"user":"bob@a.test"})", "not_found"},
        {"contacts show", R"({"user":"bob@a.test"})", "not_found"},
        {"trusted add", R"({"host":"a b"})", "usage"},
        {"trusted add", R"({"host":"192.0.2.300"})", "usage"},
        {"trusted add", R"({"host":"192.0.2.1","transport":"sctp"})", "usage"},
        {"trusted add", R"({"host":"192.0.2.1","domains":["a b"]})", "usage"},
        {"trusted remove", R"({"host":"192.0.2.1"})", "not_found"},
        {"status", "{}", "not_running"},
        {"trace", R"({"user":"alice@a.test"})", "not_running"},
    };
    for (const auto& row : rows) {
        const auto answer = d.ask(row.command, row.arguments);
        EXPECT_TRUE(failed(answer, row.code)) << row.command << row.arguments << answer;
    }
    EXPECT_TRUE(
        failed(d.service.handle_line(std::string(admin::service::max_line + 1, ' ')), "usage"));
    EXPECT_EQ(d.news(), "");
}

TEST(admin_commands, a_refusal_says_what_is_there) {
    deployment_under_test d;
    d.ask("user add", R"({"user":"alice@a.test","password":"x"})");
    d.ask("user add", R"({"user":"bob@a.test","password":"x"})");
    d.ask("trusted add", R"({"host":"192.0.2.1"})");
    d.ask("trusted add", R"({"host":"192.0.2.2","transport":"tcp"})");
    const struct {
        std::string_view command;
        std::string_view arguments;
        std::string_view why;
    } rows[] = {
        {"user add",
         R"({"user":"alice@a.test","login":"new","password":"x"})",
         "the address sip:alice@a.test exists already"},
        {"user add",
         R"({"user":"carol@a.test","login":"Alice","password":"x"})",
         "the login alice of the domain a.test is taken by sip:alice@a.test"},
        {"user change",
         R"({"user":"bob@a.test","login":"alice"})",
         "the login alice of the domain a.test is taken by sip:alice@a.test"},
        {"trusted remove",
         R"({"host":"192.0.2.1","transport":"udp"})",
         "192.0.2.1 has no entry for udp; it is trusted for: any"},
        {"trusted remove",
         R"({"host":"192.0.2.2","transport":""})",
         "192.0.2.2 has no entry for any transport; it is trusted for: tcp"},
        {"trusted remove", R"({"host":"192.0.2.3","transport":"udp"})", "192.0.2.3 is not trusted"},
    };
    for (const auto& row : rows) {
        const auto answer = d.ask(row.command, row.arguments);
        EXPECT_TRUE(answer.contains("\"message\":\"" + std::string(row.why) + "\"")) << answer;
    }
}

TEST(admin_commands, a_file_of_users_is_added_whole_or_not_at_all) {
    deployment_under_test d;
    d.ask("user add", R"({"user":"alice@a.test","password":"x"})");
    d.news();
    const struct {
        std::string_view lines; // as JSON
        std::string_view why;
    } rows[] = {
        {R"(["bob@a.test x","carol@a.test","dave@b.test x"])",
         R"({"line":2,"why":"has no password; a line is ADDRESS PASSWORD, or the first one names )"
         R"(columns: user,password,display_name"},)"
         R"({"line":3,"why":"b.test is not a domain of this deployment"})"},
        {R"(["","bob@a.test x","sip:Bob@a.test y"])",
         R"({"line":3,"why":"the address sip:bob@a.test is that of line 2"})"},
        {R"(["bob@a.test x","ALICE@a.test y"])",
         R"({"line":2,"why":"the address sip:alice@a.test exists already"})"},
        {R"(["user,password,login","bob@a.test,x,","carol@a.test,x,alice","dave@a.test,x,BOB"])",
         R"({"line":3,"why":"the login alice of sip:carol@a.test is taken"},)"
         R"({"line":4,"why":"the login bob of sip:dave@a.test is taken"})"},
        {R"(["user,password","secret,bob@a.test"])",
         R"({"line":2,"why":"does not name an address such as alice@contoso.test"})"},
        {R"(["user,password,line_uri","bob@a.test,x,+49"])",
         R"({"line":2,"why":"line_uri must start with tel: or sip:"})"},
        {R"(["bob@a.test x\rcarol@a.test y"])",
         R"({"line":1,"why":"has a carriage return inside; lines end with LF or CR LF"})"},
    };
    for (const auto& row : rows) {
        const auto answer = d.ask("user import", R"({"lines":)" + std::string(row.lines) + "}");
        EXPECT_TRUE(failed(answer, "refused")) << answer;
        EXPECT_TRUE(
            answer.contains(R"("lines":[)" + std::string(row.why) + R"(],"more_lines":0}})"))
            << answer;
    }
    EXPECT_TRUE(failed(d.ask("user import", R"({"lines":["# nobody"]})"), "usage"));
    EXPECT_EQ(d.news(), "");
    EXPECT_EQ(d.store.users().all()->size(), 1U);

    EXPECT_EQ(
        d.ask(
            "user import",
            R"({"lines":["user,password,display_name,login","bob@a.test,two,\"B, Bob\",","sip:Carol@a.test,\"a \"\"b\",,CC"]})"),
        ok(R"({"added":2})"));
    EXPECT_EQ(d.news(), "added sip:bob@a.test\nadded sip:carol@a.test\n");
    const auto bob = d.store.users().find(aor("sip:bob@a.test")).value().value();
    EXPECT_EQ(bob.display_name, "B, Bob");
    EXPECT_EQ(bob.login, "bob");
    EXPECT_TRUE(bob.enabled);
    const auto secret = d.store.users().secret(aor("sip:carol@a.test")).value().value();
    EXPECT_EQ(std::string(secret.begin(), secret.end()), "sip:carol@a.test/a \"b");
}

TEST(admin_commands, peers_are_kept_in_one_spelling) {
    deployment_under_test d;
    EXPECT_EQ(
        d.ask(
            "trusted add",
            R"({"host":"GW.a.test","transport":"TLS","may_register":true,"domains":["X.test"],"ports":["5080","443","5080"]})"),
        ok(R"({"host":"gw.a.test","transport":"tls","may_register":true,"domains":["x.test"],"ports":[443,5080]})"));
    d.ask("trusted add", R"({"host":"2001:DB8:0::1"})");
    d.ask("trusted add", R"({"host":"2001:db8::1","transport":"udp"})");
    EXPECT_EQ(d.news(),
              "gw.a.test/tls added, 1 trusted\n"
              "2001:db8::1/ added, 2 trusted\n"
              "2001:db8::1/udp added, 3 trusted\n");
    d.ask("trusted add", R"({"host":"gw.A.test","transport":"tls"})");
    EXPECT_EQ(d.news(), "gw.a.test/tls replaced, 3 trusted\n");
    EXPECT_EQ(d.store.trusted().all()->front().host, "2001:db8::1");
    d.ask("trusted remove", R"({"host":"2001:db8:0:0::1"})"); // of every transport
    EXPECT_EQ(d.news(), "2001:db8::1/ removed, 2001:db8::1/udp removed, 1 trusted\n");
    EXPECT_EQ(d.store.trusted().all()->size(), 1U);
}

TEST(admin_commands, contacts_are_shown) {
    deployment_under_test d;
    d.ask("user add", R"({"user":"alice@a.test","password":"x"})");
    const people::contact bob{
        .uri = "bob@a.test", .name = "B", .groups = {1}, .external_uri = {}, .extension = {}};
    ASSERT_TRUE(d.store.contacts().apply(aor("sip:alice@a.test"), 1, store::set_contact{bob}, {}));
    EXPECT_EQ(
        d.ask("contacts show", R"({"user":"alice@a.test"})"),
        ok(R"({"user":"sip:alice@a.test","delta_num":2,"groups":[{"id":1,"name":"~","external_uri":""}],)"
           R"("contacts":[{"uri":"bob@a.test","name":"B","groups":[1],"subscribed":true,"external_uri":""}]})"));
}

TEST(admin_commands, a_server_adds_its_own) {
    deployment_under_test d;
    d.service.add("status",
                  [](const admin::arguments&) -> admin::outcome { return "{\"up\":true}"; });
    EXPECT_EQ(d.ask("status"), ok("{\"up\":true}"));

    struct lines final : admin::line_sink {
        bool write(std::string line) override {
            written.push_back(std::move(line));
            return true;
        }
        std::vector<std::string> written;
    };
    std::shared_ptr<admin::line_sink> kept;
    d.service.add_stream(
        "trace",
        [&](const admin::arguments& a, std::shared_ptr<admin::line_sink> sink) -> admin::outcome {
            kept = std::move(sink);
            return "\"" + a.text("user") + "\"";
        });
    EXPECT_TRUE(
        failed(d.ask("trace", R"({"user":"alice@a.test"})"), "usage")); // nowhere to write to
    const auto sink = std::make_shared<lines>();
    EXPECT_EQ(d.service.handle_line(R"({"command":"trace","arguments":{"user":"u"}})", sink),
              ok("\"u\""));
    ASSERT_EQ(kept, sink);
    EXPECT_TRUE(kept->write("{}"));
    EXPECT_EQ(sink->written.size(), 1U);
}

/// Disable and rename read, change and write the whole user: neither may undo the other.
TEST(admin_commands, threads_do_not_undo_each_others_changes) {
    deployment_under_test d;
    d.ask("user add", R"({"user":"alice@a.test","password":"x"})");
    for (int i = 0; i < 50; ++i) {
        d.ask("user enable", R"({"user":"alice@a.test"})");
        const auto name = std::to_string(i);
        std::thread disable([&] { d.ask("user disable", R"({"user":"alice@a.test"})"); });
        std::thread rename([&] {
            d.ask("user change", R"({"user":"alice@a.test","display_name":")" + name + "\"}");
        });
        disable.join();
        rename.join();
        const auto u = d.store.users().find(aor("sip:alice@a.test")).value().value();
        ASSERT_FALSE(u.enabled);
        ASSERT_EQ(u.display_name, name);
    }
}

TEST(admin_commands, a_store_that_fails_is_unavailable) {
    store::memory::memory_store broken(
        [](std::string_view) -> std::optional<unavailable> { return unavailable{"gone"}; });
    heard ears;
    admin::service s({broken.users(),
                      broken.contacts(),
                      broken.trusted(),
                      ears,
                      [](const sip::aor&, std::string_view) { return store::sealed_secret{1}; },
                      {}});
    for (const auto* line : {R"({"command":"user list"})",
                             R"({"command":"user add","arguments":{"user":"a@b","password":"x"}})",
                             R"({"command":"trusted list"})"}) {
        EXPECT_TRUE(failed(s.handle_line(line), "unavailable")) << s.handle_line(line);
    }
    EXPECT_EQ(ears.log, "");
}

} // namespace
} // namespace lyceum::tests
