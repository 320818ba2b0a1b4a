#include "admin/tables.h"

#include <boost/json.hpp>

namespace lyceum::admin {
namespace {

namespace json = boost::json;

json::object to_json(const sip::aor& owner, const people::contact_list& list) {
    json::array groups;
    for (const auto& g : list.groups) {
        groups.push_back({{"id", g.id}, {"name", g.name}, {"external_uri", g.external_uri}});
    }
    json::array contacts;
    for (const auto& c : list.contacts) {
        contacts.push_back({{"uri", c.uri},
                            {"name", c.name},
                            {"groups", json::array(c.groups.begin(), c.groups.end())},
                            {"subscribed", c.subscribed},
                            {"external_uri", c.external_uri}});
    }
    return {{"user", owner.text()},
            {"delta_num", list.delta_num},
            {"groups", groups},
            {"contacts", contacts}};
}

outcome show(service::ports& p, const arguments& a) {
    const auto who = read_user(a.text("user"));
    if (!who) return std::unexpected(who.error());
    const auto known = p.users.find(*who);
    if (!known) return std::unexpected(from(known.error()));
    if (!*known) return std::unexpected(no_such_user(*who));
    const auto list = p.contacts.load(*who);
    if (!list) return std::unexpected(from(list.error()));
    return json::serialize(to_json(*who, *list));
}

} // namespace

void add_contact_commands(handler_table& table, service::ports& p) {
    table["contacts show"] = [&p](const arguments& a) { return show(p, a); };
}

} // namespace lyceum::admin
