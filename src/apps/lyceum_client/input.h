#pragma once

#include <expected>
#include <string>
#include <utility>
#include <vector>

namespace lyceum::apps::client {

/// Standard input without a buffer of its own: what follows the first line stays where it is.
/// The first line, without its end; what: for the error.
[[nodiscard]] std::expected<std::string, std::string> line_of_input(const char* what);
/// Asks on the terminal; an error when there is none.
[[nodiscard]] std::expected<std::string, std::string> ask(const char* prompt);
/// The same, and nothing of what is typed is shown.
[[nodiscard]] std::expected<std::string, std::string> ask_secret(const char* prompt);

/// Cuts what is read from standard input into lines.
class line_cutter {
public:
    /// The whole lines that these octets complete, without their ends.
    [[nodiscard]] std::vector<std::string> feed(std::string_view octets);
    /// What is left when the input has ended; empty if nothing.
    [[nodiscard]] std::string rest() { return std::exchange(kept_, {}); }

private:
    std::string kept_;
};

} // namespace lyceum::apps::client
