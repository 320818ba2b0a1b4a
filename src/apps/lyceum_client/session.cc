#include "apps/lyceum_client/session.h"

#include "apps/lyceum_client/agents.h"
#include "apps/lyceum_client/input.h"
#include "apps/terminal/printable.h"
#include "base/log/log.h"
#include "net/asio/engine.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace lyceum::apps::client {
namespace {

constexpr auto longest_pause = 30s;
constexpr auto farewell_patience = 3s;
/// Alarms of the session's own; programs' ids are below.
constexpr std::uint64_t reconnect_alarm = std::uint64_t{1} << 62U;
constexpr std::uint64_t farewell_alarm = reconnect_alarm + 1;

/// The endpoint on its shard. Everything but ask_to_end() and the like is called there.
class session final : public stage, public agents::listener {
public:
    session(net::shard& shard,
            net::links& links,
            const profile& p,
            program& what,
            teller& out,
            bool trace,
            int done)
        : agents_(shard, links, *this), profile_(p), program_(what), out_(out), trace_(trace),
          done_(done) {}

    [[nodiscard]] agents& events() { return agents_; }
    void begin() {
        agents_.add(profile_.account);
        agents_.wish(0, user_agent::wish::sign_in{});
        connect();
    }
    void interrupt() {
        if (finishing_) {
            end(code_);
        } else {
            finish(exit_code::ok);
        }
    }
    [[nodiscard]] exit_code code() const { return code_; }

    // stage
    void wish(user_agent::event e) override { agents_.wish(0, std::move(e)); }
    void alarm(std::chrono::nanoseconds after, std::uint64_t id) override {
        agents_.alarm_at(agents_.now() + after, id);
    }
    void finish(exit_code c) override {
        if (finishing_) return;
        finishing_ = true;
        code_ = c;
        if (!agents_.is_connected(0)) return end(c);
        alarm(farewell_patience, farewell_alarm);
        if (agents_.at(0).is_signed_in()) {
            wish(user_agent::wish::sign_out{});
        } else {
            agents_.hang_up(0);
        }
    }
    teller& out() override { return out_; }
    const sip::aor& self() const override { return profile_.account.aor; }

    // agents::listener
    void on_notice(agents::seat, const user_agent::action& a) override {
        if (std::holds_alternative<user_agent::notice::signed_in>(a)) {
            was_in_ = true;
            pause_ = 1s;
        }
        if (!ended_ && !(finishing_ && std::holds_alternative<user_agent::notice::signed_out>(a)))
            program_.on_notice(*this, a);
        if (const auto* failed = std::get_if<user_agent::notice::sign_in_failed>(&a)) {
            const bool passing = failed->status == 408 || failed->status / 100 == 5;
            if (passing && program_.stays() && !finishing_) {
                agents_.wish(0, user_agent::wish::sign_in{}); // once it is connected again
                agents_.hang_up(0);
            } else {
                finish(exit_code::refused);
            }
        }
        if (std::holds_alternative<user_agent::notice::signed_out>(a)) {
            if (finishing_) {
                agents_.hang_up(0);
            } else {
                finish(exit_code::refused); // the server's wish
            }
        }
    }
    void on_connected(agents::seat) override {}
    void on_closed(agents::seat, net::closed_why why) override {
        if (finishing_) return end(code_);
        std::string text =
            std::string("no connection to ") + profile_.server_name + ": " + net::name(why);
        if (why == net::closed_why::tls_failed) {
            text += " (its certificate has to name " + profile_.server.tls_name +
                    " and to be signed by " +
                    (profile_.ca.empty() ? "an authority that this system knows" : profile_.ca) +
                    ")";
        }
        if (!program_.stays()) {
            std::fprintf(stderr, "lyceum-client: %s\n", text.c_str());
            return end(was_in_ ? exit_code::lost : exit_code::unreachable);
        }
        out_.tell("not_connected",
                  {{"server", profile_.server_name}, {"why", net::name(why)}, {"text", text}},
                  text);
        // Back off, as who reconnects should. digest MS-CONMGMT 5
        alarm(pause_, reconnect_alarm);
        pause_ = std::min<std::chrono::seconds>(pause_ * 2, longest_pause);
    }
    void on_octets(agents::seat, bool out, std::string_view octets) override {
        if (!trace_) return;
        std::fprintf(stderr, "%s %zu octets\n", out ? ">>>>" : "<<<<", octets.size());
        std::fputs((terminal::printable(octets) + "\n----\n").c_str(), stderr);
    }
    void on_alarm(std::uint64_t id) override {
        if (ended_) return;
        if (id == reconnect_alarm) {
            if (!finishing_) connect();
        } else if (id == farewell_alarm) {
            end(code_);
        } else {
            program_.on_alarm(*this, id);
        }
    }

private:
    void connect() { agents_.connect(0, profile_.server); }
    void end(exit_code c) {
        if (std::exchange(ended_, true)) return;
        code_ = c;
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(done_, &one, sizeof one);
    }

    agents agents_;
    const profile& profile_;
    program& program_;
    teller& out_;
    bool trace_;
    int done_; ///< event descriptor: tells the main thread
    std::chrono::seconds pause_{1};
    exit_code code_ = exit_code::ok;
    bool finishing_ = false;
    bool ended_ = false;
    bool was_in_ = false;
};

/// Passes lines of input and signals on to the shard, until the session says that it is over.
void pump(net::shard& shard, session& s, program& what, int done, int signals) {
    line_cutter cutter;
    bool reads = what.wants_lines();
    for (;;) {
        std::array<pollfd, 3> waits{
            {{done, POLLIN, 0}, {signals, POLLIN, 0}, {reads ? STDIN_FILENO : -1, POLLIN, 0}}};
        if (::poll(waits.data(), waits.size(), -1) < 0) continue;
        if (waits[0].revents != 0) return;
        if (waits[1].revents != 0) {
            signalfd_siginfo which{};
            [[maybe_unused]] const auto n = ::read(signals, &which, sizeof which);
            shard.post(0, [&s] { s.interrupt(); });
        }
        if (!reads || waits[2].revents == 0) continue;
        std::array<char, 16384> buffer{};
        const auto n = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (n > 0) {
            auto lines = cutter.feed({buffer.data(), static_cast<std::size_t>(n)});
            shard.post(0, [&s, &what, lines = std::move(lines)]() mutable {
                for (auto& l : lines)
                    what.on_line(s, std::move(l));
            });
            continue;
        }
        reads = false;
        shard.post(0, [&s, &what, rest = cutter.rest()]() mutable {
            if (!rest.empty()) what.on_line(s, std::move(rest));
            what.on_input_end(s);
        });
    }
}

} // namespace

exit_code run(const profile& p, program& what, teller& out, bool trace) {
    // Every thread that is made from here on leaves these to the descriptor.
    sigset_t awaited;
    sigemptyset(&awaited);
    for (const int n : {SIGINT, SIGTERM})
        sigaddset(&awaited, n);
    pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
    log::set_level(log::level::error); // not before: the log has a thread, too
    const int signals = ::signalfd(-1, &awaited, SFD_CLOEXEC);
    const int done = ::eventfd(0, EFD_CLOEXEC);

    net::asio::settings settings;
    settings.pool_threads = 1;
    settings.tls.ca = p.ca;
    auto engine = net::asio::engine::make(settings, system_environment());
    if (!engine) {
        std::fprintf(stderr, "lyceum-client: %s\n", engine.error().c_str());
        return exit_code::usage;
    }
    session s((*engine)->shard(0), (*engine)->links(0), p, what, out, trace, done);
    (*engine)->set_events(0, s.events());
    (*engine)->run();
    (*engine)->shard(0).post(0, [&s] { s.begin(); });
    pump((*engine)->shard(0), s, what, done, signals);
    (*engine)->stop();
    ::close(done);
    ::close(signals);
    return s.code();
}

} // namespace lyceum::apps::client
