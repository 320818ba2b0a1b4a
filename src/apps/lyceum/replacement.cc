#include "apps/lyceum/replacement.h"

#include "base/result.h"
#include "store/soci/soci_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <ranges>
#include <set>

namespace lyceum::apps::console {
namespace {

/// A file's second name; then the file may be replaced. Without a moment in which the first one is
/// missing, where the file system has hard links.
bool keep_as(const std::string& path, const std::string& name) {
    return ::link(path.c_str(), name.c_str()) == 0 || ::rename(path.c_str(), name.c_str()) == 0;
}

} // namespace

replacement::~replacement() {
    for (const auto& i : items_) {
        if (i.staged) ::unlink(draft_of(i.path).c_str());
    }
}

file_result replacement::stage(const std::string& path, std::string_view octets, unsigned rights) {
    LYCEUM_CHECKED(write_draft(path, octets, rights));
    items_.push_back({.path = path, .kept_name = path + suffix_, .staged = true});
    return {};
}

file_result replacement::stage_store(const std::string& from, const std::string& path) {
    const auto draft = draft_of(path);
    for (const auto* log : {"", "-journal", "-wal", "-shm"}) // of an attempt that was cut off
        ::unlink((draft + log).c_str());
    LYCEUM_CHECKED(store::soci::copy_database(from, draft));
    for (const auto* log : {"-wal", "-journal"})
        items_.push_back({.path = path + log, .kept_name = path + suffix_ + log});
    items_.push_back({.path = path, .kept_name = path + suffix_, .staged = true});
    const auto folder = std::filesystem::path(path).parent_path().string();
    return give_to_owner_of(is_there(path) ? path : folder, draft);
}

file_result replacement::exchange() {
    for (auto& i : items_) {
        if (!i.staged || !is_there(i.path)) continue;
        if (!keep_as(i.path, i.kept_name)) return std::unexpected(system_error(i.kept_name));
        i.kept = true;
    }
    std::set<std::string> folders;
    for (auto& i : items_) {
        if (!i.staged && is_there(i.path)) {
            if (::rename(i.path.c_str(), i.kept_name.c_str()) != 0)
                return std::unexpected(system_error(i.kept_name));
            i.kept = true;
        } else if (i.staged) {
            ::unlink((i.path + "-shm").c_str()); // of a store: an index of its log, made anew
            if (::rename(draft_of(i.path).c_str(), i.path.c_str()) != 0)
                return std::unexpected(system_error(i.path));
            i.staged = false;
            i.placed = true;
            const auto folder = std::filesystem::path(i.path).parent_path().string();
            folders.insert(folder.empty() ? "." : folder);
        }
    }
    for (const auto& folder : folders)
        LYCEUM_CHECKED(sync_to_disk(folder));
    return {};
}

std::string replacement::take_back() {
    std::string failures;
    for (auto& i : std::views::reverse(items_)) {
        if (i.kept && ::rename(i.kept_name.c_str(), i.path.c_str()) != 0) {
            failures += "; " + system_error(i.path) + ": what was there is " + i.kept_name;
            continue;
        }
        // Two names of one file: rename has done nothing.
        if (i.kept) ::unlink(i.kept_name.c_str());
        if (!i.kept && i.placed) ::unlink(i.path.c_str());
        i.kept = i.placed = false;
    }
    return failures;
}

file_result replacement::place() {
    const auto done = exchange();
    if (done) return {};
    const auto failures = take_back();
    return std::unexpected(done.error() + (failures.empty() ? "; nothing was changed" : failures));
}

std::vector<std::string> replacement::kept() const {
    std::vector<std::string> out;
    for (const auto& i : items_) {
        if (i.kept) out.push_back(i.kept_name);
    }
    return out;
}

} // namespace lyceum::apps::console
