#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace lyceum::tests {

/// A folder of its own below the temporary one, gone with its contents at the end.
class scratch_folder {
public:
    scratch_folder() {
        std::string name = (std::filesystem::temp_directory_path() / "lyceum_test_XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) std::abort();
        path_ = name;
    }
    ~scratch_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;

    [[nodiscard]] std::string path(const std::string& name = {}) const {
        return path_ + "/" + name;
    }

private:
    std::string path_;
};

} // namespace lyceum::tests
