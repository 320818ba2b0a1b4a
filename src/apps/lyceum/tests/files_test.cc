#include "apps/lyceum/files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace lyceum::apps::console {
namespace {

class folder {
public:
    folder() {
        path = (std::filesystem::temp_directory_path() / "lyceum_files_XXXXXX").string();
        if (::mkdtemp(path.data()) == nullptr) std::abort();
    }
    ~folder() { std::filesystem::remove_all(path); }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    std::string path;
};

TEST(files, digests) {
    const folder f;
    const auto file = f.path + "/a";
    ASSERT_TRUE(write_file(file, "abc", 0600));
    // FIPS 180-2 B.1
    EXPECT_EQ(digest_of_file(file).value(),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(digest_of_file(f.path + "/b").error(), f.path + "/b: No such file or directory");
}

TEST(files, a_store_has_no_bound_and_what_is_read_whole_has) {
    const folder f;
    const auto file = f.path + "/large";
    ASSERT_TRUE(write_file(file, "", 0600));
    std::filesystem::resize_file(file, (64U << 20U) + 1); // a hole: takes no room
    EXPECT_EQ(read_file(file).error(), file + ": is too large");
    EXPECT_EQ(digest_of_file(file).value().size(), 64U);
}

} // namespace
} // namespace lyceum::apps::console
