#include "session.h"

#include <glib-unix.h>

namespace purple_drive {
namespace {

gboolean end_loop(gpointer) {
    g_main_loop_quit(the_session().loop);
    return G_SOURCE_REMOVE;
}

} // namespace

session& the_session() {
    static session s;
    return s;
}

answer_policy policy_for(std::string_view kind) {
    const auto& policies = the_session().policies;
    const auto found = policies.find(kind);
    return found == policies.end() ? answer_policy::accept : found->second;
}

void quit() {
    if (the_session().quitting) return;
    the_session().quitting = true;
    for (GList* l = purple_accounts_get_all(); l != nullptr; l = l->next) {
        auto* account = static_cast<PurpleAccount*>(l->data);
        if (!purple_account_is_disconnected(account)) purple_account_disconnect(account);
    }
    // What a protocol sends while it signs off leaves in the next turns of the loop.
    constexpr guint grace_ms = 300;
    g_timeout_add(grace_ms, end_loop, nullptr);
}

} // namespace purple_drive
