#include "apps/lyceumd/process_metrics.h"

#include "base/log/log.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

namespace lyceum::apps::server {
namespace {

double no_number() {
    return std::nan("");
}

/// The n-th number of /proc/self/statm, which counts pages. proc(5)
double memory(int n) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/statm", "re"),
                                                               &std::fclose);
    if (!file) return no_number();
    unsigned long pages = 0;
    for (int i = 0; i <= n; ++i) {
        if (std::fscanf(file.get(), "%lu", &pages) != 1) return no_number();
    }
    return static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double cpu_seconds() {
    rusage used{};
    if (::getrusage(RUSAGE_SELF, &used) != 0) return no_number();
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double open_descriptors() {
    std::error_code failed;
    double n = -1; // the folder's own
    for (std::filesystem::directory_iterator at("/proc/self/fd", failed), end; !failed && at != end;
         at.increment(failed))
        ++n;
    return failed ? no_number() : n;
}

double most_descriptors() {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur)
                                                   : no_number();
}

} // namespace

void show_process(metrics::registry& r, wall_instant started) {
    r.show_gauge(
        "process_resident_memory_bytes", "Memory that is in use", [] { return memory(1); });
    r.show_gauge(
        "process_virtual_memory_bytes", "Memory that is reserved", [] { return memory(0); });
    r.show_counter("process_cpu_seconds_total", "CPU time used, user and system", cpu_seconds);
    r.show_gauge("process_open_fds", "Descriptors that are open", open_descriptors);
    r.show_gauge("process_max_fds", "Descriptors that may be open", most_descriptors);
    r.show_gauge(
        "process_start_time_seconds", "When the process began, in seconds since 1970", [started] {
            return std::chrono::duration<double>(started.time_since_epoch()).count();
        });
    r.show_counter("lyceum_log_dropped_total", "Events that the log has lost", [] {
        return static_cast<double>(log::dropped());
    });
    r.make_gauge(
         "lyceum_build_info", "1; the label says the version", {{"version", LYCEUM_VERSION}})
        .set(1);
}

} // namespace lyceum::apps::server
