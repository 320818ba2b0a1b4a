#include "apps/lyceum/trace.h"

#include "apps/lyceum/connection.h"
#include "apps/lyceum/files.h"
#include "apps/lyceum/pcap.h"
#include "apps/terminal/printable.h"
#include "base/result.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

namespace lyceum::apps::console {
namespace {

volatile std::sig_atomic_t interrupted = 0;

/// Ctrl-C ends a trace as it is meant to end; a second one kills.
void end_on_interrupt() {
    struct sigaction action{};
    action.sa_handler = [](int) { interrupted = 1; };
    action.sa_flags = static_cast<int>(SA_RESETHAND); // and no SA_RESTART: the wait must end
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
}

/// The capture file: each record is in it when the call returns, so that cutting the trace off
/// costs nothing.
class capture {
public:
    capture() = default;
    ~capture() {
        if (fd_ >= 0) ::close(fd_);
    }
    capture(const capture&) = delete;
    capture& operator=(const capture&) = delete;

    /// Empty, and for nobody else to read, whatever was there before. The error is one clear line.
    [[nodiscard]] std::expected<void, std::string> open(const std::string& path) {
        // A link would lead a capture, and the rights that it gets, to a place of somebody else's
        // choice.
        fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd_ < 0 && errno == ELOOP)
            return std::unexpected(path + ": is a symbolic link; a capture goes to a file");
        struct stat is{};
        if (fd_ < 0 || ::fstat(fd_, &is) != 0) return std::unexpected(system_error(path));
        if (!S_ISREG(is.st_mode) && !S_ISFIFO(is.st_mode))
            return std::unexpected(path + ": is no file");
        if (is.st_uid != ::geteuid())
            return std::unexpected(path + ": belongs to somebody else, who could read the capture");
        if (::fchmod(fd_, 0600) != 0 || (S_ISREG(is.st_mode) && ::ftruncate(fd_, 0) != 0))
            return std::unexpected(system_error(path));
        return {};
    }
    [[nodiscard]] bool is_open() const { return fd_ >= 0; }
    [[nodiscard]] bool write(byte_view octets) const {
        return ::write(fd_, octets.data(), octets.size()) == static_cast<ssize_t>(octets.size());
    }

private:
    int fd_ = -1;
};

using admin::fail;

} // namespace

std::string for_people(const admin::trace_line& l) {
    std::string out = admin::time_text(l.time) + (l.incoming ? "  <<<  " : "  >>>  ") +
                      l.peer.text() + " " + l.transport + "\n";
    out += terminal::printable(l.text);
    if (!out.ends_with('\n')) out += '\n';
    return out + "\n";
}

std::expected<void, admin::failure> trace(const deployment::deployment& d, const trace_options& o) {
    if (const auto why = denied(d); !why.empty()) return fail("unavailable", why);
    auto server = running_server(d);
    if (!server) return fail("not_running", "no server answers at " + d.admin_socket());
    capture file;
    if (!o.pcap.empty()) {
        if (const auto opened = file.open(o.pcap); !opened) return fail("refused", opened.error());
        if (!file.write(pcap_head())) return fail("refused", system_error(o.pcap));
    }
    end_on_interrupt();
    admin::arguments a;
    a.texts["user"] = o.user;
    if (const auto begun = server->call("trace", a); !begun) return std::unexpected(begun.error());
    while (const auto line = server->next_line()) {
        const auto message = admin::read_trace_line(*line);
        const auto text = o.json ? *line + "\n" : message ? for_people(*message) : std::string();
        std::fwrite(text.data(), 1, text.size(), stdout);
        if (std::fflush(stdout) != 0) return {}; // nobody reads any more
        if (message && file.is_open() && !file.write(pcap_record(*message)))
            return fail("refused", system_error(o.pcap));
    }
    if (interrupted == 0) return fail("unavailable", "the server has ended the trace");
    return {};
}

} // namespace lyceum::apps::console
