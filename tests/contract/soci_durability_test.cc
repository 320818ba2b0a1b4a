#include "scratch_folder.h"
#include "store/soci/soci_store.h"
#include "store_cases.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>

namespace lyceum::tests {
namespace {

using store::soci::soci_store;

std::unique_ptr<soci_store> open(const std::string& path) {
    auto s = soci_store::open(path, {.create = true});
    EXPECT_TRUE(s) << s.error();
    return *std::move(s);
}

void run_sql(const std::string& path, const char* sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
    char* why = nullptr;
    EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, &why), SQLITE_OK) << why;
    sqlite3_close(db);
}

unsigned rights(const std::string& path) {
    struct stat s{};
    EXPECT_EQ(::stat(path.c_str(), &s), 0) << path;
    return s.st_mode & 0777U;
}

TEST(soci_store, writes_the_log_to_the_disk_before_it_answers) {
    const scratch_folder folder;
    const auto s = open(folder.path("a.db"));
    EXPECT_EQ(*s->how_durable(), (store::soci::durability{"wal", 2, true}));
    EXPECT_EQ(rights(folder.path("a.db")), 0600U);
    EXPECT_EQ(rights(folder.path("a.db-wal")), 0600U);
}

TEST(soci_store, what_was_stored_is_there_after_reopening) {
    const scratch_folder folder;
    const auto alice = person("sip:alice@a.test");
    EXPECT_EQ(open(folder.path("a.db"))->users().add(alice, {1, 2}), store::users::outcome::done);
    EXPECT_EQ(*open(folder.path("a.db"))->users().find(alice.aor), alice);
}

TEST(soci_store, refuses_what_it_cannot_open) {
    const scratch_folder folder;
    EXPECT_FALSE(soci_store::open(folder.path("missing.db"), {}));
    EXPECT_FALSE(soci_store::open(folder.path("no/such/folder.db"), {.create = true}));
    EXPECT_FALSE(soci_store::open(folder.path("quo\"te.db"), {.create = true}));
    std::ofstream(folder.path("text.db")) << std::string(4096, 'x');
    const auto text = soci_store::open(folder.path("text.db"), {});
    ASSERT_FALSE(text);
    EXPECT_NE(text.error().find("not a database"), std::string::npos) << text.error();

    open(folder.path("newer.db"));
    run_sql(folder.path("newer.db"), "INSERT INTO schema_version (version) VALUES (999)");
    const auto newer = soci_store::open(folder.path("newer.db"), {});
    ASSERT_FALSE(newer);
    EXPECT_NE(newer.error().find("needs a newer Lyceum"), std::string::npos) << newer.error();
}

TEST(soci_store, a_path_with_blanks_is_a_path) {
    const scratch_folder folder;
    open(folder.path("with some blanks.db"));
    EXPECT_EQ(rights(folder.path("with some blanks.db")), 0600U);
}

TEST(soci_store, a_failed_operation_is_unavailable_and_changes_nothing) {
    const scratch_folder folder;
    const auto path = folder.path("a.db");
    const auto s = open(path);
    const auto alice = person("sip:alice@a.test");
    ASSERT_TRUE(s->contacts().apply(alice.aor, 0, store::add_group{"G", ""}, {}));
    // The last step of the change fails, after the steps before it succeeded.
    run_sql(path,
            "CREATE TRIGGER boom BEFORE INSERT ON contact_memberships "
            "BEGIN SELECT RAISE(ABORT, 'boom'); END");
    const people::contact bob{
        .uri = "bob@a.test", .name = "B", .groups = {2}, .external_uri = {}, .extension = {}};
    const auto failed = s->contacts().apply(alice.aor, 0, store::set_contact{bob}, {});
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().what.find("contacts.apply"), std::string::npos) << failed.error().what;
    EXPECT_EQ(s->contacts().load(alice.aor)->delta_num, 2U);
    EXPECT_TRUE(s->contacts().load(alice.aor)->contacts.empty());
    run_sql(path, "DROP TRIGGER boom");
    EXPECT_EQ(s->contacts().apply(alice.aor, 2, store::set_contact{bob}, {})->delta_num, 3U);
}

TEST(soci_store, copies_a_database_that_is_in_use) {
    const scratch_folder folder;
    const auto s = open(folder.path("a.db"));
    const auto alice = person("sip:alice@a.test");
    ASSERT_EQ(s->users().add(alice, {1}), store::users::outcome::done);
    const auto done = store::soci::copy_database(folder.path("a.db"), folder.path("b.db"));
    ASSERT_TRUE(done) << done.error();
    ASSERT_EQ(s->users().remove(alice.aor), store::users::outcome::done);

    EXPECT_EQ(rights(folder.path("b.db")), 0600U);
    const auto fine = store::soci::verify_database(folder.path("b.db"));
    EXPECT_TRUE(fine) << fine.error();
    EXPECT_EQ(*open(folder.path("b.db"))->users().find(alice.aor), alice);
    EXPECT_FALSE(store::soci::copy_database(folder.path("a.db"), folder.path("b.db")))
        << "overwrote a copy";
    EXPECT_FALSE(store::soci::copy_database(folder.path("none.db"), folder.path("c.db")));
}

TEST(soci_store, sees_damage) {
    const scratch_folder folder;
    const auto path = folder.path("a.db");
    {
        const auto s = open(path);
        for (int i = 0; i < 200; ++i) {
            const auto who = person("sip:u" + std::to_string(i) + "@a.test");
            ASSERT_EQ(s->users().add(who, store::sealed_secret(100, 7)),
                      store::users::outcome::done);
        }
    }
    ASSERT_TRUE(store::soci::verify_database(path));
    {
        std::fstream f(path, std::ios::in | std::ios::out | std::ios::binary);
        f.seekp(3L * 4096);
        f << std::string(3000, '\xA5');
    }
    EXPECT_FALSE(store::soci::verify_database(path));
    run_sql(folder.path("other.db"), "CREATE TABLE t (x)");
    EXPECT_FALSE(store::soci::verify_database(folder.path("other.db")));
    EXPECT_FALSE(store::soci::verify_database(folder.path("none.db")));
}

} // namespace
} // namespace lyceum::tests
