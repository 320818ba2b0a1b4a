#include "event.h"
#include "session.h"

#include <list>

namespace purple_drive {
namespace {

/// Somebody asks to see the account's presence.
struct authorization {
    std::string who;
    PurpleAccountRequestAuthorizationCb yes = nullptr;
    PurpleAccountRequestAuthorizationCb no = nullptr;
    void* user_data = nullptr;
    guint timer = 0;
};

std::list<authorization> open_authorizations;

void forget(void* handle) {
    open_authorizations.remove_if([handle](const authorization& a) {
        if (&a == handle && a.timer != 0) g_source_remove(a.timer);
        return &a == handle;
    });
}

bool is_open(const void* handle) {
    for (const auto& a : open_authorizations) {
        if (&a == handle) return true;
    }
    return false;
}

gboolean answer_by_policy(gpointer p) {
    auto* a = static_cast<authorization*>(p);
    a->timer = 0;
    const bool yes = policy_for("authorize") == answer_policy::accept;
    event("authorize-answered").text("who", a->who).flag("ok", yes).send();
    const auto callback = yes ? a->yes : a->no;
    if (callback != nullptr) callback(a->user_data);
    if (is_open(a)) purple_account_request_close(a);
    return G_SOURCE_REMOVE;
}

void* on_request(PurpleAccount* account,
                 const char* who,
                 const char*,
                 const char* alias,
                 const char* message,
                 gboolean on_list,
                 PurpleAccountRequestAuthorizationCb yes,
                 PurpleAccountRequestAuthorizationCb no,
                 void* user_data) {
    const bool held = policy_for("authorize") == answer_policy::manual;
    event("authorize-request")
        .account(account)
        .text("who", who)
        .text("alias", alias)
        .text("message", message)
        .flag("on_list", on_list != FALSE)
        .flag("held", held)
        .send();
    auto& a = open_authorizations.emplace_back(authorization{who, yes, no, user_data, 0});
    if (!held) a.timer = g_timeout_add(1, answer_by_policy, &a);
    return &a;
}

void on_status(PurpleAccount* account, PurpleStatus* status) {
    if (the_session().quitting) return;
    const bool has_message = purple_status_get_attr_value(status, "message") != nullptr;
    event("own-status")
        .account(account)
        .text("status", purple_status_get_id(status))
        .text("message", has_message ? purple_status_get_attr_string(status, "message") : nullptr)
        .send();
}

} // namespace

void install_account_ui() {
    static PurpleAccountUiOps ops{};
    ops.status_changed = on_status;
    ops.request_authorize = on_request;
    ops.close_account_request = forget;
    purple_accounts_set_ui_ops(&ops);
}

} // namespace purple_drive
