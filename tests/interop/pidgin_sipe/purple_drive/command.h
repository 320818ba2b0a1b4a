#pragma once

#include "words.h"

#include <span>
#include <string>
#include <string_view>

namespace purple_drive {

/// One word of the command language. `run` is given the words that follow.
struct command {
    const char* name;
    void (*run)(words& in);
    const char* usage;
};

// Each group of commands is one file, and one line in command.cc.
[[nodiscard]] std::span<const command> account_commands();
[[nodiscard]] std::span<const command> buddy_commands();
[[nodiscard]] std::span<const command> im_commands();
[[nodiscard]] std::span<const command> script_commands();

/// Adds a line to those to be run; it runs when no wait is under way.
void enqueue_line(std::string line);
/// No more lines will come; the program ends after the last one unless told to stay.
void end_of_lines();
/// Runs what can be run now.
void run_lines();

/// "usage: NAME ARGUMENTS" as an error event.
void report_usage(std::string_view name);

} // namespace purple_drive
