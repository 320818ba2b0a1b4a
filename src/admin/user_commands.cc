#include "admin/tables.h"
#include "base/text.h"

#include <boost/json.hpp>

#include <algorithm>

namespace lyceum::admin {
namespace {

namespace json = boost::json;
using users = store::users;

constexpr std::size_t longest_password = 256; ///< octets, what Windows takes at most

json::object to_json(const people::user& u) {
    return {
        {"user", u.aor.text()},
        {"display_name", u.display_name},
        {"login", u.login},
        {"domain", u.domain},
        {"line_uri", u.line_uri},
        {"mail", u.mail},
        {"enabled", u.enabled},
    };
}

std::string text_of(const people::user& u) {
    return json::serialize(to_json(u));
}

/// The user that the arguments name.
std::expected<people::user, failure> find(service::ports& p, const arguments& a) {
    const auto who = read_user(a.text("user"));
    if (!who) return std::unexpected(who.error());
    auto found = p.users.find(*who);
    if (!found) return std::unexpected(from(found.error()));
    auto& user = *found;
    if (!user) return std::unexpected(no_such_user(*who));
    return *std::move(user);
}

/// Sets what the arguments say of a user's profile; why not.
std::expected<void, failure> set_profile(people::user& u, const arguments& a) {
    const auto set = [&](const char* name, std::string& field) {
        if (auto v = a.optional_text(name)) field = std::string(trim(*v));
    };
    set("display_name", u.display_name);
    set("login", u.login);
    set("domain", u.domain);
    set("line_uri", u.line_uri);
    set("mail", u.mail);
    u.login = to_lower(u.login);
    for (const auto* field : {&u.display_name, &u.login, &u.domain, &u.line_uri, &u.mail}) {
        const auto control = [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
        };
        if (field->size() > 256)
            return fail("usage", "no name or number may be longer than 256 octets");
        if (!is_utf8(*field) || std::ranges::any_of(*field, control))
            return fail("usage", "names and numbers must be text");
    }
    if (u.login.empty()) return fail("usage", "the login must not be empty");
    const bool callable = istarts_with(u.line_uri, "tel:") || istarts_with(u.line_uri, "sip:");
    if (!u.line_uri.empty() && !callable)
        return fail("usage", "line_uri must start with tel: or sip:");
    return {};
}

/// What is taken of a user who could not be added or changed.
failure conflict(users& all, const people::user& u, bool is_new) {
    if (is_new) {
        const auto same = all.find(u.aor);
        if (!same) return from(same.error());
        if (same->has_value()) return {"exists", "the address " + u.aor.text() + " exists already"};
    }
    auto why = "the login " + u.login + " of the domain " + u.domain + " is taken";
    const auto holder = all.find_login(u.login, u.domain);
    if (!holder) return {"exists", std::move(why)};
    const auto& other = *holder;
    if (other && other->aor != u.aor) why += " by " + other->aor.text();
    return {"exists", std::move(why)};
}

/// What an operation of the store came to; ok() is the result when it was done.
template <class F>
outcome answer(const store::stored<users::outcome>& done, const sip::aor& who, F&& ok) {
    if (!done) return std::unexpected(from(done.error()));
    switch (*done) {
    case users::outcome::done:
        break;
    case users::outcome::unknown:
        return std::unexpected(no_such_user(who));
    case users::outcome::exists:
        return fail("exists", "the address " + who.text() + " or its login and domain are taken");
    }
    return std::forward<F>(ok)();
}

outcome add(service::ports& p, const arguments& a) {
    const auto u = read_new_user(p, a);
    if (!u) return std::unexpected(u.error());
    const auto secret = seal(p, u->aor, a.text("password"));
    if (!secret) return std::unexpected(secret.error());
    const auto added = p.users.add(*u, *secret);
    if (added == users::outcome::exists) return std::unexpected(conflict(p.users, *u, true));
    return answer(added, u->aor, [&] {
        p.changes.user_added(*u);
        return text_of(*u);
    });
}

outcome list(service::ports& p, const arguments&) {
    const auto all = p.users.all();
    if (!all) return std::unexpected(from(all.error()));
    json::array out;
    for (const auto& u : *all)
        out.push_back(to_json(u));
    return json::serialize(out);
}

outcome change(service::ports& p, const arguments& a) {
    if (a.texts.size() == 1) { // only whom
        return fail("usage",
                    "nothing to change: give a display name, login, domain, line URI or mail");
    }
    auto u = find(p, a);
    if (!u) return std::unexpected(u.error());
    if (auto fine = set_profile(*u, a); !fine) return std::unexpected(fine.error());
    const auto changed = p.users.change(*u);
    if (changed == users::outcome::exists) return std::unexpected(conflict(p.users, *u, false));
    return answer(changed, u->aor, [&] {
        p.changes.user_changed(*u);
        return text_of(*u);
    });
}

outcome set_enabled(service::ports& p, const arguments& a, bool enabled) {
    auto u = find(p, a);
    if (!u) return std::unexpected(u.error());
    u->enabled = enabled;
    return answer(p.users.change(*u), u->aor, [&] {
        enabled ? p.changes.user_changed(*u) : p.changes.user_disabled(*u);
        return text_of(*u);
    });
}

outcome set_password(service::ports& p, const arguments& a) {
    const auto u = find(p, a);
    if (!u) return std::unexpected(u.error());
    const auto secret = seal(p, u->aor, a.text("password"));
    if (!secret) return std::unexpected(secret.error());
    return answer(p.users.set_secret(u->aor, *secret), u->aor, [&] {
        p.changes.password_set(u->aor);
        return text_of(*u);
    });
}

outcome remove(service::ports& p, const arguments& a) {
    const auto u = find(p, a);
    if (!u) return std::unexpected(u.error());
    return answer(p.users.remove(u->aor), u->aor, [&] {
        p.changes.user_removed(u->aor);
        return text_of(*u);
    });
}

} // namespace

std::expected<sip::aor, failure> read_user(const std::string& text) {
    const auto bare = trim(text);
    const bool has_scheme = istarts_with(bare, "sip:") || istarts_with(bare, "sips:");
    if (auto who = sip::aor::from(has_scheme ? std::string(bare) : "sip:" + std::string(bare)))
        return *std::move(who);
    return fail("usage", "\"" + text + "\" is no address such as sip:alice@contoso.test");
}

std::expected<people::user, failure> read_new_user(const service::ports& p, const arguments& a) {
    const auto who = read_user(a.text("user"));
    if (!who) return std::unexpected(who.error());
    if (!p.domains.empty() && std::ranges::find(p.domains, who->host()) == p.domains.end()) {
        return fail("refused", std::string(who->host()) + " is not a domain of this deployment");
    }
    people::user u;
    u.aor = *who;
    u.login = who->user();
    u.domain = who->host();
    u.enabled = !a.flag("disabled");
    if (auto fine = set_profile(u, a); !fine) return std::unexpected(fine.error());
    return u;
}

std::expected<store::sealed_secret, failure>
seal(const service::ports& p, const sip::aor& who, const std::string& password) {
    if (password.empty()) return fail("usage", "the password must not be empty");
    if (password.size() > longest_password)
        return fail("usage", "the password is longer than 256 octets");
    if (!is_utf8(password)) return fail("usage", "the password is not UTF-8");
    auto sealed = p.seal(who, password);
    if (!sealed) return fail("unavailable", std::move(sealed).error());
    return *std::move(sealed);
}

failure from(const unavailable& u) {
    return {"unavailable", u.what};
}

failure no_such_user(const sip::aor& who) {
    return {"not_found", "there is no user " + who.text()};
}

void add_user_commands(handler_table& table, service::ports& p) {
    table["user add"] = [&p](const arguments& a) { return add(p, a); };
    table["user list"] = [&p](const arguments& a) { return list(p, a); };
    table["user show"] = [&p](const arguments& a) -> outcome {
        const auto u = find(p, a);
        if (!u) return std::unexpected(u.error());
        return text_of(*u);
    };
    table["user change"] = [&p](const arguments& a) { return change(p, a); };
    table["user set-password"] = [&p](const arguments& a) { return set_password(p, a); };
    table["user disable"] = [&p](const arguments& a) { return set_enabled(p, a, false); };
    table["user enable"] = [&p](const arguments& a) { return set_enabled(p, a, true); };
    table["user remove"] = [&p](const arguments& a) { return remove(p, a); };
}

} // namespace lyceum::admin
