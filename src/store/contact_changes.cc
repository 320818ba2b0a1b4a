#include "store/contact_changes.h"

#include "base/overloaded.h"
#include "base/text.h"

#include <algorithm>

namespace lyceum::store {
namespace {

using people::contact_list;
using kind = contact_outcome::kind;

auto find_group(contact_list& list, std::uint32_t id) {
    return std::ranges::find(list.groups, id, &people::group::id);
}

/// Where the uri is, or belongs.
auto place_of(contact_list& list, const std::string& uri) {
    return std::ranges::lower_bound(list.contacts, uri, {}, &people::contact::uri);
}

bool is_there(const contact_list& list,
              std::vector<people::contact>::iterator at,
              const std::string& uri) {
    return at != list.contacts.end() && at->uri == uri;
}

bool has_name(const contact_list& list, std::string_view name, std::uint32_t except) {
    return std::ranges::any_of(
        list.groups, [&](const auto& g) { return g.id != except && iequals(g.name, name); });
}

contact_outcome change(contact_list& list, const add_group& c, const contact_limits& limits) {
    if (has_name(list, c.name, 0)) return {.what = kind::duplicate_group};
    if (list.groups.size() >= limits.max_groups) return {.what = kind::too_many_groups};
    std::uint32_t id = default_group;
    auto at = list.groups.begin();
    for (; at != list.groups.end() && at->id <= id; ++at)
        id = at->id + 1;
    list.groups.insert(at, {id, c.name, c.external_uri});
    return {.group_id = id};
}

contact_outcome change(contact_list& list, const modify_group& c, const contact_limits&) {
    const auto at = find_group(list, c.id);
    if (at == list.groups.end() || c.id == default_group) return {.what = kind::unknown_group};
    if (has_name(list, c.name, c.id)) return {.what = kind::duplicate_group};
    at->name = c.name;
    at->external_uri = c.external_uri;
    return {};
}

contact_outcome change(contact_list& list, const delete_group& c, const contact_limits&) {
    const auto at = find_group(list, c.id);
    if (at == list.groups.end() || c.id == default_group) return {.what = kind::unknown_group};
    list.groups.erase(at);
    for (auto& member : list.contacts) {
        if (std::erase(member.groups, c.id) != 0 && member.groups.empty())
            member.groups = {default_group};
    }
    return {};
}

contact_outcome change(contact_list& list, const set_contact& c, const contact_limits& limits) {
    auto contact = c.contact;
    contact.uri = to_lower(contact.uri);
    std::ranges::sort(contact.groups);
    contact.groups.erase(std::ranges::unique(contact.groups).begin(), contact.groups.end());
    for (const auto id : contact.groups) {
        if (find_group(list, id) == list.groups.end()) return {.what = kind::unknown_group};
    }
    const auto at = place_of(list, contact.uri);
    if (is_there(list, at, contact.uri)) {
        *at = std::move(contact);
    } else if (list.contacts.size() >= limits.max_contacts) {
        return {.what = kind::too_many_contacts};
    } else {
        list.contacts.insert(at, std::move(contact));
    }
    return {};
}

contact_outcome change(contact_list& list, const delete_contact& c, const contact_limits&) {
    const auto uri = to_lower(c.uri);
    const auto at = place_of(list, uri);
    if (!is_there(list, at, uri)) return {.what = kind::unknown_contact};
    list.contacts.erase(at);
    return {};
}

} // namespace

contact_list first_contact_list() {
    return {.delta_num = 1, .groups = {{default_group, "~", {}}}, .contacts = {}};
}

contact_outcome apply(contact_list& list,
                      std::uint32_t expected_delta,
                      const contact_change& what,
                      const contact_limits& limits) {
    if (expected_delta != 0 && expected_delta != list.delta_num)
        return {kind::stale, list.delta_num, 0};
    auto out = std::visit([&](const auto& c) { return change(list, c, limits); }, what);
    if (out.what == kind::done && ++list.delta_num == 0) list.delta_num = 1; // never 0
    out.delta_num = list.delta_num;
    return out;
}

} // namespace lyceum::store
