#include "admin/tables.h"
#include "admin/user_file.h"
#include "base/text.h"

#include <boost/json.hpp>

#include <map>
#include <set>

namespace lyceum::admin {
namespace {

using login = std::pair<std::string, std::string>; ///< and its domain, both in lower case

login login_of(const people::user& u) {
    return {to_lower(u.login), to_lower(u.domain)};
}

/// Looks at every line before anything is done.
class checked_file {
public:
    /// existing: everybody who is there already.
    checked_file(const service::ports& p,
                 const std::vector<std::string>& lines,
                 const std::vector<people::user>& existing) {
        std::set<sip::aor> addresses;
        std::set<login> logins;
        for (const auto& u : existing) {
            addresses.insert(u.aor);
            logins.insert(login_of(u));
        }
        const auto file = read_user_file(lines);
        for (const auto& b : file.bad)
            faults_[b.line] = b.why;
        for (const auto& listed : file.users) {
            if (!sip::aor::from("sip:" + bare(listed.what.text("user")))) { // said without it: in
                // a line whose columns are mixed up it is the password
                faults_[listed.line] = "does not name an address such as alice@contoso.test";
                continue;
            }
            const auto u = read_new_user(p, listed.what);
            if (!u) {
                faults_[listed.line] = u.error().message;
                continue;
            }
            if (addresses.contains(u->aor)) {
                faults_[listed.line] = "the address " + u->aor.text() + " exists already";
            } else if (const auto at = lines_of_.find(u->aor); at != lines_of_.end()) {
                faults_[listed.line] = "the address " + u->aor.text() + " is that of line " +
                                       std::to_string(at->second);
            } else if (!logins.insert(login_of(*u)).second) {
                faults_[listed.line] =
                    "the login " + u->login + " of " + u->aor.text() + " is taken";
            }
            lines_of_.emplace(u->aor, listed.line);
            if (faults_.contains(listed.line)) continue;
            auto secret = seal(p, u->aor, listed.what.text("password"));
            if (secret) {
                all_.push_back({*u, *std::move(secret)});
            } else {
                faults_[listed.line] = secret.error().message;
            }
        }
    }
    [[nodiscard]] const std::map<std::size_t, std::string>& faults() const { return faults_; }
    [[nodiscard]] const std::vector<store::users::newcomer>& all() const { return all_; }

private:
    static std::string bare(std::string_view address) {
        address = trim(address);
        if (istarts_with(address, "sip:")) address.remove_prefix(4);
        return std::string(address);
    }

    std::vector<store::users::newcomer> all_;
    std::map<sip::aor, std::size_t> lines_of_;
    std::map<std::size_t, std::string> faults_; ///< by line
};

outcome import(service::ports& p, const arguments& a) {
    const auto existing = p.users.all();
    if (!existing) return std::unexpected(from(existing.error()));
    const checked_file file(p, a.list("lines"), *existing);
    if (!file.faults().empty()) return std::unexpected(wrong_lines(file.faults()));
    if (file.all().empty()) return std::unexpected(failure{"usage", "no line names a user"});
    const auto taken = p.users.add_all(file.all());
    if (!taken) return std::unexpected(from(taken.error()));
    if (const auto& which = *taken; which.has_value()) {
        const auto& who = file.all()[*which].who.aor;
        auto why = "the address " + who.text() + " or its login and domain are taken";
        return std::unexpected(failure{"exists", std::move(why) + "; nobody was added"});
    }
    for (const auto& n : file.all())
        p.changes.user_added(n.who);
    return boost::json::serialize(boost::json::object{{"added", file.all().size()}});
}

} // namespace

void add_user_import(handler_table& table, service::ports& p) {
    table["user import"] = [&p](const arguments& a) { return import(p, a); };
}

} // namespace lyceum::admin
