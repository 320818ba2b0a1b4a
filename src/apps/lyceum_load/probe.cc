#include "apps/lyceum_load/probe.h"

#include "base/text.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace lyceum::apps::load {
namespace {

std::string read(const std::string& path) {
    std::ifstream in(path);
    std::ostringstream text;
    if (in) text << in.rdbuf();
    return text.str();
}

std::optional<usage> look_at_one(int pid) {
    const auto folder = "/proc/" + std::to_string(pid);
    const auto cpu = cpu_of(read(folder + "/stat"), ::sysconf(_SC_CLK_TCK));
    if (!cpu) return std::nullopt;
    const auto rollup = read(folder + "/smaps_rollup");
    return usage{*cpu, octets_of(rollup, "Rss").value_or(0), octets_of(rollup, "Pss").value_or(0)};
}

std::vector<int> children_of(int pid) {
    std::vector<int> out;
    std::error_code error; // processes come and go while we look
    for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
        const auto number = to_u32(entry.path().filename().string());
        if (number && parent_of(read(entry.path() / "stat")) == pid)
            out.push_back(static_cast<int>(*number));
    }
    return out;
}

} // namespace

std::optional<std::chrono::microseconds> cpu_of(std::string_view stat,
                                                std::int64_t ticks_per_second) {
    // pid (name) state ...: the name may hold blanks and parentheses. utime and stime are fields 14
    // and 15.
    const auto name_end = stat.rfind(')');
    if (name_end == std::string_view::npos || ticks_per_second <= 0) return std::nullopt;
    const auto fields = split(stat.substr(name_end + 1), ' ');
    if (fields.size() < 13) return std::nullopt;
    const auto user = to_u64(fields[11]);
    const auto system = to_u64(fields[12]);
    if (!user || !system) return std::nullopt;
    return std::chrono::microseconds(static_cast<std::int64_t>(*user + *system) * 1'000'000 /
                                     ticks_per_second);
}

std::optional<std::uint64_t> octets_of(std::string_view rollup, std::string_view field) {
    while (!rollup.empty()) {
        auto line = split_first(rollup, '\n');
        if (!line.starts_with(field) || line.substr(field.size()).empty() ||
            line[field.size()] != ':')
            continue;
        const auto words = split(line.substr(field.size() + 1), ' ');
        if (words.size() != 2 || words[1] != "kB") return std::nullopt;
        const auto kilo = to_u64(words[0]);
        return kilo ? std::optional(*kilo * 1024) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<int> parent_of(std::string_view stat) {
    const auto name_end = stat.rfind(')');
    if (name_end == std::string_view::npos) return std::nullopt;
    const auto fields = split(stat.substr(name_end + 1), ' ');
    const auto parent = fields.size() < 2 ? std::nullopt : to_u32(fields[1]);
    return parent ? std::optional(static_cast<int>(*parent)) : std::nullopt;
}

std::optional<usage> look_at(int pid) {
    auto sum = look_at_one(pid);
    if (!sum) return sum;
    for (const auto child : children_of(pid)) {
        const auto more = look_at(child);
        if (!more) continue; // it ended meanwhile
        sum->cpu += more->cpu;
        sum->rss += more->rss;
        sum->pss += more->pss;
    }
    return sum;
}

} // namespace lyceum::apps::load
