#pragma once

#include "store/stored.h"

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace soci {
class session;
} // namespace soci

namespace lyceum::store::soci {

/// What went wrong with a database file and what to do about it, for people. Anything that SQLite
/// does not say itself passes as it is.
[[nodiscard]] std::string in_words(const std::exception&);

/// The database's sessions: some to read with, one to write with. SOCI's sessions belong to one
/// thread at a time, so each is lent for the length of one operation. The only place where SOCI's
/// exceptions end.
class sessions {
public:
    struct parameters {
        std::string path; ///< no double quote in it
        unsigned readers = 4;
        std::chrono::milliseconds busy_patience{5000};
        bool read_only = false;
    };
    /// Throws what SOCI throws.
    explicit sessions(const parameters&);
    ~sessions();
    sessions(const sessions&) = delete;
    sessions& operator=(const sessions&) = delete;

    /// Runs f on a session, in one transaction: all its queries see the same moment.
    template <class F>
    auto read(std::string_view operation, const F& f)
        -> stored<decltype(f(std::declval<::soci::session&>()))> {
        try {
            const lent reader(*this);
            transaction all(reader.session, false);
            auto result = f(reader.session);
            all.commit();
            return result;
        } catch (const std::exception& e) {
            return failed(operation, e);
        }
    }

    /// Runs f alone on the writing session, in one transaction: all of it is durable when this
    /// returns with a value, and nothing of it otherwise.
    template <class F>
    auto write(std::string_view operation, const F& f)
        -> stored<decltype(f(std::declval<::soci::session&>()))> {
        try {
            const std::lock_guard one_writer(writing_);
            transaction all(*writer_, true);
            auto result = f(*writer_);
            all.commit();
            return result;
        } catch (const std::exception& e) {
            return failed(operation, e);
        }
    }

    /// The writing session outside a transaction, for what cannot be in one. Throws.
    template <class F>
    auto alone(const F& f) {
        const std::lock_guard one_writer(writing_);
        return f(*writer_);
    }

private:
    class transaction {
    public:
        transaction(::soci::session&, bool will_write);
        ~transaction(); ///< rolls back what was not committed
        transaction(const transaction&) = delete;
        transaction& operator=(const transaction&) = delete;
        void commit();

    private:
        ::soci::session& session_;
        bool done_ = false;
    };

    /// A reading session, given back at the end of its scope.
    struct lent {
        explicit lent(sessions&);
        ~lent();
        lent(const lent&) = delete;
        lent& operator=(const lent&) = delete;
        sessions& from;
        ::soci::session& session;
    };

    ::soci::session& take();
    void give_back(::soci::session&);
    static std::unexpected<unavailable> failed(std::string_view operation, const std::exception&);

    std::mutex writing_;
    std::unique_ptr<::soci::session> writer_;
    std::mutex lending_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<::soci::session>> readers_;
    std::vector<::soci::session*> free_;
};

} // namespace lyceum::store::soci
