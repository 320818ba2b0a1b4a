#include "base/text.h"
#include "store/logins.h"
#include "store/soci/tables.h"

#include <soci/soci.h>

namespace lyceum::store::soci {
namespace {

using ::soci::into;
using ::soci::session;
using ::soci::use;

/// One row of users, as the database has it.
struct user_row {
    std::string aor, display_name, login, domain, line_uri, mail;
    int enabled = 0;

    [[nodiscard]] people::user to_user() const {
        auto who = sip::aor::from(aor);
        if (!who) throw ::soci::soci_error("row with a bad address of record: " + aor);
        return {*std::move(who), display_name, login, domain, line_uri, mail, enabled != 0};
    }
};

std::vector<people::user>
select(session& s, const std::string& where, const std::string& key, std::size_t most = 0) {
    const auto limit = most == 0 ? std::string() : " LIMIT " + std::to_string(most);
    user_row r;
    ::soci::statement st =
        (s.prepare
             << "SELECT aor, display_name, login, domain, line_uri, mail, enabled FROM users " +
                    where + " ORDER BY aor" + limit,
         into(r.aor),
         into(r.display_name),
         into(r.login),
         into(r.domain),
         into(r.line_uri),
         into(r.mail),
         into(r.enabled),
         use(key, "key"));
    std::vector<people::user> out;
    st.execute();
    while (st.fetch())
        out.push_back(r.to_user());
    return out;
}

bool has_user(session& s, const std::string& aor) {
    int n = 0;
    s << "SELECT COUNT(*) FROM users WHERE aor = :aor", into(n), use(aor);
    return n != 0;
}

bool login_taken(session& s, const people::user& u) {
    int n = 0;
    const auto login = to_lower(u.login);
    const auto domain = to_lower(u.domain);
    s << "SELECT COUNT(*) FROM users WHERE login = :login AND domain_key = :domain AND aor <> :aor",
        into(n), use(login), use(domain), use(u.aor.text());
    return n != 0;
}

void delete_list(session& s, const std::string& owner) {
    s << "DELETE FROM contact_lists WHERE owner = :owner", use(owner);
}

/// False when somebody has the address or the login.
bool insert(session& s, const people::user& u, const sealed_secret& secret) {
    if (has_user(s, u.aor.text()) || login_taken(s, u)) return false;
    // A change that was under way while its owner was removed may have left a list.
    delete_list(s, u.aor.text());
    const auto login = to_lower(u.login);
    const auto domain_key = to_lower(u.domain);
    const auto text = to_base64(secret);
    const int enabled = u.enabled ? 1 : 0;
    s << "INSERT INTO users (aor, display_name, login, domain, domain_key, line_uri, mail, "
         "enabled, secret) "
         "VALUES (:aor, :display_name, :login, :domain, :domain_key, :line_uri, :mail, "
         ":enabled, :secret)",
        use(u.aor.text()), use(u.display_name), use(login), use(u.domain), use(domain_key),
        use(u.line_uri), use(u.mail), use(enabled), use(text);
    return true;
}

class users_table final : public store::users {
public:
    explicit users_table(sessions& s) : sessions_(s) {}

    stored<std::vector<people::user>> all() override {
        return sessions_.read("users.all",
                              [](session& s) { return select(s, "WHERE aor <> :key", ""); });
    }

    stored<std::vector<people::user>> page(const sip::aor& behind, std::size_t most) override {
        return sessions_.read("users.page", [&](session& s) {
            return most == 0 ? std::vector<people::user>()
                             : select(s, "WHERE aor > :key", behind.text(), most);
        });
    }

    stored<std::optional<people::user>> find(const sip::aor& who) override {
        return sessions_.read("users.find", [&](session& s) -> std::optional<people::user> {
            auto found = select(s, "WHERE aor = :key", who.text());
            if (found.empty()) return std::nullopt;
            return std::move(found.front());
        });
    }

    stored<std::optional<people::user>> find_login(const std::string& login,
                                                   const std::string& domain) override {
        return sessions_.read("users.find_login", [&](session& s) {
            return pick_login(select(s, "WHERE login = :key", to_lower(login)), domain);
        });
    }

    stored<std::optional<sealed_secret>> secret(const sip::aor& who) override {
        return sessions_.read("users.secret", [&](session& s) -> std::optional<sealed_secret> {
            std::string text;
            s << "SELECT secret FROM users WHERE aor = :aor", into(text), use(who.text());
            if (!s.got_data()) return std::nullopt;
            auto octets = from_base64(text);
            if (!octets) throw ::soci::soci_error("row with a bad secret: " + who.text());
            return octets;
        });
    }

    stored<outcome> add(const people::user& u, const sealed_secret& secret) override {
        return sessions_.write("users.add", [&](session& s) {
            return insert(s, u, secret) ? outcome::done : outcome::exists;
        });
    }

    stored<std::optional<std::size_t>> add_all(const std::vector<newcomer>& all) override {
        std::optional<std::size_t> taken;
        const auto done = sessions_.write("users.add_all", [&](session& s) {
            for (std::size_t i = 0; i < all.size(); ++i) {
                if (insert(s, all[i].who, all[i].secret)) continue;
                taken = i;
                throw ::soci::soci_error("taken"); // what was added before goes with it
            }
            return true;
        });
        if (!done && !taken) return std::unexpected(done.error());
        return taken;
    }

    stored<outcome> change(const people::user& u) override {
        return sessions_.write("users.change", [&](session& s) {
            if (!has_user(s, u.aor.text())) return outcome::unknown;
            if (login_taken(s, u)) return outcome::exists;
            const auto login = to_lower(u.login);
            const auto domain_key = to_lower(u.domain);
            const int enabled = u.enabled ? 1 : 0;
            s << "UPDATE users SET display_name = :display_name, login = :login, domain = :domain, "
                 "domain_key = :domain_key, line_uri = :line_uri, mail = :mail, enabled = :enabled "
                 "WHERE aor = :aor",
                use(u.display_name), use(login), use(u.domain), use(domain_key), use(u.line_uri),
                use(u.mail), use(enabled), use(u.aor.text());
            return outcome::done;
        });
    }

    stored<outcome> set_secret(const sip::aor& who, const sealed_secret& secret) override {
        return sessions_.write("users.set_secret", [&](session& s) {
            if (!has_user(s, who.text())) return outcome::unknown;
            const auto text = to_base64(secret);
            s << "UPDATE users SET secret = :secret WHERE aor = :aor", use(text), use(who.text());
            return outcome::done;
        });
    }

    stored<outcome> remove(const sip::aor& who) override {
        return sessions_.write("users.remove", [&](session& s) {
            delete_list(s, who.text());
            if (!has_user(s, who.text())) return outcome::unknown;
            s << "DELETE FROM users WHERE aor = :aor", use(who.text());
            return outcome::done;
        });
    }

private:
    sessions& sessions_;
};

} // namespace

std::unique_ptr<store::users> make_users(sessions& s) {
    return std::make_unique<users_table>(s);
}

} // namespace lyceum::store::soci
