#pragma once

#include "apps/lyceum/files.h"

#include <string>
#include <string_view>
#include <vector>

namespace lyceum::apps::console {

/// Several files that take the places of others together, or not at all: each is written beside its
/// place first (FILE.new, on the disk), and place() renames them when all are there. What they
/// replace is kept as FILE and the suffix. Destroyed before that, it removes what it has written.
class replacement {
public:
    explicit replacement(std::string suffix) : suffix_(std::move(suffix)) {}
    ~replacement();
    replacement(const replacement&) = delete;
    replacement& operator=(const replacement&) = delete;

    /// Writes what goes to `path`; the error names the file that could not be written.
    [[nodiscard]] file_result
    stage(const std::string& path, std::string_view octets, unsigned rights);
    /// The same of a store: a copy of the database `from`. Logs of the one in its place must never
    /// meet it: they are kept under the names that belong to the kept one.
    [[nodiscard]] file_result stage_store(const std::string& from, const std::string& path);
    /// Puts all in their places. When one cannot be, what was put there is taken back, and the
    /// error says so.
    [[nodiscard]] file_result place();
    /// Under what names the replaced files are kept.
    [[nodiscard]] std::vector<std::string> kept() const;

private:
    struct item {
        std::string path;
        std::string kept_name;
        bool staged = false; ///< PATH.new is there
        bool kept = false;
        bool placed = false;
    };
    [[nodiscard]] file_result exchange();
    [[nodiscard]] std::string take_back(); ///< what could not be, for people

    std::string suffix_;
    std::vector<item> items_;
};

} // namespace lyceum::apps::console
