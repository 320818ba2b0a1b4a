#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace purple_drive {

/// Reads a command line. Words are separated by blanks; '...' and "..." (with \n, \t, \\, \")
/// quote.
class words {
public:
    explicit words(std::string_view line) : left_(line) {}

    [[nodiscard]] std::optional<std::string> next();
    /// What is left: the text of one quoted word if that is all, else the line as it stands.
    [[nodiscard]] std::optional<std::string> rest();
    /// All words that are left, split at their first '='; a word without one is given the key "".
    [[nodiscard]] std::map<std::string, std::string> pairs();

private:
    void skip_blanks();
    void take_quoted(std::string& out, char quote);

    std::string_view left_;
};

} // namespace purple_drive
