#include "base/overloaded.h"
#include "store/contact_changes.h"
#include "store/soci/tables.h"

#include <soci/soci.h>

#include <algorithm>

namespace lyceum::store::soci {
namespace {

using ::soci::into;
using ::soci::session;
using ::soci::use;

void read_groups(session& s, const std::string& owner, people::contact_list& list) {
    long long id = 0;
    people::group g;
    ::soci::statement st = (s.prepare << "SELECT id, name, external_uri FROM contact_groups WHERE "
                                         "owner = :owner ORDER BY id",
                            into(id),
                            into(g.name),
                            into(g.external_uri),
                            use(owner));
    st.execute();
    while (st.fetch()) {
        g.id = static_cast<std::uint32_t>(id);
        list.groups.push_back(g);
    }
}

void read_contacts(session& s, const std::string& owner, people::contact_list& list) {
    people::contact c;
    int subscribed = 0;
    ::soci::statement st = (s.prepare << "SELECT uri, name, subscribed, external_uri, extension "
                                         "FROM contacts WHERE owner = :owner",
                            into(c.uri),
                            into(c.name),
                            into(subscribed),
                            into(c.external_uri),
                            into(c.extension),
                            use(owner));
    st.execute();
    while (st.fetch()) {
        c.subscribed = subscribed != 0;
        list.contacts.push_back(c);
    }
    // Not left to the database: collations differ, and the list is searched by octets.
    std::ranges::sort(list.contacts, {}, &people::contact::uri);
}

void read_memberships(session& s, const std::string& owner, people::contact_list& list) {
    std::string uri;
    long long id = 0;
    ::soci::statement st = (s.prepare << "SELECT uri, group_id FROM contact_memberships WHERE "
                                         "owner = :owner ORDER BY group_id",
                            into(uri),
                            into(id),
                            use(owner));
    st.execute();
    while (st.fetch()) {
        const auto at = std::ranges::lower_bound(list.contacts, uri, {}, &people::contact::uri);
        if (at == list.contacts.end() || at->uri != uri)
            throw ::soci::soci_error("membership of nobody: " + uri);
        at->groups.push_back(static_cast<std::uint32_t>(id));
    }
}

struct found_list {
    people::contact_list list;
    bool is_new = false;
};

found_list read_list(session& s, const std::string& owner) {
    long long delta = 0;
    s << "SELECT delta_num FROM contact_lists WHERE owner = :owner", into(delta), use(owner);
    if (!s.got_data()) return {first_contact_list(), true};
    people::contact_list list{
        .delta_num = static_cast<std::uint32_t>(delta), .groups = {}, .contacts = {}};
    read_groups(s, owner, list);
    read_contacts(s, owner, list);
    read_memberships(s, owner, list);
    return {std::move(list), false};
}

void write_group(session& s, const std::string& owner, const people::group& g) {
    const long long id = g.id;
    s << "DELETE FROM contact_groups WHERE owner = :owner AND id = :id", use(owner), use(id);
    s << "INSERT INTO contact_groups (owner, id, name, external_uri) VALUES (:owner, :id, :name, "
         ":external_uri)",
        use(owner), use(id), use(g.name), use(g.external_uri);
}

void delete_contact_row(session& s, const std::string& owner, const std::string& uri) {
    s << "DELETE FROM contacts WHERE owner = :owner AND uri = :uri", use(owner), use(uri);
}

void write_contact(session& s, const std::string& owner, const people::contact& c) {
    delete_contact_row(s, owner, c.uri);
    const int subscribed = c.subscribed ? 1 : 0;
    s << "INSERT INTO contacts (owner, uri, name, subscribed, external_uri, extension) "
         "VALUES (:owner, :uri, :name, :subscribed, :external_uri, :extension)",
        use(owner), use(c.uri), use(c.name), use(subscribed), use(c.external_uri), use(c.extension);
    for (const auto g : c.groups) {
        const long long id = g;
        s << "INSERT INTO contact_memberships (owner, uri, group_id) VALUES (:owner, :uri, "
             ":group_id)",
            use(owner), use(c.uri), use(id);
    }
}

void write_delta(session& s,
                 const std::string& owner,
                 const found_list& before,
                 std::uint32_t delta_num) {
    const long long delta = delta_num;
    if (!before.is_new) {
        s << "UPDATE contact_lists SET delta_num = :delta WHERE owner = :owner", use(delta),
            use(owner);
        return;
    }
    s << "INSERT INTO contact_lists (owner, delta_num) VALUES (:owner, :delta)", use(owner),
        use(delta);
    for (const auto& g : before.list.groups)
        write_group(s, owner, g);
}

/// Writes what differs between two lists, both in order.
void write_difference(session& s,
                      const std::string& owner,
                      const people::contact_list& was,
                      const people::contact_list& is) {
    for (const auto& g : is.groups) {
        const auto old = std::ranges::find(was.groups, g.id, &people::group::id);
        if (old == was.groups.end()) {
            write_group(s, owner, g);
        } else if (*old != g) {
            const long long id = g.id;
            s << "UPDATE contact_groups SET name = :name, external_uri = :external_uri "
                 "WHERE owner = :owner AND id = :id",
                use(g.name), use(g.external_uri), use(owner), use(id);
        }
    }
    for (const auto& c : is.contacts) {
        const auto old = std::ranges::lower_bound(was.contacts, c.uri, {}, &people::contact::uri);
        if (old == was.contacts.end() || *old != c) write_contact(s, owner, c);
    }
    for (const auto& c : was.contacts) {
        const auto now = std::ranges::lower_bound(is.contacts, c.uri, {}, &people::contact::uri);
        if (now == is.contacts.end() || now->uri != c.uri) delete_contact_row(s, owner, c.uri);
    }
    for (const auto& g : was.groups) {
        if (std::ranges::find(is.groups, g.id, &people::group::id) != is.groups.end()) continue;
        const long long id = g.id;
        s << "DELETE FROM contact_groups WHERE owner = :owner AND id = :id", use(owner), use(id);
    }
}

class contacts_table final : public store::contacts {
public:
    explicit contacts_table(sessions& s) : sessions_(s) {}

    stored<people::contact_list> load(const sip::aor& owner) override {
        return sessions_.read("contacts.load",
                              [&](session& s) { return read_list(s, owner.text()).list; });
    }

    stored<contact_outcome> apply(const sip::aor& owner,
                                  std::uint32_t expected_delta,
                                  const contact_change& change,
                                  const contact_limits& limits) override {
        return sessions_.write("contacts.apply", [&](session& s) {
            const auto before = read_list(s, owner.text());
            auto list = before.list;
            const auto out = store::apply(list, expected_delta, change, limits);
            if (out.what == contact_outcome::kind::done) {
                write_delta(s, owner.text(), before, list.delta_num);
                write_difference(s, owner.text(), before.list, list);
            }
            return out;
        });
    }

private:
    sessions& sessions_;
};

} // namespace

std::unique_ptr<store::contacts> make_contacts(sessions& s) {
    return std::make_unique<contacts_table>(s);
}

} // namespace lyceum::store::soci
