#include "store/memory/memory_store.h"

#include "base/text.h"
#include "store/contact_changes.h"
#include "store/logins.h"

#include <algorithm>

namespace lyceum::store::memory {

struct memory_store::tables {
    struct person {
        people::user user;
        sealed_secret secret;
    };
    hook before;
    std::mutex lock;
    std::map<sip::aor, person> people;
    std::map<sip::aor, people::contact_list> lists;
    std::map<std::pair<std::string, std::string>, trusted_peer> peers; ///< by host and transport

    /// Runs an operation under the lock, unless the hook refuses it.
    template <class F>
    auto run(std::string_view operation, F&& f) -> stored<decltype(f())> {
        if (before) {
            if (auto refusal = before(operation)) return std::unexpected(*std::move(refusal));
        }
        const std::lock_guard hold(lock);
        return std::forward<F>(f)();
    }

    [[nodiscard]] bool login_taken(const people::user& u) const {
        return std::ranges::any_of(people, [&](const auto& entry) {
            const auto& other = entry.second.user;
            return entry.first != u.aor && other.login == to_lower(u.login) &&
                   iequals(other.domain, u.domain);
        });
    }
};

class memory_store::user_table final : public store::users {
public:
    explicit user_table(tables& t) : t_(t) {}

    stored<std::vector<people::user>> all() override {
        return t_.run("users.all", [&] {
            std::vector<people::user> out;
            out.reserve(t_.people.size());
            for (const auto& [aor, p] : t_.people)
                out.push_back(p.user);
            return out;
        });
    }
    stored<std::vector<people::user>> page(const sip::aor& behind, std::size_t most) override {
        return t_.run("users.page", [&] {
            std::vector<people::user> out;
            for (auto at = t_.people.upper_bound(behind);
                 at != t_.people.end() && out.size() < most;
                 ++at)
                out.push_back(at->second.user);
            return out;
        });
    }
    stored<std::optional<people::user>> find(const sip::aor& who) override {
        return t_.run("users.find", [&]() -> std::optional<people::user> {
            const auto at = t_.people.find(who);
            if (at == t_.people.end()) return std::nullopt;
            return at->second.user;
        });
    }
    stored<std::optional<people::user>> find_login(const std::string& login,
                                                   const std::string& domain) override {
        return t_.run("users.find_login", [&] {
            std::vector<people::user> same;
            for (const auto& [aor, p] : t_.people) {
                if (iequals(p.user.login, login)) same.push_back(p.user);
            }
            return pick_login(same, domain);
        });
    }
    stored<std::optional<sealed_secret>> secret(const sip::aor& who) override {
        return t_.run("users.secret", [&]() -> std::optional<sealed_secret> {
            const auto at = t_.people.find(who);
            if (at == t_.people.end()) return std::nullopt;
            return at->second.secret;
        });
    }
    stored<outcome> add(const people::user& u, const sealed_secret& secret) override {
        return t_.run("users.add",
                      [&] { return insert(u, secret) ? outcome::done : outcome::exists; });
    }
    stored<std::optional<std::size_t>> add_all(const std::vector<newcomer>& all) override {
        return t_.run("users.add_all", [&]() -> std::optional<std::size_t> {
            const auto people = t_.people;
            const auto lists = t_.lists;
            for (std::size_t i = 0; i < all.size(); ++i) {
                if (insert(all[i].who, all[i].secret)) continue;
                t_.people = people;
                t_.lists = lists;
                return i;
            }
            return std::nullopt;
        });
    }
    stored<outcome> change(const people::user& u) override {
        return t_.run("users.change", [&] {
            const auto at = t_.people.find(u.aor);
            if (at == t_.people.end()) return outcome::unknown;
            if (t_.login_taken(u)) return outcome::exists;
            at->second.user = u;
            at->second.user.login = to_lower(u.login);
            return outcome::done;
        });
    }
    stored<outcome> set_secret(const sip::aor& who, const sealed_secret& secret) override {
        return t_.run("users.set_secret", [&] {
            const auto at = t_.people.find(who);
            if (at == t_.people.end()) return outcome::unknown;
            at->second.secret = secret;
            return outcome::done;
        });
    }
    stored<outcome> remove(const sip::aor& who) override {
        return t_.run("users.remove", [&] {
            t_.lists.erase(who);
            return t_.people.erase(who) != 0 ? outcome::done : outcome::unknown;
        });
    }

private:
    /// False when somebody has the address or the login.
    bool insert(const people::user& u, const sealed_secret& secret) {
        if (t_.people.contains(u.aor) || t_.login_taken(u)) return false;
        t_.lists.erase(u.aor); // a change under way while its owner was removed may have left one
        auto kept = u;
        kept.login = to_lower(u.login);
        t_.people.emplace(u.aor, tables::person{std::move(kept), secret});
        return true;
    }

    tables& t_;
};

class memory_store::contact_table final : public store::contacts {
public:
    explicit contact_table(tables& t) : t_(t) {}

    stored<people::contact_list> load(const sip::aor& owner) override {
        return t_.run("contacts.load", [&] {
            const auto at = t_.lists.find(owner);
            return at == t_.lists.end() ? first_contact_list() : at->second;
        });
    }
    stored<contact_outcome> apply(const sip::aor& owner,
                                  std::uint32_t expected_delta,
                                  const contact_change& change,
                                  const contact_limits& limits) override {
        return t_.run("contacts.apply", [&] {
            const auto at = t_.lists.find(owner);
            if (at != t_.lists.end())
                return store::apply(at->second, expected_delta, change, limits);
            auto list = first_contact_list();
            const auto out = store::apply(list, expected_delta, change, limits);
            if (out.what == contact_outcome::kind::done) t_.lists.emplace(owner, std::move(list));
            return out;
        });
    }

private:
    tables& t_;
};

class memory_store::trusted_table final : public store::trusted {
public:
    explicit trusted_table(tables& t) : t_(t) {}

    stored<std::vector<trusted_peer>> all() override {
        return t_.run("trusted.all", [&] {
            std::vector<trusted_peer> out;
            out.reserve(t_.peers.size());
            for (const auto& [key, peer] : t_.peers)
                out.push_back(peer);
            return out;
        });
    }
    stored<bool> put(const trusted_peer& peer) override {
        return t_.run("trusted.put", [&] {
            t_.peers.insert_or_assign({peer.host, peer.transport}, peer);
            return true;
        });
    }
    stored<bool> remove(const std::string& host, const std::string& transport) override {
        return t_.run("trusted.remove", [&] { return t_.peers.erase({host, transport}) != 0; });
    }

private:
    tables& t_;
};

memory_store::memory_store(hook before)
    : tables_(std::make_unique<tables>()), users_(std::make_unique<user_table>(*tables_)),
      contacts_(std::make_unique<contact_table>(*tables_)),
      trusted_(std::make_unique<trusted_table>(*tables_)) {
    tables_->before = std::move(before);
}

memory_store::~memory_store() = default;

store::users& memory_store::users() {
    return *users_;
}
store::contacts& memory_store::contacts() {
    return *contacts_;
}
store::trusted& memory_store::trusted() {
    return *trusted_;
}

} // namespace lyceum::store::memory
