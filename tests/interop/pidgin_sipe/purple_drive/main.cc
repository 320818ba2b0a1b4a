// A libpurple client without windows: commands on stdin, one JSON object per event on stdout.
// See ../README.md.

#include "command.h"
#include "core.h"
#include "debug_log.h"
#include "event.h"
#include "sax1_probe.h"
#include "session.h"
#include "waiting.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <unistd.h>

#include <array>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>

namespace purple_drive {
namespace {

struct options {
    std::string dir;
    std::string ca_dir;
    std::string debug;
    bool keep = false;
};

std::optional<options> parse(int argc, char** argv) {
    options out;
    for (int i = 1; i < argc; ++i) {
        const std::string_view name = argv[i];
        const bool has_value = i + 1 < argc;
        if (name == "--keep") {
            out.keep = true;
        } else if (name == "--stay") {
            the_session().stay = true;
        } else if (name == "--strict") {
            the_session().strict = true;
        } else if (name == "--dir" && has_value) {
            out.dir = argv[++i];
        } else if (name == "--ca-dir" && has_value) {
            out.ca_dir = argv[++i];
        } else if (name == "--debug" && has_value) {
            out.debug = argv[++i];
        } else {
            return std::nullopt;
        }
    }
    return out;
}

/// The user directory, and whether it is to be removed at the end.
class user_directory {
public:
    explicit user_directory(const options& o) : path_(o.dir) {
        if (path_.empty()) {
            std::string pattern = std::filesystem::temp_directory_path() / "purple_drive_XXXXXX";
            path_ = mkdtemp(pattern.data()) == nullptr ? std::string() : pattern;
            temporary_ = !o.keep && !path_.empty();
        } else {
            std::error_code ignored;
            std::filesystem::create_directories(path_, ignored);
        }
    }
    user_directory(const user_directory&) = delete;
    user_directory& operator=(const user_directory&) = delete;
    ~user_directory() {
        std::error_code ignored;
        if (temporary_) std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
    bool temporary_ = false;
};

gboolean on_terminate(gpointer) {
    quit();
    return G_SOURCE_CONTINUE;
}

gboolean on_stdin(gint fd, GIOCondition, gpointer) {
    static std::string pending;
    std::array<char, 4096> buffer{};
    const ssize_t got = read(fd, buffer.data(), buffer.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return G_SOURCE_CONTINUE;
    pending.append(buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
        enqueue_line(pending.substr(0, end));
        pending.erase(0, end + 1);
    }
    if (got <= 0) {
        if (!pending.empty()) enqueue_line(std::move(pending));
        end_of_lines();
    }
    run_lines();
    return got > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/// stdout is for events alone; what libraries print there goes to stderr.
std::FILE* take_stdout() {
    const int own = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    return fdopen(own, "w");
}

void prepare_environment() {
    g_setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
    g_setenv("LC_ALL", "C.UTF-8", TRUE);
    g_unsetenv("LANGUAGE");
    std::setlocale(LC_ALL, "C.UTF-8"); // NOLINT(concurrency-mt-unsafe): no other thread yet
    std::signal(SIGPIPE, SIG_IGN);
}

void announce(const std::string& user_dir) {
    const auto* sipe = purple_find_prpl("prpl-sipe");
    event("ready")
        .text("libpurple", purple_core_get_version())
        .text("sipe", sipe == nullptr ? nullptr : sipe->info->version)
        .text("libxml2_sax1", probe_sax1())
        .text("dir", user_dir)
        .send();
}

int run(const options& o) {
    the_journal().open(take_stdout());
    prepare_environment();
    // An unknown certificate is refused unless a script says otherwise: nobody looks at it.
    the_session().policies["certificate"] = answer_policy::reject;
    const user_directory dir(o);
    if (dir.path().empty() || (!o.debug.empty() && !start_debug_log(o.debug)) ||
        !start_libpurple(dir.path(), o.ca_dir)) {
        std::fputs("purple_drive: libpurple would not start\n", stderr);
        return 2;
    }
    waiting::install();
    announce(dir.path());

    GMainLoop* loop = g_main_loop_new(nullptr, FALSE);
    the_session().loop = loop;
    g_unix_signal_add(SIGINT, on_terminate, nullptr);
    g_unix_signal_add(SIGTERM, on_terminate, nullptr);
    g_unix_fd_add(
        STDIN_FILENO, as_flags<GIOCondition>(G_IO_IN | G_IO_HUP | G_IO_ERR), on_stdin, nullptr);
    g_main_loop_run(loop);

    event("quit").number("failures", the_session().failures).send();
    purple_core_quit();
    return the_session().failures == 0 ? 0 : 1;
}

} // namespace
} // namespace purple_drive

int main(int argc, char** argv) {
    const auto options = purple_drive::parse(argc, argv);
    if (!options) {
        std::fputs("usage: purple_drive [--dir DIR] [--keep] [--ca-dir DIR] [--debug FILE|-] "
                   "[--stay] [--strict]\n"
                   "commands on stdin, one JSON object per event on stdout\n",
                   stderr);
        return 2;
    }
    return purple_drive::run(*options);
}
