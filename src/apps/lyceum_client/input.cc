#include "apps/lyceum_client/input.h"

#include "apps/terminal/terminal.h"

#include <unistd.h>

#include <cstdio>

namespace lyceum::apps::client {

std::expected<std::string, std::string> ask(const char* prompt) {
    if (::isatty(STDIN_FILENO) == 0) return std::unexpected("give --user; --help tells the rest");
    std::fputs(prompt, stderr);
    return terminal::line_of_input("answer");
}

std::expected<std::string, std::string> ask_secret(const char* prompt) {
    if (::isatty(STDIN_FILENO) == 0)
        return std::unexpected("give the password with --password-stdin or --password-file");
    const terminal::no_echo quiet;
    std::fputs(prompt, stderr);
    auto line = terminal::line_of_input("password");
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
