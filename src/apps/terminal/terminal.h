#pragma once

#include <termios.h>

#include <expected>
#include <string>

namespace lyceum::apps::terminal {

/// The first line of standard input, without its end; at most 4096 octets. Read without a buffer:
/// what follows the line stays where it is.
/// \param what for the error
[[nodiscard]] std::expected<std::string, std::string> line_of_input(const char* what);

/// The terminal at standard input shows nothing of what is typed, until the end of the scope.
class no_echo {
public:
    no_echo();
    ~no_echo();
    no_echo(const no_echo&) = delete;
    no_echo& operator=(const no_echo&) = delete;

private:
    termios before_{};
};

} // namespace lyceum::apps::terminal
