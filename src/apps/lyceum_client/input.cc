#include "apps/lyceum_client/input.h"

#include <termios.h>
#include <unistd.h>

#include <cstdio>

namespace lyceum::apps::client {
namespace {

constexpr std::size_t longest = 4096;

/// A terminal that shows nothing of what is typed, until the end of the scope.
class hidden {
public:
    hidden() {
        ::tcgetattr(STDIN_FILENO, &before_);
        auto quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    ~hidden() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
    hidden(const hidden&) = delete;
    hidden& operator=(const hidden&) = delete;

private:
    termios before_{};
};

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

std::expected<std::string, std::string> ask(const char* prompt) {
    if (::isatty(STDIN_FILENO) == 0) return std::unexpected("give --user; --help tells the rest");
    std::fputs(prompt, stderr);
    return line_of_input("answer");
}

std::expected<std::string, std::string> ask_secret(const char* prompt) {
    if (::isatty(STDIN_FILENO) == 0)
        return std::unexpected("give the password with --password-stdin or --password-file");
    const hidden quiet;
    std::fputs(prompt, stderr);
    auto line = line_of_input("password");
    std::fputs("\n", stderr);
    return line;
}

std::vector<std::string> line_cutter::feed(std::string_view octets) {
    std::vector<std::string> out;
    for (auto end = octets.find('\n'); end != std::string_view::npos; end = octets.find('\n')) {
        kept_ += octets.substr(0, end);
        octets.remove_prefix(end + 1);
        if (kept_.ends_with('\r')) kept_.pop_back();
        out.push_back(std::exchange(kept_, {}));
    }
    kept_ += octets;
    return out;
}

} // namespace lyceum::apps::client
