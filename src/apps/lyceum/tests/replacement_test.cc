#include "apps/lyceum/replacement.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>

namespace lyceum::apps::console {
namespace {

class replacements : public testing::Test {
protected:
    replacements() {
        folder_ = (std::filesystem::temp_directory_path() / "lyceum_files_XXXXXX").string();
        if (::mkdtemp(folder_.data()) == nullptr) std::abort();
        for (const auto* name : {"/a", "/b"})
            EXPECT_TRUE(write_file(folder_ + name, std::string("old ") + name, 0600));
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    [[nodiscard]] std::string at(const char* name) const { return folder_ + "/" + name; }
    [[nodiscard]] std::set<std::string> names() const {
        std::set<std::string> out;
        for (const auto& e : std::filesystem::directory_iterator(folder_))
            out.insert(e.path().filename());
        return out;
    }

private:
    std::string folder_;
};

TEST_F(replacements, take_their_places_together) {
    replacement all(".replaced");
    for (const auto* name : {"a", "b", "c"})
        ASSERT_TRUE(all.stage(at(name), "new", 0640));
    EXPECT_EQ(read_file(at("a")).value(), "old /a");
    ASSERT_TRUE(all.place());
    for (const auto* name : {"a", "b", "c"})
        EXPECT_EQ(read_file(at(name)).value(), "new");
    EXPECT_EQ(all.kept(), (std::vector{at("a.replaced"), at("b.replaced")}));
    EXPECT_EQ(read_file(at("b.replaced")).value(), "old /b");
    EXPECT_EQ(names(), (std::set<std::string>{"a", "a.replaced", "b", "b.replaced", "c"}));
}

TEST_F(replacements, that_are_given_up_leave_nothing) {
    {
        replacement all(".replaced");
        ASSERT_TRUE(all.stage(at("a"), "new", 0600));
        EXPECT_EQ(all.stage(at("none/c"), "new", 0600).error(),
                  at("none/c.new") + ": No such file or directory");
    }
    EXPECT_EQ(names(), (std::set<std::string>{"a", "b"}));
    EXPECT_EQ(read_file(at("a")).value(), "old /a");
}

TEST_F(replacements, of_which_one_cannot_be_are_taken_back) {
    {
        replacement all(".replaced");
        for (const auto* name : {"c", "a", "b", "d"})
            ASSERT_TRUE(all.stage(at(name), "new", 0600));
        std::filesystem::remove(at("b.new")); // so b can not be renamed, after c and a have been
        EXPECT_EQ(all.place().error(),
                  at("b") + ": No such file or directory; nothing was changed");
        EXPECT_TRUE(all.kept().empty());
    }
    EXPECT_EQ(names(), (std::set<std::string>{"a", "b"}));
    EXPECT_EQ(read_file(at("a")).value(), "old /a");
    EXPECT_EQ(read_file(at("b")).value(), "old /b");
}

} // namespace
} // namespace lyceum::apps::console
