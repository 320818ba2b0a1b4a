#include "apps/lyceum/password.h"

#include "apps/terminal/terminal.h"
#include "base/result.h"

#include <unistd.h>

#include <cstdio>

namespace lyceum::apps::console {
namespace {

std::expected<std::string, std::string> ask(const char* prompt) {
    std::fputs(prompt, stderr);
    auto line = password_from_input();
    std::fputs("\n", stderr);
    return line;
}

} // namespace

std::expected<std::string, std::string> password_from_input() {
    return terminal::line_of_input("password");
}

std::expected<std::string, std::string> password_from_terminal() {
    if (::isatty(STDIN_FILENO) == 0)
        return std::unexpected("give the password with --password-stdin");
    const terminal::no_echo quiet;
    LYCEUM_TRY(auto first, ask("Password: "));
    LYCEUM_TRY(const auto second, ask("Again: "));
    if (first != second) return std::unexpected("these are two different passwords");
    return first;
}

} // namespace lyceum::apps::console
