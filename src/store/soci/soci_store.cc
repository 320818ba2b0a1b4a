#include "store/soci/soci_store.h"

#include "store/soci/schema.h"
#include "store/soci/tables.h"

#include <fcntl.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sqlite3.h>
#include <unistd.h>

#include <system_error>

namespace lyceum::store::soci {
namespace {

class sqlite_store final : public soci_store {
public:
    explicit sqlite_store(const sessions::parameters& p)
        : sessions_(p), users_(make_users(sessions_)), contacts_(make_contacts(sessions_)),
          trusted_(make_trusted(sessions_)) {
        sessions_.alone(migrate);
    }
    store::users& users() override { return *users_; }
    store::contacts& contacts() override { return *contacts_; }
    store::trusted& trusted() override { return *trusted_; }

    stored<durability> how_durable() override {
        return sessions_.write("durability", [](::soci::session& s) {
            durability d;
            int foreign_keys = 0;
            s << "PRAGMA journal_mode", ::soci::into(d.journal);
            s << "PRAGMA synchronous", ::soci::into(d.synchronous);
            s << "PRAGMA foreign_keys", ::soci::into(foreign_keys);
            d.foreign_keys = foreign_keys != 0;
            return d;
        });
    }

private:
    sessions sessions_;
    std::unique_ptr<store::users> users_;
    std::unique_ptr<store::contacts> contacts_;
    std::unique_ptr<store::trusted> trusted_;
};

std::string last_error(const std::string& path) {
    return path + ": " + std::generic_category().message(errno);
}

/// Whether the path can stand in a connection string.
std::expected<void, std::string> speakable(const std::string& path) {
    if (path.find('"') == std::string::npos) return {};
    return std::unexpected(path + ": a database's path must not contain a double quote");
}

/// An empty file that only we may read; SQLite gives its log the same rights.
std::expected<void, std::string> make_private(const std::string& path, int flags) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | flags, 0600);
    if (fd < 0) return std::unexpected(last_error(path));
    ::close(fd);
    return {};
}

/// Waits until the file, or the folder's entries, are on the disk.
bool sync_path(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    const bool done = ::fsync(fd) == 0;
    ::close(fd);
    return done;
}

/// Why a copy could not be written; empty when it was the source that failed, which is open for
/// reading only: whatever could not be written is the copy.
std::string why_not_written(::soci::session& s, const std::exception& e) {
    auto* handle = static_cast<::soci::sqlite3_session_backend*>(s.get_backend())->conn_;
    const int code = sqlite3_extended_errcode(handle);
    if (code == SQLITE_FULL) return in_words(e);
    if ((code & 0xFF) != SQLITE_IOERR || code == SQLITE_IOERR_READ ||
        code == SQLITE_IOERR_SHORT_READ)
        return {};
    const int number = sqlite3_system_errno(handle);
    return number == 0 ? in_words(e) : std::generic_category().message(number);
}

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

} // namespace

std::expected<std::unique_ptr<soci_store>, std::string> soci_store::open(const std::string& path,
                                                                         const options& o) {
    LYCEUM_CHECKED(speakable(path));
    LYCEUM_CHECKED(make_private(path, o.create ? O_CREAT : 0));
    try {
        return std::make_unique<sqlite_store>(sessions::parameters{
            .path = path, .readers = o.readers, .busy_patience = o.busy_patience});
    } catch (const std::exception& e) {
        return std::unexpected(path + ": " + in_words(e));
    }
}

std::expected<void, std::string> copy_database(const std::string& from, const std::string& to) {
    LYCEUM_CHECKED(speakable(from));
    if (::access(from.c_str(), R_OK) != 0) return std::unexpected(last_error(from));
    LYCEUM_CHECKED(make_private(
        to, O_CREAT | O_EXCL)); // VACUUM INTO accepts an empty file and keeps its rights
    std::string target_failed;  // why, when it is the target that did
    try {
        sessions source({.path = from, .readers = 0, .read_only = true});
        source.alone([&](::soci::session& s) {
            try {
                s << "VACUUM INTO :to", ::soci::use(to);
            } catch (const std::exception& e) {
                target_failed = why_not_written(s, e);
                throw;
            }
        });
    } catch (const std::exception& e) {
        for (const auto* log : {"", "-journal", "-wal", "-shm"})
            ::unlink((to + log).c_str());
        if (!target_failed.empty()) return std::unexpected(to + ": " + target_failed);
        return std::unexpected(from + ": " + in_words(e));
    }
    if (!sync_path(to) || !sync_path(folder_of(to))) return std::unexpected(last_error(to));
    return {};
}

std::expected<void, std::string> verify_database(const std::string& path) {
    LYCEUM_CHECKED(speakable(path));
    if (::access(path.c_str(), R_OK) != 0) return std::unexpected(last_error(path));
    try {
        sessions source({.path = path, .readers = 0, .read_only = true});
        return source.alone([&](::soci::session& s) -> std::expected<void, std::string> {
            std::string verdict;
            s << "PRAGMA integrity_check(1)", ::soci::into(verdict);
            if (verdict != "ok") return std::unexpected(path + ": damaged: " + verdict);
            std::string orphan;
            s << "PRAGMA foreign_key_check", ::soci::into(orphan);
            if (s.got_data()) {
                return std::unexpected(path + ": damaged: rows of nobody in " + orphan);
            }
            const int schema = schema_of(s);
            if (schema < 1) return std::unexpected(path + ": not a database of Lyceum");
            if (schema > current_schema()) return std::unexpected(path + ": needs a newer Lyceum");
            return {};
        });
    } catch (const std::exception& e) {
        return std::unexpected(path + ": " + in_words(e));
    }
}

} // namespace lyceum::store::soci
