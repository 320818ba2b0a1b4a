#include "event.h"

#include "session.h"

#include <array>
#include <charconv>

namespace purple_drive {
namespace {

constexpr std::size_t remembered = 20'000;

std::string seconds_since_start() {
    static const gint64 start = g_get_monotonic_time();
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(),
                                   buffer.data() + buffer.size(),
                                   static_cast<double>(g_get_monotonic_time() - start) / 1e6,
                                   std::chars_format::fixed,
                                   3);
    return {buffer.data(), end.ptr};
}

} // namespace

void journal::write(past_event e, const std::string& line) {
    std::fwrite(line.data(), 1, line.size(), out_);
    std::fflush(out_);
    events_.push_back(std::move(e));
    if (events_.size() > remembered) events_.pop_front();
    if (watcher_) watcher_(events_.back());
}

journal& the_journal() {
    static journal j;
    return j;
}

event::event(std::string_view name) {
    past_.seq = the_journal().next_seq();
    past_.name = name;
    object_.add("event", json::quoted(name));
    object_.add("seq", std::to_string(past_.seq));
    object_.add("t", seconds_since_start());
}

void event::keep(std::string_view key, std::string value) {
    past_.members.emplace_back(key, std::move(value));
}

event& event::text(std::string_view key, const char* value) {
    object_.add(key, value == nullptr ? std::string("null") : json::quoted(value));
    keep(key, value == nullptr ? "" : value);
    return *this;
}

event& event::text(std::string_view key, const std::string& value) {
    return text(key, value.c_str());
}

event& event::number(std::string_view key, std::int64_t value) {
    object_.add(key, std::to_string(value));
    keep(key, std::to_string(value));
    return *this;
}

event& event::flag(std::string_view key, bool value) {
    object_.add(key, value ? "true" : "false");
    keep(key, value ? "true" : "false");
    return *this;
}

event& event::raw(std::string_view key, std::string_view value) {
    object_.add(key, value);
    return *this;
}

event& event::account(const PurpleAccount* account) {
    return account == nullptr ? *this : text("account", purple_account_get_username(account));
}

void event::send() {
    the_journal().write(std::move(past_), object_.str() + '\n');
}

void report_error(std::string_view command, const std::string& message) {
    ++the_session().failures;
    event("error").text("command", std::string(command)).text("message", message).send();
}

std::string plain_text(const char* html) {
    if (html == nullptr) return {};
    // Pidgin's window shows line ends as such; what strips the markup would make blanks of them.
    char* with_breaks = purple_strdup_withhtml(html);
    char* text = purple_markup_strip_html(with_breaks);
    std::string out = text;
    g_free(text);
    g_free(with_breaks);
    return out;
}

} // namespace purple_drive
