#include "apps/terminal/terminal.h"

#include <unistd.h>

namespace lyceum::apps::terminal {
namespace {

constexpr std::size_t longest = 4096;

} // namespace

std::expected<std::string, std::string> line_of_input(const char* what) {
    std::string line;
    char c = 0;
    while (::read(STDIN_FILENO, &c, 1) == 1 && c != '\n') {
        line += c;
        if (line.size() > longest)
            return std::unexpected(std::string("the ") + what + " is too long");
    }
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty())
        return std::unexpected(std::string("there is no ") + what + " on standard input");
    return line;
}

no_echo::no_echo() {
    ::tcgetattr(STDIN_FILENO, &before_);
    auto quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
}

no_echo::~no_echo() {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
}

} // namespace lyceum::apps::terminal
