#pragma once

#include <expected>
#include <string>

namespace lyceum::apps::terminal {

/// The first line of standard input, without its end; at most 4096 octets. Read without a buffer:
/// what follows the line stays where it is. An end of the input ends the line, a read that fails
/// is an error.
/// \param what for the error
[[nodiscard]] std::expected<std::string, std::string> line_of_input(const char* what);

/// The terminal at standard input shows nothing of what is typed, until the end of the scope; also
/// when a signal ends the program or stops it meanwhile (Ctrl-C, Ctrl-Z, a hang-up). One at a time.
class no_echo {
public:
    no_echo();
    ~no_echo();
    no_echo(const no_echo&) = delete;
    no_echo& operator=(const no_echo&) = delete;

private:
    bool done_ = false; ///< there is a terminal
};

} // namespace lyceum::apps::terminal
