#pragma once

#include "base/instant.h"

#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace lyceum::conversations {

/// One line of a .talk file with what is indented below it. docs/adr/0005
struct line {
    std::size_t number = 0;
    std::vector<std::string> words;
    struct field {
        std::size_t number = 0;
        std::string name;
        std::string value; ///< a pattern where something is expected; "-": not there
    };
    std::vector<field> fields;
    std::optional<std::string> body;

    [[nodiscard]] std::string text() const;
    /// The word at that place; empty beyond the last.
    [[nodiscard]] const std::string& word(std::size_t) const;
    /// What stands behind a word: "within" in `alice < 200 within 30s`; empty if it is not there.
    [[nodiscard]] std::string after(std::string_view) const;
};

struct mistake {
    std::size_t number = 0;
    std::string what;
};

/// Reads a whole file.
[[nodiscard]] std::expected<std::vector<line>, mistake> parse(std::string_view text);

/// 300ms, 5s, 10m, 8h.
[[nodiscard]] std::optional<std::chrono::milliseconds> duration_of(std::string_view);
/// Whether the whole text fits a pattern in which * stands for anything.
[[nodiscard]] bool fits(std::string_view text, std::string_view pattern);

} // namespace lyceum::conversations
