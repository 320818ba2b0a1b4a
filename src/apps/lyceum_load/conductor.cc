#include "apps/lyceum_load/conductor.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace lyceum::apps::load {
namespace {

std::string error_text(const char* what) {
    return std::string(what) + ": " + std::generic_category().message(errno);
}

/// A worker process and the pipes to it. Ended with the object.
class worker_process {
public:
    static std::expected<worker_process, std::string> start(char** arguments, std::size_t index) {
        int to[2];
        int from[2];
        if (::pipe2(to, O_CLOEXEC) != 0 || ::pipe2(from, O_CLOEXEC) != 0)
            return std::unexpected(error_text("pipe"));
        std::vector<char*> line;
        for (char** a = arguments; *a != nullptr; ++a)
            line.push_back(*a);
        std::string number = std::to_string(index);
        std::string option = "--worker";
        line.push_back(option.data());
        line.push_back(number.data());
        line.push_back(nullptr);
        const auto pid = ::fork();
        if (pid < 0) return std::unexpected(error_text("fork"));
        if (pid == 0) {
            ::dup2(to[0], STDIN_FILENO);
            ::dup2(from[1], STDOUT_FILENO);
            ::execv("/proc/self/exe", line.data());
            ::_exit(127);
        }
        ::close(to[0]);
        ::close(from[1]);
        return worker_process(pid, to[1], ::fdopen(from[0], "r"));
    }
    worker_process(worker_process&& o) noexcept
        : pid_(std::exchange(o.pid_, -1)), to_(std::exchange(o.to_, -1)),
          from_(std::exchange(o.from_, nullptr)) {}
    worker_process& operator=(worker_process&&) = delete;
    ~worker_process() {
        if (pid_ < 0) return;
        ::close(to_); // its end
        std::fclose(from_);
        ::waitpid(pid_, nullptr, 0);
    }

    std::expected<tally, std::string> next() {
        char* line = nullptr;
        std::size_t room = 0;
        const auto size = ::getline(&line, &room, from_);
        const std::string text(line == nullptr ? "" : line,
                               size > 0 ? static_cast<std::size_t>(size) : 0);
        ::free(line);
        if (size <= 0) return std::unexpected("a worker process ended early");
        auto t = parse_tally(text);
        if (!t) return std::unexpected("a worker process said: " + text);
        return *std::move(t);
    }
    void go_on() const { [[maybe_unused]] const auto n = ::write(to_, "\n", 1); }
    [[nodiscard]] int pid() const { return pid_; }

private:
    worker_process(int pid, int to, std::FILE* from) : pid_(pid), to_(to), from_(from) {}
    int pid_;
    int to_;
    std::FILE* from_;
};

std::chrono::microseconds cpu_of_all(const std::vector<worker_process>& all) {
    std::chrono::microseconds sum{};
    for (const auto& w : all) {
        if (const auto u = look_at(w.pid())) sum += u->cpu;
    }
    return sum;
}

} // namespace

std::size_t raise_descriptors() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

std::expected<findings, std::string> conduct(const options& o, char** arguments) {
    std::signal(SIGPIPE, SIG_IGN);
    const auto look = [&] { return o.server_pid != 0 ? look_at(o.server_pid) : std::nullopt; };
    if (o.server_pid != 0 && !look())
        return std::unexpected("cannot look at process " + std::to_string(o.server_pid));
    findings f;
    std::vector<worker_process> all;
    all.reserve(o.processes);
    f.before = look();
    for (std::size_t i = 0; i < o.processes; ++i) {
        LYCEUM_TRY(auto w, worker_process::start(arguments, i));
        all.push_back(std::move(w));
    }
    for (auto& w : all) {
        LYCEUM_TRY(const auto t, w.next());
        f.signing_in.add(t);
    }
    f.signed_in = look();
    const auto own = cpu_of_all(all);
    for (const auto& w : all)
        w.go_on();
    // Who stays goes on until all others are back: is asked last.
    for (std::size_t i = all.size(); i-- > 0;) {
        auto& w = all[i];
        if (o.stays(i)) w.go_on();
        LYCEUM_TRY(const auto t, w.next());
        f.driving.add(t);
        if (o.drive != what::storm) continue;
        for (auto* const aside : {&f.quiet, &f.messages}) {
            LYCEUM_TRY(const auto more, w.next());
            if (!*aside) aside->emplace();
            (*aside)->add(more);
        }
    }
    f.after = look();
    f.own_cpu = cpu_of_all(all) - own;
    return f;
}

} // namespace lyceum::apps::load
