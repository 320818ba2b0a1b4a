#include "apps/lyceum/trace.h"

#include "apps/lyceum/connection.h"
#include "apps/lyceum/files.h"
#include "apps/lyceum/pcap.h"
#include "base/text.h"

#include <fcntl.h>
#include <unistd.h>

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
    explicit capture(const std::string& path)
        : fd_(path.empty() ? -1
                           : ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
    }
    ~capture() {
        if (fd_ >= 0) ::close(fd_);
    }
    capture(const capture&) = delete;
    capture& operator=(const capture&) = delete;

    [[nodiscard]] bool is_open() const { return fd_ >= 0; }
    [[nodiscard]] bool write(byte_view octets) const {
        return ::write(fd_, octets.data(), octets.size()) == static_cast<ssize_t>(octets.size());
    }

private:
    int fd_;
};

std::unexpected<admin::failure> fail(std::string code, std::string message) {
    return std::unexpected(admin::failure{std::move(code), std::move(message)});
}

} // namespace

std::string for_people(const admin::trace_line& l) {
    std::string out = admin::time_text(l.time) + (l.incoming ? "  <<<  " : "  >>>  ") +
                      l.peer.text() + " " + l.transport + "\n";
    for (std::string_view rest = l.text; !rest.empty();) {
        auto line = split_first(rest, '\n');
        if (line.ends_with('\r')) line.remove_suffix(1);
        out.append(line).append("\n");
    }
    return out + "\n";
}

std::expected<void, admin::failure> trace(const deployment::deployment& d, const trace_options& o) {
    auto server = running_server(d);
    if (!server) return fail("not_running", "no server answers at " + d.admin_socket());
    const capture file(o.pcap);
    if (!o.pcap.empty() && !(file.is_open() && file.write(pcap_head())))
        return fail("refused", system_error(o.pcap));
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
