#include "store/soci/sessions.h"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sqlite3.h>

namespace lyceum::store::soci {
namespace {

std::unique_ptr<::soci::session> connect(const sessions::parameters& p) {
    // The factory object itself, not its name: nothing is searched for or loaded at run time.
    auto s = std::make_unique<::soci::session>(
        ::soci::sqlite3, "db=\"" + p.path + "\"" + (p.read_only ? " readonly=true" : ""));
    *s << "PRAGMA busy_timeout = " + std::to_string(p.busy_patience.count());
    *s << "PRAGMA foreign_keys = ON";
    if (p.read_only) return s;
    std::string journal;
    *s << "PRAGMA journal_mode = WAL", ::soci::into(journal);
    if (journal != "wal") {
        throw ::soci::soci_error("cannot use write-ahead logging: the journal is " + journal);
    }
    // FULL, not the NORMAL that is often used with WAL: NORMAL loses the last commits at a power
    // cut.
    *s << "PRAGMA synchronous = FULL";
    return s;
}

} // namespace

sessions::sessions(const parameters& p) : writer_(connect(p)) {
    for (unsigned i = 0; i < p.readers; ++i) {
        readers_.push_back(connect(p));
        free_.push_back(readers_.back().get());
    }
}

sessions::~sessions() = default;

sessions::transaction::transaction(::soci::session& s, bool will_write) : session_(s) {
    // IMMEDIATE takes the write lock now and waits for it; upgrading later could only fail.
    s << (will_write ? "BEGIN IMMEDIATE" : "BEGIN");
}

sessions::transaction::~transaction() {
    if (done_) return;
    try {
        session_ << "ROLLBACK";
    } catch (const std::exception&) {
        done_ = true; // by the database itself: full disk, input/output error
    }
}

void sessions::transaction::commit() {
    session_ << "COMMIT";
    done_ = true;
}

sessions::lent::lent(sessions& s) : from(s), session(s.take()) {}
sessions::lent::~lent() {
    from.give_back(session);
}

::soci::session& sessions::take() {
    std::unique_lock hold(lending_);
    returned_.wait(hold, [&] { return !free_.empty(); });
    auto* s = free_.back();
    free_.pop_back();
    return *s;
}

void sessions::give_back(::soci::session& s) {
    {
        const std::lock_guard hold(lending_);
        free_.push_back(&s);
    }
    returned_.notify_one();
}

std::unexpected<unavailable> sessions::failed(std::string_view operation, const std::exception& e) {
    return std::unexpected(
        unavailable{.what = "store: " + std::string(operation) + ": " + in_words(e)});
}

std::string in_words(const std::exception& e) {
    const auto* of_sqlite = dynamic_cast<const ::soci::sqlite3_soci_error*>(&e);
    switch (of_sqlite == nullptr ? SQLITE_OK : of_sqlite->result() & 0xFF) {
    case SQLITE_NOTADB:
        return "it is not a database; put a backup in its place: lyceum restore";
    case SQLITE_CORRUPT:
        return "it is damaged; put a backup in its place: lyceum restore";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "another process holds it; try again when that has ended";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
        return "this user may not open or write it, or its folder; they belong to who runs lyceumd";
    case SQLITE_FULL:
        return "the disk is full";
    case SQLITE_IOERR:
        return "the disk reports an error";
    default:
        return e.what();
    }
}

} // namespace lyceum::store::soci
