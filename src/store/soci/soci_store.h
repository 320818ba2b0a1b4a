#pragma once

#include "store/contacts.h"
#include "store/trusted.h"
#include "store/users.h"

#include <expected>
#include <memory>
#include <string>

namespace lyceum::store::soci {

struct options {
    unsigned readers = 4; ///< sessions for reading, beside the one that writes
    std::chrono::milliseconds busy_patience{5000}; ///< how long to wait for another process's lock
    bool create = false;                           ///< make the database when it is not there
};

/// How the database writes: asked of the database itself, not of our options.
struct durability {
    std::string journal; ///< "wal"
    int synchronous = 0; ///< 2: FULL, the log is on the disk before COMMIT returns
    bool foreign_keys = false;

    friend bool operator==(const durability&, const durability&) = default;
};

/// Users, contact lists and trusted peers in SQLite. Any thread may call any port: reads take one
/// of `readers` sessions, changes take the writing session one after the other. Every operation is
/// one transaction and blocks; when a change returns, it is on the disk (WAL, synchronous = FULL).
class soci_store {
public:
    /// Opens the database and brings its schema up to date. Refuses a schema that is newer than
    /// this program's. The error is one clear line.
    [[nodiscard]] static std::expected<std::unique_ptr<soci_store>, std::string>
    open(const std::string& path, const options&);
    virtual ~soci_store() = default;

    [[nodiscard]] virtual store::users& users() = 0;
    [[nodiscard]] virtual store::contacts& contacts() = 0;
    [[nodiscard]] virtual store::trusted& trusted() = 0;

    /// Of the writing session.
    [[nodiscard]] virtual stored<durability> how_durable() = 0;
};

/// Writes a consistent copy of a database, also of one that another process is writing to; the copy
/// is on the disk when this returns. The target must not exist; it is made 0600. When it fails the
/// target is gone again, and the error names the file that could not be read or written.
[[nodiscard]] std::expected<void, std::string> copy_database(const std::string& from,
                                                             const std::string& to);

/// Whether the file is an intact database of ours (integrity check, foreign keys, a schema that
/// this program knows). Changes nothing.
[[nodiscard]] std::expected<void, std::string> verify_database(const std::string& path);

/// The schema that this program writes.
[[nodiscard]] int current_schema();

} // namespace lyceum::store::soci
