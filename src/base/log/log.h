#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

namespace lyceum::log {

/// trace: bodies of messages. debug: for us. info: an operator cares afterwards.
/// warn: someone should look today. error: someone should get up.
enum class level : std::uint8_t { trace, debug, info, warn, error };

/// One named value of an event. Borrowed for the length of the call.
class field {
public:
    field(std::string_view called, std::string_view value) : name(called), text(value) {}
    field(std::string_view called, const char* value) : name(called), text(value) {}
    field(std::string_view called, const std::string& value) : name(called), text(value) {}
    template <class T>
        requires std::is_integral_v<T>
    field(std::string_view called, T value)
        : name(called), number(static_cast<std::int64_t>(value)), is_number(true) {}

    std::string_view name;
    std::string_view text;
    std::int64_t number = 0;
    bool is_number = false;
};

/// Records an event: area is the folder's last name, event a unique snake_case word.
void write(level,
           std::string_view area,
           std::string_view event,
           std::initializer_list<field> fields = {});

/// Whether write() at this level does anything; to spare the cost of making fields.
[[nodiscard]] bool enabled(level);
void set_level(level);

/// Where events go: empty for standard error. One JSON object a line in a file, text on a terminal.
/// False when the file cannot be opened.
bool set_file(const std::string& path);
/// Opens the file anew under its name; after log rotation. When that fails the old one stays, and
/// the answer is the system's number of why; else 0.
[[nodiscard]] int reopen();
/// Waits until everything written before is out; gives up after a second.
void flush();
/// Events lost since the start: the queue was full (the oldest go), or the file would not take
/// them.
[[nodiscard]] std::uint64_t dropped();

} // namespace lyceum::log
