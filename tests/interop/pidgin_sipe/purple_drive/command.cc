#include "command.h"

#include "event.h"
#include "session.h"
#include "waiting.h"

#include <algorithm>
#include <array>
#include <deque>

namespace purple_drive {
namespace {

std::deque<std::string> lines;
bool no_more_lines = false;

const command* find(std::string_view name) {
    for (const auto group :
         {account_commands(), buddy_commands(), im_commands(), script_commands()}) {
        const auto found = std::ranges::find(
            group, name, [](const command& c) { return std::string_view(c.name); });
        if (found != group.end()) return &*found;
    }
    return nullptr;
}

void run_line(const std::string& line) {
    words in(line);
    const auto name = in.next();
    if (!name || name->starts_with('#')) return;
    const command* found = find(*name);
    if (found == nullptr) {
        report_error(*name, "unknown command");
        return;
    }
    found->run(in);
}

} // namespace

void enqueue_line(std::string line) {
    lines.push_back(std::move(line));
}

void end_of_lines() {
    no_more_lines = true;
}

void run_lines() {
    while (!waiting::under_way() && !the_session().quitting) {
        if (lines.empty()) {
            if (no_more_lines && !the_session().stay) quit();
            return;
        }
        const std::string line = std::move(lines.front());
        lines.pop_front();
        run_line(line);
    }
}

void report_usage(std::string_view name) {
    const command* found = find(name);
    report_error(name, std::string("usage: ") + found->name + ' ' + found->usage);
}

} // namespace purple_drive
