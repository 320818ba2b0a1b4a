#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lyceum::admin {

/// Why a command was refused. Codes are for programs: usage, unknown_command, not_found, exists,
/// refused, unavailable, not_running. They decide the exit code of `lyceum`.
/// docs/reference/exit_codes.md
struct failure {
    /// What is wrong in one line of a file that was given.
    struct bad_line {
        std::size_t line = 0; ///< the first is 1
        std::string why;      ///< without what the line says: there are passwords in it
        friend bool operator==(const bad_line&, const bad_line&) = default;
    };
    std::string code;
    std::string message;           ///< one sentence for people
    std::vector<bad_line> lines{}; ///< the first ones of a file
    std::size_t more_lines = 0;    ///< wrong ones beside these

    friend bool operator==(const failure&, const failure&) = default;
};

/// What a command that fails returns: a failure that names no lines.
[[nodiscard]] inline std::unexpected<failure> fail(std::string code, std::string message) {
    return std::unexpected(failure{.code = std::move(code), .message = std::move(message)});
}

/// The result as JSON text, or why not.
using outcome = std::expected<std::string, failure>;

/// One argument that a command takes.
struct argument {
    enum class kind : std::uint8_t { text, flag, number, list };
    std::string_view name;
    kind what = kind::text;
    bool required = false;
    std::string_view sentence;
};

/// A command of the socket: what `lyceum help` and the server know of it.
struct command {
    std::string_view name; ///< "user add"
    std::string_view sentence;
    std::span<const argument> arguments;
    bool needs_server = false; ///< makes sense only while lyceumd runs
};

/// Every command that there is, those that lyceumd alone carries out included.
[[nodiscard]] std::span<const command> commands();
/// Nothing when there is no such command.
[[nodiscard]] const command* find_command(std::string_view name);

/// The arguments of one call, already checked against the command's table: no unknown names, the
/// right types, nothing required missing.
class arguments {
public:
    [[nodiscard]] const std::string& text(std::string_view name) const; ///< empty when absent
    [[nodiscard]] std::optional<std::string> optional_text(std::string_view name) const;
    [[nodiscard]] bool flag(std::string_view name) const; ///< false when absent
    [[nodiscard]] std::optional<bool> optional_flag(std::string_view name) const;
    [[nodiscard]] std::optional<std::int64_t> number(std::string_view name) const;
    [[nodiscard]] const std::vector<std::string>&
    list(std::string_view name) const; ///< empty when absent

    std::map<std::string, std::string, std::less<>> texts;
    std::map<std::string, bool, std::less<>> flags;
    std::map<std::string, std::int64_t, std::less<>> numbers;
    std::map<std::string, std::vector<std::string>, std::less<>> lists;
};

} // namespace lyceum::admin
