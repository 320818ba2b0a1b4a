#include "store/soci/schema.h"

#include "base/text.h"
#include "store/soci/soci_store.h"

#include <soci/soci.h>

namespace lyceum::store::soci {
namespace {

/// A statement at a time: that is what the database's interface takes.
std::vector<std::string> statements(std::string_view script) {
    std::string sql;
    while (!script.empty()) {
        const auto line = split_first(script, '\n');
        if (!trim(line).starts_with("--")) sql.append(line).append("\n");
    }
    std::vector<std::string> out;
    for (const auto s : split(sql, ';'))
        out.emplace_back(s);
    return out;
}

} // namespace

int current_schema() {
    return static_cast<int>(migrations().size());
}

int schema_of(::soci::session& s) {
    int tables = 0;
    s << "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'",
        ::soci::into(tables);
    if (tables == 0) return 0;
    int version = 0;
    s << "SELECT COALESCE(MAX(version), 0) FROM schema_version", ::soci::into(version);
    return version;
}

void migrate(::soci::session& s) {
    s << "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY, "
         "applied TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)";
    const int have = schema_of(s);
    if (have > current_schema()) {
        throw ::soci::soci_error("its schema is number " + std::to_string(have) +
                                 ", this program knows them up to " +
                                 std::to_string(current_schema()) + ": it needs a newer Lyceum");
    }
    for (int next = have + 1; next <= current_schema(); ++next) {
        ::soci::transaction one(s);
        for (const auto& sql : statements(migrations()[static_cast<std::size_t>(next - 1)]))
            s << sql;
        s << "INSERT INTO schema_version (version) VALUES (:v)", ::soci::use(next);
        one.commit();
    }
}

} // namespace lyceum::store::soci
