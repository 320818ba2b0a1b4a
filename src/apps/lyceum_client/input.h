#pragma once

#include <expected>
#include <string>
#include <utility>
#include <vector>

namespace lyceum::apps::client {

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
