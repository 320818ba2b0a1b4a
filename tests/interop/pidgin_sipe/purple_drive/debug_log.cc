#include "debug_log.h"

#include "libpurple.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace purple_drive {
namespace {

std::FILE* sink = nullptr;

constexpr std::array level_names{"all", "misc", "info", "warning", "error", "fatal"};

void print(PurpleDebugLevel level, const char* category, const char* text) {
    if (sink == nullptr) return;
    std::timespec now{};
    std::timespec_get(&now, TIME_UTC);
    std::tm parts{};
    gmtime_r(&now.tv_sec, &parts);
    const auto index = static_cast<std::size_t>(level);
    std::fprintf(sink,
                 "%02d:%02d:%02d.%03ld %s %s: %s",
                 parts.tm_hour,
                 parts.tm_min,
                 parts.tm_sec,
                 now.tv_nsec / 1'000'000,
                 index < level_names.size() ? level_names[index] : "?",
                 category == nullptr ? "-" : category,
                 text);
    std::fflush(sink);
}

gboolean is_enabled(PurpleDebugLevel, const char*) {
    return sink != nullptr ? TRUE : FALSE;
}

} // namespace

bool start_debug_log(const std::string& path) {
    sink = path == "-" ? stderr : std::fopen(path.c_str(), "ae");
    if (sink == nullptr) return false;
    static PurpleDebugUiOps ops{};
    ops.print = print;
    ops.is_enabled = is_enabled;
    purple_debug_set_ui_ops(&ops);
    // purple_debug_set_enabled would print on stdout as well. These two are what makes prpl-sipe
    // log whole messages.
    purple_debug_set_unsafe(TRUE);
    purple_debug_set_verbose(TRUE);
    return true;
}

} // namespace purple_drive
