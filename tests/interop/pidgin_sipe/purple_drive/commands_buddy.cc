#include "buddy_event.h"
#include "command.h"
#include "target.h"

#include <array>

namespace purple_drive {
namespace {

PurpleGroup* find_or_add_group(const std::string& name) {
    PurpleGroup* group = purple_find_group(name.c_str());
    if (group == nullptr) {
        group = purple_group_new(name.c_str());
        purple_blist_add_group(group, nullptr);
    }
    return group;
}

void run_add_buddy(words& in) {
    const auto who = in.next();
    const auto group_name = in.next();
    const auto alias = in.rest();
    auto* account = current_account("add-buddy");
    if (account == nullptr) return;
    if (!who) return report_usage("add-buddy");
    PurpleBuddy* buddy =
        purple_buddy_new(account, person(*who).c_str(), alias ? alias->c_str() : nullptr);
    purple_blist_add_buddy(
        buddy, nullptr, find_or_add_group(group_name.value_or("Buddies")), nullptr);
    purple_account_add_buddy_with_invite(account, buddy, nullptr);
}

void run_remove_buddy(words& in) {
    const auto who = in.next();
    auto* account = current_account("remove-buddy");
    if (account == nullptr) return;
    if (!who) return report_usage("remove-buddy");
    PurpleBuddy* buddy = purple_find_buddy(account, person(*who).c_str());
    if (buddy == nullptr) return report_error("remove-buddy", "no such buddy: " + *who);
    purple_account_remove_buddy(account, buddy, purple_buddy_get_group(buddy));
    purple_blist_remove_buddy(buddy);
}

std::string described(PurpleBuddy* buddy) {
    json::object o;
    o.add("name", json::quoted(purple_buddy_get_name(buddy)));
    o.add("alias", json::quoted(purple_buddy_get_alias(buddy)));
    o.add("group", json::quoted(purple_group_get_name(purple_buddy_get_group(buddy))));
    const auto* presence = purple_buddy_get_presence(buddy);
    const auto* status = purple_presence_get_active_status(presence);
    o.add("status", status == nullptr ? "null" : json::quoted(purple_status_get_id(status)));
    return o.str();
}

void run_list_buddies(words&) {
    auto* account = current_account("list-buddies");
    if (account == nullptr) return;
    std::vector<std::string> buddies;
    GSList* list = purple_find_buddies(account, nullptr);
    for (GSList* l = list; l != nullptr; l = l->next) {
        buddies.push_back(described(static_cast<PurpleBuddy*>(l->data)));
    }
    g_slist_free(list);
    event("buddies")
        .account(account)
        .raw("buddies", json::array(buddies))
        .number("count", static_cast<std::int64_t>(buddies.size()))
        .send();
}

constexpr std::array table{
    command{"add-buddy", run_add_buddy, "NAME [GROUP [ALIAS]]"},
    command{"remove-buddy", run_remove_buddy, "NAME"},
    command{"list-buddies", run_list_buddies, ""},
};

} // namespace

std::span<const command> buddy_commands() {
    return table;
}

} // namespace purple_drive
