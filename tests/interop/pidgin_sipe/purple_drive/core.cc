#include "core.h"

#include "libpurple.h"
#include "session.h"

namespace purple_drive {
namespace {

/// No discovery, no port mapping (UPnP), no logs: nothing but what the account itself sends.
void set_preferences() {
    purple_prefs_set_bool("/purple/network/auto_ip", FALSE);
    purple_prefs_set_string("/purple/network/public_ip", "");
    purple_prefs_set_string("/purple/network/stun_server", "");
    purple_prefs_set_bool("/purple/network/map_ports", FALSE);
    purple_prefs_set_bool("/purple/logging/log_ims", FALSE);
    purple_prefs_set_bool("/purple/logging/log_chats", FALSE);
    purple_prefs_set_bool("/purple/logging/log_system", FALSE);
    purple_prefs_set_string("/purple/away/auto_reply", "never");
    purple_prefs_set_string("/purple/away/idle_reporting", "none");
    purple_prefs_set_bool("/purple/conversations/im/send_typing", TRUE);
}

void install_user_interface() {
    install_account_ui();
    install_connection_ui();
    install_buddy_ui();
    install_conversation_ui();
    install_request_ui();
    install_notice_ui();
}

} // namespace

bool start_libpurple(const std::string& user_dir, const std::string& ca_dir) {
    purple_util_set_user_dir(user_dir.c_str());
    purple_debug_set_enabled(FALSE);
    install_event_loop();
    static PurpleCoreUiOps ops{};
    ops.ui_prefs_init = set_preferences;
    ops.ui_init = install_user_interface;
    purple_core_set_ui_ops(&ops);
    purple_plugins_add_search_path("/usr/lib/purple-2");
    if (purple_core_init("purple_drive") == FALSE) return false;
    purple_set_blist(purple_blist_new());
    purple_prefs_load();
    set_preferences(); // a user directory that was used before may say otherwise
    purple_network_listen_map_external(FALSE);
    purple_network_force_online();
    if (!ca_dir.empty()) purple_certificate_add_ca_search_path(ca_dir.c_str());
    return true;
}

} // namespace purple_drive
