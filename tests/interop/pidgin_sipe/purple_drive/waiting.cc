#include "waiting.h"

#include "command.h"
#include "session.h"

#include <algorithm>
#include <optional>

namespace purple_drive::waiting {
namespace {

struct wait {
    pattern wanted;
    bool none = false;
    std::string text;
    guint timer = 0;
};

std::optional<wait> current;
guint pause_timer = 0;

bool holds(const condition& c, const std::string& value) {
    if (c.op == '~') {
        return g_regex_match_simple(c.value.c_str(),
                                    value.c_str(),
                                    G_REGEX_CASELESS,
                                    as_flags<GRegexMatchFlags>(0)) != FALSE;
    }
    return g_ascii_strcasecmp(c.value.c_str(), value.c_str()) == 0;
}

bool matches(const pattern& p, const past_event& e) {
    if (e.consumed || e.name != p.name) return false;
    return std::ranges::all_of(p.conditions, [&](const condition& c) {
        const bool any = std::ranges::any_of(e.members, [&](const auto& member) {
            return member.first == c.key && holds(c, member.second);
        });
        return c.op == '!' ? !any : any;
    });
}

gboolean go_on(gpointer) {
    run_lines();
    return G_SOURCE_REMOVE;
}

/// Ends the wait, by an event or, with a null pointer, by the clock.
void finish(past_event* match) {
    if (!current) return;
    const wait over = std::move(*current);
    current.reset();
    if (over.timer != 0) g_source_remove(over.timer);
    const bool good = (match == nullptr) == over.none;
    event e(good ? "wait-ok" : over.none ? "wait-unexpected" : "wait-timeout");
    e.text("for", over.text);
    if (match != nullptr) {
        match->consumed = true;
        e.number("matched", static_cast<std::int64_t>(match->seq));
    }
    e.send();
    if (!good) ++the_session().failures;
    if (!good && the_session().strict) {
        quit();
    } else {
        g_idle_add(go_on, nullptr); // not from here: an event may be in the middle of a callback
    }
}

gboolean on_limit(gpointer) {
    if (current) current->timer = 0;
    finish(nullptr);
    return G_SOURCE_REMOVE;
}

gboolean on_pause_over(gpointer) {
    pause_timer = 0;
    run_lines();
    return G_SOURCE_REMOVE;
}

void on_event(past_event& e) {
    if (current && matches(current->wanted, e)) finish(&e);
}

} // namespace

bool under_way() {
    return current.has_value() || pause_timer != 0;
}

void pause(std::chrono::milliseconds time) {
    pause_timer = g_timeout_add(static_cast<guint>(time.count()), on_pause_over, nullptr);
}

void start(pattern p, bool none, std::chrono::milliseconds limit, std::string text) {
    current = wait{std::move(p), none, std::move(text), 0};
    for (auto& e : the_journal().events()) {
        if (!matches(current->wanted, e)) continue;
        finish(&e);
        return;
    }
    current->timer = g_timeout_add(static_cast<guint>(limit.count()), on_limit, nullptr);
}

void mark() {
    for (auto& e : the_journal().events())
        e.consumed = true;
}

void install() {
    the_journal().watch(on_event);
}

} // namespace purple_drive::waiting
