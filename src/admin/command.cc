#include "admin/command.h"

#include <algorithm>
#include <array>

namespace lyceum::admin {
namespace {

using enum argument::kind;

constexpr argument user_argument{
    "user", text, true, "sip:alice@contoso.test, with or without sip:"};
constexpr argument profile[] = {
    {"display_name", text, false, "name that others see"},
    {"login", text, false, "NTLM user name; the address's user part unless told"},
    {"domain", text, false, "NTLM domain; the address's domain unless told"},
    {"line_uri", text, false, "telephone, tel:+4930123456"},
    {"mail", text, false, "mail address"},
};
constexpr argument just_user[] = {user_argument};
constexpr argument add_user[] = {
    user_argument,
    profile[0],
    profile[1],
    profile[2],
    profile[3],
    profile[4],
    {"password", text, true, "the password"},
    {"disabled", flag, false, "exists, but may not sign in yet"},
};
constexpr argument import_users[] = {{"lines", list, true, "the lines of the file"}};
constexpr argument change_user[] = {
    user_argument, profile[0], profile[1], profile[2], profile[3], profile[4]};
constexpr argument set_password[] = {user_argument, {"password", text, true, "the new password"}};
constexpr argument add_trusted[] = {
    {"host", text, true, "address or name of the gateway or server"},
    {"transport", text, false, "udp, tcp or tls; any unless told"},
    {"may_register", flag, false, "it may send REGISTER for our users"},
    {"domains",
     list,
     false,
     "domains that its From may name; any but this deployment's unless told, and these, named or "
     "not, only of who may register"},
    {"ports",
     list,
     false,
     "ports at which clients may reach it; 5060 (TLS: 5061) unless told, any for who may register"},
};
constexpr argument which_endpoints[] = {
    {"user", text, false, user_argument.sentence},
    {"after", text, false, "what the page before said as \"next\""},
};
constexpr argument remove_trusted[] = {
    {"host", text, true, "address or name"},
    {"transport", text, false, "only the entry of this transport; every one unless told"},
};

constexpr command table[] = {
    {"user add", "Adds a user.", add_user},
    {"user import",
     "Adds every user of a file, or nobody: each line is an address and, after a blank, the "
     "password; or the file is CSV (of commas, semicolons or tabs) and its first line names the "
     "columns: user, password, display_name, login, domain, line_uri, mail.",
     import_users},
    {"user list", "Lists all users.", {}},
    {"user show", "Shows one user.", just_user},
    {"user change", "Changes a user's names, numbers or login.", change_user},
    {"user set-password",
     "Sets a user's password; sessions that were made with the old one end.",
     set_password},
    {"user disable", "Refuses a user from now on and signs them out.", just_user},
    {"user enable", "Lets a disabled user in again.", just_user},
    {"user remove", "Removes a user and everything that is theirs.", just_user},
    {"contacts show", "Shows a user's contact list.", just_user},
    {"trusted add",
     "Trusts a gateway or server; replaces the entry of the same host and transport.",
     add_trusted},
    {"trusted list", "Lists trusted gateways and servers.", {}},
    {"trusted remove", "Trusts a gateway or server no longer.", remove_trusted},
    {"version", "Tells the version of who answers.", {}},
    {"status", "Tells what the server is doing.", {}, true},
    {"endpoints",
     "Lists where a user is signed in. Without a user: where everybody is, {\"endpoints\":[...]} "
     "of "
     "some users at a time, and \"next\" when there are more.",
     which_endpoints,
     true},
    {"trace", "Shows a user's messages as they come and go.", just_user, true},
    {"reload", "Reads certificates and the log level anew, and opens the log file anew.", {}, true},
    {"drain", "Takes no new connections, ends what is under way, then stops.", {}, true},
};

template <class Map>
const typename Map::mapped_type* get(const Map& m, std::string_view name) {
    const auto at = m.find(name);
    return at == m.end() ? nullptr : &at->second;
}

} // namespace

std::span<const command> commands() {
    return table;
}

const command* find_command(std::string_view name) {
    const auto at = std::ranges::find(table, name, &command::name);
    return at == std::end(table) ? nullptr : at;
}

const std::string& arguments::text(std::string_view name) const {
    static const std::string none;
    const auto* v = get(texts, name);
    return v == nullptr ? none : *v;
}

std::optional<std::string> arguments::optional_text(std::string_view name) const {
    const auto* v = get(texts, name);
    return v == nullptr ? std::nullopt : std::optional(*v);
}

bool arguments::flag(std::string_view name) const {
    return optional_flag(name).value_or(false);
}

std::optional<bool> arguments::optional_flag(std::string_view name) const {
    const auto* v = get(flags, name);
    return v == nullptr ? std::nullopt : std::optional(*v);
}

std::optional<std::int64_t> arguments::number(std::string_view name) const {
    const auto* v = get(numbers, name);
    return v == nullptr ? std::nullopt : std::optional(*v);
}

const std::vector<std::string>& arguments::list(std::string_view name) const {
    static const std::vector<std::string> none;
    const auto* v = get(lists, name);
    return v == nullptr ? none : *v;
}

} // namespace lyceum::admin
