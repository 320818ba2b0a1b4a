#pragma once

#include "json.h"
#include "libpurple.h"

#include <cstdint>
#include <cstdio>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace purple_drive {

/// An event that was printed, kept so that a later `wait-for` can find it.
struct past_event {
    std::uint64_t seq = 0;
    std::string name;
    std::vector<std::pair<std::string, std::string>> members; ///< scalars only, as text
    bool consumed = false;                                    ///< some wait was satisfied by it
};

/// Everything that happened, oldest first. At most 20,000 events are remembered.
class journal {
public:
    /// Where lines go, and who is told after each of them.
    void open(std::FILE* out) { out_ = out; }
    void watch(std::function<void(past_event&)> watcher) { watcher_ = std::move(watcher); }

    [[nodiscard]] std::uint64_t next_seq() { return ++seq_; }
    void write(past_event e, const std::string& line);
    [[nodiscard]] std::deque<past_event>& events() { return events_; }

private:
    std::FILE* out_ = stdout;
    std::uint64_t seq_ = 0;
    std::deque<past_event> events_;
    std::function<void(past_event&)> watcher_;
};

[[nodiscard]] journal& the_journal();

/// One line of output under construction: `event("signed-on").account(a).send()`.
class event {
public:
    explicit event(std::string_view name);

    /// A text; a null pointer becomes JSON null and the empty text for waits.
    event& text(std::string_view key, const char* value);
    event& text(std::string_view key, const std::string& value);
    event& number(std::string_view key, std::int64_t value);
    event& flag(std::string_view key, bool value);
    /// JSON that is complete already; waits cannot look into it.
    event& raw(std::string_view key, std::string_view value);
    event& account(const PurpleAccount* account);

    void send();

private:
    void keep(std::string_view key, std::string value);

    json::object object_;
    past_event past_;
};

/// Reports a command that could not be carried out; the program will exit with 1.
void report_error(std::string_view command, const std::string& message);

/// The text of a piece of libpurple's HTML; empty for a null pointer.
[[nodiscard]] std::string plain_text(const char* html);

} // namespace purple_drive
