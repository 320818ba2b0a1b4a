#include "buddy_event.h"
#include "session.h"

namespace purple_drive {
namespace {

void on_buddy(PurpleBuddy* buddy, const char* name) {
    if (the_session().quitting) return; // signing off turns everybody offline
    event e(name);
    put_buddy(e, buddy);
    put_presence(e, buddy);
    e.send();
}

void on_buddy_status(PurpleBuddy* buddy, PurpleStatus* before, PurpleStatus*) {
    if (the_session().quitting) return;
    event e("buddy-status");
    put_buddy(e, buddy);
    put_presence(e, buddy);
    e.text("old_status", before == nullptr ? nullptr : purple_status_get_id(before)).send();
}

void on_alias(PurpleBlistNode* node, const char* before) {
    if (the_session().quitting || !PURPLE_BLIST_NODE_IS_BUDDY(node)) return;
    event e("buddy-alias");
    put_buddy(e, PURPLE_BUDDY(node));
    e.text("old_alias", before).send();
}

// Nothing to save: the buddy list lives on the server.
void ignore_node(PurpleBlistNode*) {}
void ignore_account(PurpleAccount*) {}

} // namespace

void put_buddy(event& e, PurpleBuddy* buddy) {
    PurpleGroup* group = purple_buddy_get_group(buddy);
    e.account(purple_buddy_get_account(buddy))
        .text("name", purple_buddy_get_name(buddy))
        .text("alias", purple_buddy_get_alias(buddy))
        .text("group", group == nullptr ? nullptr : purple_group_get_name(group));
}

void put_presence(event& e, PurpleBuddy* buddy) {
    PurplePresence* presence = purple_buddy_get_presence(buddy);
    PurpleStatus* status =
        presence == nullptr ? nullptr : purple_presence_get_active_status(presence);
    if (status == nullptr) return;
    e.text("status", purple_status_get_id(status));
    const bool has_message = purple_status_get_attr_value(status, "message") != nullptr;
    e.text("message", has_message ? purple_status_get_attr_string(status, "message") : nullptr)
        .flag("online", purple_presence_is_online(presence) != FALSE)
        .flag("available", purple_presence_is_available(presence) != FALSE)
        .flag("idle", purple_presence_is_idle(presence) != FALSE);
}

void install_buddy_ui() {
    static PurpleBlistUiOps ops{};
    ops.save_node = ignore_node;
    ops.remove_node = ignore_node;
    ops.save_account = ignore_account;
    purple_blist_set_ui_ops(&ops);

    void* list = purple_blist_get_handle();
    on_signal(list, "buddy-added", on_buddy, "buddy-added");
    on_signal(list, "buddy-removed", on_buddy, "buddy-removed");
    on_signal(list, "buddy-signed-on", on_buddy, "buddy-signed-on");
    on_signal(list, "buddy-signed-off", on_buddy, "buddy-signed-off");
    on_signal(list, "buddy-status-changed", on_buddy_status);
    on_signal(list, "blist-node-aliased", on_alias);
}

} // namespace purple_drive
