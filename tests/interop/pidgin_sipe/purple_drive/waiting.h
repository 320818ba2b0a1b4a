#pragma once

#include "event.h"

#include <chrono>
#include <string>
#include <vector>

/// The waits of the command language. While one is under way no further line is run.
namespace purple_drive::waiting {

/// A member of an event compared with a text: '=' equal but for case, '!' not so, '~' matches the
/// regular expression, also without regard to case.
struct condition {
    std::string key;
    char op = '=';
    std::string value;
};

/// An event to look for.
struct pattern {
    std::string name;
    std::vector<condition> conditions;
};

[[nodiscard]] bool under_way();

/// Pauses.
void pause(std::chrono::milliseconds time);

/// Waits for an event; one that happened already and satisfied no other wait counts. With `none`
/// the wait fails when there is one, and is over well after the time. `text` is what to print.
void start(pattern p, bool none, std::chrono::milliseconds limit, std::string text);

/// Counts everything so far as waited for.
void mark();

/// Makes waits see events as they are written. To be called once.
void install();

} // namespace purple_drive::waiting
