#include "apps/deployment/deployment.h"
#include "apps/lyceumd/server.h"
#include "base/log/log.h"

#include <csignal>
#include <cstdio>
#include <cstring>

namespace {

constexpr int cannot_start = 1;
constexpr int bad_usage = 2;

int usage(std::FILE* to, int code) {
    std::fputs("lyceumd --config FILE   runs the server that FILE (lyceum.toml) describes\n"
               "lyceumd --version\n\n"
               "Prints `lyceum: ready` when every listener accepts. SIGTERM and SIGINT drain and "
               "stop it,\n"
               "SIGHUP reopens the log and reads the certificates again.\n"
               "Exit codes: 0 stopped by a signal, 1 could not start, 2 wrong arguments.\n",
               to);
    return code;
}

int wrong(const char* how, const char* argument) {
    std::fprintf(stderr, "lyceumd: %s %s\n\n", how, argument);
    return usage(stderr, bad_usage);
}

} // namespace

int main(int argc, char** argv) {
    const char* config = nullptr;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--version") == 0) {
            std::puts("lyceumd " LYCEUM_VERSION);
            return 0;
        }
        if (std::strcmp(argv[i], "--help") == 0) return usage(stdout, 0);
        if (std::strcmp(argv[i], "--config") == 0 && i + 1 < argc) {
            config = argv[++i];
        } else if (std::strncmp(argv[i], "--config=", 9) == 0) {
            config = argv[i] + 9;
        } else {
            const bool known = std::strcmp(argv[i], "--config") == 0;
            return wrong(known ? "there is no file after" : "there is no such argument:", argv[i]);
        }
    }
    if (config == nullptr) return wrong("an argument is missing:", "--config FILE");
    if (*config == '\0') return wrong("must not be empty:", "--config");

    // Every thread that is made from here on leaves these to sigwait below.
    sigset_t awaited;
    sigemptyset(&awaited);
    for (const int s : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&awaited, s);
    pthread_sigmask(SIG_BLOCK, &awaited, nullptr);

    const auto settings = lyceum::apps::deployment::load(config);
    if (!settings) {
        std::fprintf(stderr, "lyceumd: %s\n", settings.error().c_str());
        return cannot_start;
    }
    auto server = lyceum::apps::server::server::start(*settings);
    if (!server) {
        lyceum::log::flush();
        std::fprintf(stderr, "lyceumd: %s\n", server.error().c_str());
        return cannot_start;
    }
    std::puts("lyceum: ready");
    std::fflush(stdout);

    for (int signal = 0; sigwait(&awaited, &signal) == 0 && signal == SIGHUP;)
        (void)(*server)->reload(); // the log tells what failed
    (*server)->drain_and_stop();
    lyceum::log::write(lyceum::log::level::info, "lyceumd", "stopped");
    lyceum::log::flush();
    return 0;
}
