#include "base/log/log.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>

namespace lyceum::log {
namespace {

std::string content(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t lines(const std::string& path) {
    const auto all = content(path);
    return static_cast<std::size_t>(std::ranges::count(all, '\n'));
}

/// Events go to a file of this test's own, and back to standard error afterwards.
class log_file : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = ::testing::TempDir() + "lyceum_log_XXXXXX";
        ASSERT_NE(mkdtemp(folder_.data()), nullptr);
        path_ = folder_ + "/lyceum.log";
        ASSERT_TRUE(set_file(path_));
    }
    void TearDown() override {
        set_level(level::info);
        EXPECT_TRUE(set_file(""));
        std::remove(path_.c_str());
        std::remove((path_ + ".1").c_str());
        EXPECT_EQ(rmdir(folder_.c_str()), 0);
    }
    std::string folder_;
    std::string path_;
};

TEST_F(log_file, holds_one_json_object_a_line) {
    write(level::info,
          "registrar",
          "signed_in",
          {{"user", "sip:alice@contoso.test"}, {"expires", 600}});
    write(level::warn, "registrar", "refused", {{"password", "hunter2"}});
    flush();
    const auto all = content(path_);
    EXPECT_NE(all.find(R"(,"level":"info","area":"registrar","event":"signed_in",)"
                       R"("user":"sip:alice@contoso.test","expires":600})"
                       "\n"),
              std::string::npos)
        << all;
    EXPECT_NE(all.find(R"x("password":"(withheld)"})x"), std::string::npos) << all;
    EXPECT_TRUE(all.starts_with(R"({"time":"20)")) << all;
    EXPECT_EQ(lines(path_), 2U);
}

TEST_F(log_file, is_not_for_everybody) {
    struct stat s{};
    ASSERT_EQ(stat(path_.c_str(), &s), 0);
    EXPECT_EQ(s.st_mode & 0007U, 0U);
}

TEST_F(log_file, levels_below_the_one_set_do_nothing) {
    const struct {
        level set;
        std::size_t written;
    } rows[] = {{level::error, 1},
                {level::warn, 2},
                {level::info, 3},
                {level::debug, 4},
                {level::trace, 5}};
    std::size_t total = 0;
    for (const auto& row : rows) {
        set_level(row.set);
        std::size_t on = 0;
        for (const auto l : {level::trace, level::debug, level::info, level::warn, level::error}) {
            write(l, "log", "sample");
            on += enabled(l) ? 1U : 0U;
        }
        EXPECT_EQ(on, row.written);
        flush();
        total += row.written;
        EXPECT_EQ(lines(path_), total);
    }
}

TEST_F(log_file, is_opened_anew_after_rotation) {
    write(level::info, "log", "before");
    flush();
    ASSERT_EQ(std::rename(path_.c_str(), (path_ + ".1").c_str()), 0);
    write(level::info, "log", "between");
    flush();
    EXPECT_EQ(reopen(), 0);
    write(level::info, "log", "after");
    flush();
    EXPECT_EQ(lines(path_ + ".1"), 2U);
    EXPECT_EQ(lines(path_), 1U);
    EXPECT_NE(content(path_).find("after"), std::string::npos);
}

TEST_F(log_file, a_path_that_cannot_be_opened_changes_nothing) {
    EXPECT_FALSE(set_file(folder_ + "/no/such/folder/lyceum.log"));
    write(level::info, "log", "still_here");
    flush();
    EXPECT_EQ(lines(path_), 1U);
}

TEST_F(log_file, a_flood_is_written_or_counted_never_waited_for) {
    const auto before = dropped();
    constexpr std::size_t events = 50'000;
    for (std::size_t i = 0; i < events; ++i)
        write(level::info, "log", "flood", {{"i", i}});
    flush();
    EXPECT_EQ(lines(path_) + (dropped() - before), events);
}

TEST_F(log_file, a_full_disk_is_counted) {
    ASSERT_TRUE(set_file("/dev/full"));
    const auto before = dropped();
    write(level::info, "log", "nowhere");
    flush();
    EXPECT_EQ(dropped(), before + 1);
}

} // namespace
} // namespace lyceum::log
