#include "command.h"
#include "event.h"
#include "reconnect.h"
#include "session.h"
#include "target.h"

#include <array>
#include <cstdlib>

namespace purple_drive {
namespace {

bool is_yes(const std::string& value) {
    return value == "1" || value == "true" || value == "yes" || value == "on";
}

/// The option of the account's protocol with that name; null if it has none.
PurpleAccountOption* find_option(const PurpleAccount* account, const std::string& name) {
    PurplePlugin* plugin = purple_find_prpl(purple_account_get_protocol_id(account));
    if (plugin == nullptr) return nullptr;
    for (GList* l = PURPLE_PLUGIN_PROTOCOL_INFO(plugin)->protocol_options; l != nullptr;
         l = l->next) {
        auto* option = static_cast<PurpleAccountOption*>(l->data);
        const char* setting = purple_account_option_get_setting(option);
        if (setting != nullptr && name == setting) return option;
    }
    return nullptr;
}

void set_option(PurpleAccount* account, const std::string& name, const std::string& value) {
    const auto* option = find_option(account, name);
    const auto type =
        option == nullptr ? PURPLE_PREF_STRING : purple_account_option_get_type(option);
    if (type == PURPLE_PREF_BOOLEAN) {
        purple_account_set_bool(account, name.c_str(), is_yes(value) ? TRUE : FALSE);
    } else if (type == PURPLE_PREF_INT) {
        purple_account_set_int(account, name.c_str(), std::atoi(value.c_str()));
    } else {
        purple_account_set_string(account, name.c_str(), value.c_str());
    }
}

void set_options(PurpleAccount* account, words& in) {
    for (const auto& [name, value] : in.pairs())
        set_option(account, name, value);
}

void run_account(words& in) {
    const auto user = in.next();
    const auto password = in.next();
    if (!user || !password) return report_usage("account");
    auto options = in.pairs();
    const auto given = options.extract("prpl");
    const std::string protocol = given.empty() ? "prpl-sipe" : given.mapped();
    if (purple_find_prpl(protocol.c_str()) == nullptr) {
        return report_error("account", "no such protocol plugin: " + protocol);
    }
    PurpleAccount* account = purple_accounts_find(user->c_str(), protocol.c_str());
    if (account == nullptr) {
        account = purple_account_new(user->c_str(), protocol.c_str());
        purple_accounts_add(account);
    }
    purple_account_set_remember_password(account, TRUE);
    purple_account_set_password(account, password->c_str());
    for (const auto& [name, value] : options)
        set_option(account, name, value);
    the_session().account = account;
    event("account-ready").account(account).text("prpl", protocol).send();
}

void run_set(words& in) {
    if (auto* account = current_account("set")) set_options(account, in);
}

void run_use(words& in) {
    const auto prefix = in.next();
    if (!prefix) return report_usage("use");
    for (GList* l = purple_accounts_get_all(); l != nullptr; l = l->next) {
        auto* account = static_cast<PurpleAccount*>(l->data);
        if (!std::string_view(purple_account_get_username(account)).starts_with(*prefix)) continue;
        the_session().account = account;
        return;
    }
    report_error("use", "no such account: " + *prefix);
}

void run_connect(words&) {
    auto* account = current_account("connect");
    if (account == nullptr) return;
    purple_account_set_enabled(
        account, purple_core_get_ui(), TRUE); // connects if it was not enabled
    if (purple_account_is_disconnected(account)) purple_account_connect(account);
}

void run_disconnect(words&) {
    auto* account = current_account("disconnect");
    if (account == nullptr) return;
    reconnect::abandon(account);
    purple_account_disconnect(account);
}

void run_status(words& in) {
    const auto id = in.next();
    const auto message = in.rest();
    auto* account = current_account("status");
    if (account == nullptr) return;
    if (!id) return report_usage("status");
    const auto* type = purple_account_get_status_type(account, id->c_str());
    if (type == nullptr) return report_error("status", "no such status: " + *id);
    if (purple_status_type_get_attr(type, "message") == nullptr) {
        purple_account_set_status(account, id->c_str(), TRUE, nullptr);
    } else {
        purple_account_set_status(
            account, id->c_str(), TRUE, "message", message.value_or("").c_str(), nullptr);
    }
}

constexpr std::array table{
    command{"account", run_account, "USERNAME[,LOGIN] PASSWORD [prpl=ID] [option=value]..."},
    command{"set", run_set, "option=value..."},
    command{"use", run_use, "USERNAME-PREFIX"},
    command{"connect", run_connect, ""},
    command{"disconnect", run_disconnect, ""},
    command{"status", run_status, "STATUS [MESSAGE]"},
};

} // namespace

std::span<const command> account_commands() {
    return table;
}

} // namespace purple_drive
