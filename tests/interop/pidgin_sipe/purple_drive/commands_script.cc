#include "command.h"
#include "event.h"
#include "reconnect.h"
#include "request.h"
#include "session.h"
#include "waiting.h"

#include <array>
#include <charconv>
#include <chrono>

namespace purple_drive {
namespace {

using std::chrono::milliseconds;

/// Seconds with decimals, as "2.5".
std::optional<milliseconds> to_duration(const std::string& text) {
    double seconds = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (end.ec != std::errc{} || end.ptr != text.data() + text.size() || seconds < 0)
        return std::nullopt;
    return milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

void run_wait(words& in) {
    const auto word = in.next();
    const auto time = word ? to_duration(*word) : std::nullopt;
    if (!time) return report_usage("wait");
    waiting::pause(*time);
}

void start_wait(words& in, bool none) {
    const char* self = none ? "wait-none" : "wait-for";
    const auto name = in.next();
    if (!name) return report_usage(self);
    waiting::pattern wanted{*name, {}};
    milliseconds limit{10'000};
    std::string text = *name;
    while (const auto word = in.next()) {
        text += ' ' + *word;
        const auto at = word->find_first_of("=~!");
        if (at == std::string::npos) return report_usage(self);
        const std::string key = word->substr(0, at);
        const char op = (*word)[at];
        const std::string value =
            word->substr(op == '!' && word->substr(at).starts_with("!=") ? at + 2 : at + 1);
        if (key == "timeout") {
            const auto time = to_duration(value);
            if (!time) return report_usage(self);
            limit = *time;
        } else {
            wanted.conditions.push_back({key, op, value});
        }
    }
    waiting::start(std::move(wanted), none, limit, std::move(text));
}

void run_wait_for(words& in) {
    start_wait(in, false);
}
void run_wait_none(words& in) {
    start_wait(in, true);
}
void run_mark(words&) {
    waiting::mark();
}

void run_echo(words& in) {
    event("echo").text("text", in.rest().value_or("")).send();
}

void run_policy(words& in) {
    const auto kind = in.next();
    const auto mode = in.next();
    if (!kind || !mode) return report_usage("policy");
    if (*mode == "accept") {
        the_session().policies[*kind] = answer_policy::accept;
    } else if (*mode == "reject") {
        the_session().policies[*kind] = answer_policy::reject;
    } else if (*mode == "manual") {
        the_session().policies[*kind] = answer_policy::manual;
    } else {
        report_usage("policy");
    }
}

void run_answer(words& in) {
    const auto id = in.next();
    const auto how = in.next();
    request* r = id ? find_request(*id) : nullptr;
    if (r == nullptr || !how) return report_usage("answer");
    int index = -1;
    std::from_chars(how->data(), how->data() + how->size(), index);
    answer_request(*r, *how != "cancel", index);
}

void run_reconnect(words& in) {
    const auto first = in.next();
    if (!first) return report_usage("reconnect");
    reconnect::settings s;
    s.on = *first != "off";
    if (s.on && *first != "on") {
        const auto last = in.next();
        const auto low = to_duration(*first);
        const auto high = last ? to_duration(*last) : low;
        if (!low || !high) return report_usage("reconnect");
        s.first_min = *low;
        s.first_max = *high;
    }
    reconnect::configure(s);
}

void run_quit(words&) {
    quit();
}

constexpr std::array table{
    command{"wait", run_wait, "SECONDS"},
    command{
        "wait-for", run_wait_for, "EVENT [key=value|key~regex|key!=value]... [timeout=SECONDS]"},
    command{
        "wait-none", run_wait_none, "EVENT [key=value|key~regex|key!=value]... [timeout=SECONDS]"},
    command{"mark", run_mark, ""},
    command{"echo", run_echo, "TEXT"},
    command{"policy",
            run_policy,
            "action|input|choice|fields|certificate|authorize accept|reject|manual"},
    command{"answer", run_answer, "REQUEST|- ok|cancel|INDEX"},
    command{"reconnect", run_reconnect, "off|on|MIN [MAX]"},
    command{"quit", run_quit, ""},
};

} // namespace

std::span<const command> script_commands() {
    return table;
}

} // namespace purple_drive
