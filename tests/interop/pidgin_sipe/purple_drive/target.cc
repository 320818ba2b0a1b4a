#include "target.h"

#include "event.h"
#include "session.h"

namespace purple_drive {

PurpleAccount* current_account(std::string_view command) {
    if (the_session().account == nullptr) report_error(command, "no account");
    return the_session().account;
}

PurpleConnection* current_connection(std::string_view command) {
    auto* account = current_account(command);
    if (account == nullptr) return nullptr;
    auto* connection = purple_account_get_connection(account);
    if (connection == nullptr) report_error(command, "the account is not connected");
    return connection;
}

std::string person(const std::string& name) {
    const auto* account = the_session().account;
    const bool sipe = account != nullptr &&
                      std::string_view(purple_account_get_protocol_id(account)) == "prpl-sipe";
    if (!sipe || name.find('@') == std::string::npos || name.starts_with("sip:")) return name;
    return "sip:" + name;
}

} // namespace purple_drive
