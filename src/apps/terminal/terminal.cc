#include "apps/terminal/terminal.h"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace lyceum::apps::terminal {
namespace {

constexpr std::size_t longest = 4096;

/// What would end or stop the program in the middle of a question.
constexpr std::array ends{SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP};

// A handler reaches nothing else.
termios loud{};  ///< the terminal as it was
termios quiet{}; ///< the same without echo
volatile std::sig_atomic_t is_quiet = 0;
std::array<struct sigaction, ends.size()> before{};

/// What was typed meanwhile is forgotten: it must not show, or reach a shell.
void set_terminal(const termios& t) {
    while (::tcsetattr(STDIN_FILENO, TCSAFLUSH, &t) != 0 && errno == EINTR) {
    }
}

/// The terminal as it was, then what the signal does without us; who comes back from Ctrl-Z is
/// asked on. Calls only what POSIX lists as safe in a handler (2.4.3 of its System Interfaces).
void on_signal(int number) {
    const int error = errno;
    set_terminal(loud);
    std::size_t at = 0;
    while (ends[at] != number)
        ++at;
    struct sigaction ours{};
    ::sigaction(number, &before[at], &ours);
    ::raise(number);
    sigset_t it;
    sigset_t others;
    sigemptyset(&it);
    sigaddset(&it, number);
    ::pthread_sigmask(SIG_UNBLOCK, &it, &others); // happens here
    ::pthread_sigmask(SIG_SETMASK, &others, nullptr);
    ::sigaction(number, &ours, nullptr);
    if (is_quiet != 0) set_terminal(quiet);
    errno = error;
}

} // namespace

std::expected<std::string, std::string> line_of_input(const char* what) {
    std::string line;
    char c = 0;
    bool is_ended = false; // by a line feed
    for (;;) {
        const auto n = ::read(STDIN_FILENO, &c, 1);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            return std::unexpected("standard input: " + std::generic_category().message(errno));
        is_ended = n != 0 && c == '\n';
        if (n == 0 || is_ended) break;
        line += c;
        if (line.size() > longest)
            return std::unexpected(std::string("the ") + what + " is too long");
    }
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() && is_ended) return std::unexpected(std::string("the ") + what + " is empty");
    if (line.empty())
        return std::unexpected(std::string("there is no ") + what + " on standard input");
    return line;
}

no_echo::no_echo() {
    if (::tcgetattr(STDIN_FILENO, &loud) != 0) return;
    done_ = true;
    quiet = loud;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    is_quiet = 1;
    struct sigaction ours{};
    ours.sa_handler = on_signal;
    ours.sa_flags = SA_RESTART;
    for (std::size_t i = 0; i < ends.size(); ++i) {
        ::sigaction(ends[i], nullptr, &before[i]);
        // Who ignores a signal (nohup) goes on doing so.
        if (before[i].sa_handler != SIG_IGN) ::sigaction(ends[i], &ours, nullptr);
    }
    set_terminal(quiet);
}

no_echo::~no_echo() {
    if (!done_) return;
    is_quiet = 0;
    set_terminal(loud);
    for (std::size_t i = 0; i < ends.size(); ++i)
        ::sigaction(ends[i], &before[i], nullptr);
}

} // namespace lyceum::apps::terminal
