#include "event.h"
#include "reconnect.h"
#include "session.h"

#include <array>

namespace purple_drive {
namespace {

// The order of PurpleConnectionError, in its own words.
constexpr std::array error_names{
    "network-error",
    "invalid-username",
    "authentication-failed",
    "authentication-impossible",
    "no-ssl-support",
    "encryption-error",
    "name-in-use",
    "invalid-settings",
    "cert-not-provided",
    "cert-untrusted",
    "cert-expired",
    "cert-not-activated",
    "cert-hostname-mismatch",
    "cert-fingerprint-mismatch",
    "cert-self-signed",
    "cert-other-error",
    "other-error",
};

void on_progress(PurpleConnection* connection,
                 const char* text,
                 std::size_t step,
                 std::size_t steps) {
    event("connect-progress")
        .account(purple_connection_get_account(connection))
        .text("text", text)
        .number("step", static_cast<std::int64_t>(step))
        .number("steps", static_cast<std::int64_t>(steps))
        .send();
}

void on_notice(PurpleConnection* connection, const char* text) {
    event("connection-notice")
        .account(purple_connection_get_account(connection))
        .text("text", text)
        .send();
}

void on_connected(PurpleConnection* connection) {
    reconnect::succeeded(purple_connection_get_account(connection));
}

void on_lost(PurpleConnection* connection, PurpleConnectionError reason, const char*) {
    auto* account = purple_connection_get_account(connection);
    if (purple_connection_error_is_fatal(reason)) {
        reconnect::abandon(account);
    } else {
        reconnect::schedule(account);
    }
}

void on_error(PurpleConnection* connection, PurpleConnectionError reason, const char* text) {
    const auto index = static_cast<std::size_t>(reason);
    event("connection-error")
        .account(purple_connection_get_account(connection))
        .text("reason", index < error_names.size() ? error_names[index] : "?")
        .flag("fatal", purple_connection_error_is_fatal(reason) != FALSE)
        .text("text", text)
        .send();
}

void on_change(PurpleConnection* connection, const char* name) {
    event(name)
        .account(purple_connection_get_account(connection))
        .text("display_name", purple_connection_get_display_name(connection))
        .send();
}

} // namespace

void install_connection_ui() {
    static PurpleConnectionUiOps ops{};
    ops.connect_progress = on_progress;
    ops.connected = on_connected;
    ops.notice = on_notice;
    ops.report_disconnect_reason = on_lost;
    purple_connections_set_ui_ops(&ops);

    void* connections = purple_connections_get_handle();
    on_signal(connections, "signing-on", on_change, "signing-on");
    on_signal(connections, "signed-on", on_change, "signed-on");
    on_signal(connections, "signed-off", on_change, "signed-off");
    on_signal(connections, "connection-error", on_error);
}

} // namespace purple_drive
