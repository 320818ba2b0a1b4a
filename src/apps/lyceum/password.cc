#include "apps/lyceum/password.h"

#include "base/result.h"

#include <termios.h>
#include <unistd.h>

#include <cstdio>

namespace lyceum::apps::console {
namespace {

constexpr std::size_t longest = 4096;

/// A terminal that shows nothing of what is typed, until the end of the scope.
class no_echo {
public:
    no_echo() {
        ::tcgetattr(STDIN_FILENO, &before_);
        auto quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    ~no_echo() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
    no_echo(const no_echo&) = delete;
    no_echo& operator=(const no_echo&) = delete;

private:
    termios before_{};
};

std::expected<std::string, std::string> ask(const char* prompt) {
    std::fputs(prompt, stderr);
    auto line = password_from_input();
    std::fputs("\n", stderr);
    return line;
}

} // namespace

std::expected<std::string, std::string> password_from_input() {
    std::string line;
    for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) {
        line += static_cast<char>(c);
        if (line.size() > longest) return std::unexpected("the password is too long");
    }
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) return std::unexpected("there is no password on standard input");
    return line;
}

std::expected<std::string, std::string> password_from_terminal() {
    if (::isatty(STDIN_FILENO) == 0)
        return std::unexpected("give the password with --password-stdin");
    const no_echo quiet;
    LYCEUM_TRY(auto first, ask("Password: "));
    LYCEUM_TRY(const auto second, ask("Again: "));
    if (first != second) return std::unexpected("these are two different passwords");
    return first;
}

} // namespace lyceum::apps::console
