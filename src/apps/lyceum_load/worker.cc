#include "apps/lyceum_load/worker.h"

#include "apps/lyceum_client/agents.h"
#include "apps/lyceum_load/report.h"
#include "net/asio/engine.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <deque>
#include <future>

namespace lyceum::apps::load {
namespace {

using client::agents;
namespace notice = user_agent::notice;
namespace wish = user_agent::wish;

constexpr auto beat = 2ms;          ///< how often what is due is started
constexpr auto give_up_after = 40s; ///< after the last operation began: transactions end by then
constexpr std::uint64_t signing_in_beat = 1;
constexpr std::uint64_t driving_beat = 2;

/// A device of its own for each endpoint of a user.
std::string epid_of(std::size_t number) {
    char text[32];
    std::snprintf(text, sizeof text, "10ad%06llx", static_cast<unsigned long long>(number));
    return text;
}

/// The endpoints of one process and what they do. On the shard's thread.
class crowd final : public agents::listener {
public:
    crowd(net::shard& shard, net::links& links, const options& o, std::size_t index)
        : agents_(shard, links, *this), options_(o), slice_(o.of_process(index)), index_(index) {}

    [[nodiscard]] agents& events() { return agents_; }
    /// Signs everybody in; then tells the tally by the promise.
    void sign_in(std::promise<tally>& done) {
        done_ = &done;
        begun_ = agents_.now();
        for (std::size_t i = 0; i < slice_.count; ++i) {
            agents_.add(account(slice_.first + i));
            seats_.emplace_back();
        }
        rate_ = options_.sign_in_rate / static_cast<double>(options_.processes);
        signing_in_ = true;
        on_alarm(signing_in_beat);
    }
    void drive(std::promise<tally>& done) {
        done_ = &done;
        signing_in_ = false;
        driving_ = true;
        tally_ = {};
        started_ = 0;
        begun_ = agents_.now();
        rate_ = options_.rate / static_cast<double>(options_.processes);
        for (agents::seat s = 0; s < seats_.size(); ++s) {
            if (seats_[s].in && (options_.drive != what::relay || s % 2 == 0)) idle_.push_back(s);
        }
        on_alarm(driving_beat);
    }

    // agents::listener
    void on_notice(agents::seat s, const user_agent::action& a) override {
        auto& x = seats_[s];
        if (const auto* in = std::get_if<notice::signed_in>(&a)) {
            if (in->anew) {
                x.in = true;
                finish(s);
            } else if (driving_ &&
                       (options_.drive == what::sign_in || options_.drive == what::refresh)) {
                finish(s);
            }
        } else if (const auto* failed = std::get_if<notice::sign_in_failed>(&a)) {
            x.in = false;
            fail(s, std::to_string(failed->status));
        } else if (std::holds_alternative<notice::signed_out>(a)) {
            x.in = false;
            fail(s, "expelled");
        } else if (std::holds_alternative<notice::delivered>(a)) {
            finish(s);
        } else if (const auto* un = std::get_if<notice::undelivered>(&a)) {
            fail(s, std::to_string(un->status));
        } else if (std::holds_alternative<notice::discarded>(a)) {
            ++tally_.errors["discarded"];
        }
    }
    void on_connected(agents::seat) override {}
    void on_closed(agents::seat s, net::closed_why why) override {
        seats_[s].in = false;
        fail(s, net::name(why));
    }
    void on_alarm(std::uint64_t id) override {
        if (done_ == nullptr) return;
        const auto now = agents_.now();
        if (id == signing_in_beat && signing_in_) {
            const auto due = due_by(now, seats_.size());
            for (; started_ < due; ++started_)
                begin_sign_in(started_);
            if (started_ == seats_.size() && pending_ == 0) return report(now);
        } else if (id == driving_beat && driving_) {
            const bool over = now >= begun_ + options_.span;
            if (!over) start_operations(now);
            if (over && (pending_ == 0 || now >= begun_ + options_.span + give_up_after))
                return report(now);
        } else {
            return;
        }
        agents_.alarm_at(now + beat, id);
    }

private:
    struct seat_state {
        bool in = false;
        bool busy = false;
        instant since; ///< when the operation was due
    };

    user_agent::account account(std::size_t number) const {
        const auto& u = options_.users[number % options_.users.size()];
        user_agent::account a;
        a.aor = u.user;
        a.authenticate = options_.is_signed;
        if (a.authenticate) {
            a.login = user_agent::identity_of(u.user.user(), u.password).value_or(ntlm::identity());
        }
        a.epid = epid_of(number);
        return a;
    }

    /// How many operations are due by now.
    std::uint64_t due_by(instant now, std::uint64_t most) const {
        const auto seconds = std::chrono::duration<double>(now - begun_).count();
        return std::min(most, static_cast<std::uint64_t>(seconds * rate_) + 1);
    }
    instant due_at(std::uint64_t number) const {
        return begun_ + std::chrono::nanoseconds(
                            static_cast<std::int64_t>(static_cast<double>(number) / rate_ * 1e9));
    }

    void begin_sign_in(agents::seat s) {
        occupy(s, agents_.now());
        const auto& to = options_.servers[(slice_.first + s) % options_.servers.size()];
        agents_.wish(s, wish::sign_in{});
        agents_.connect(
            s,
            to,
            {options_.local.address, static_cast<std::uint16_t>(options_.local.port + index_)});
    }

    void start_operations(instant now) {
        if (options_.drive == what::idle) return;
        if (rate_ <= 0) { // each as soon as the last is done
            for (auto n = idle_.size(); n > 0; --n)
                start_next(now);
            return;
        }
        const auto due = due_by(now, std::numeric_limits<std::uint64_t>::max());
        // Late ones are measured from when they were due: a slow server cannot hide behind its
        // slowness.
        while (started_ < due && !idle_.empty()) {
            start_next(due_at(started_));
            ++started_;
        }
        tally_.not_started = due > started_ ? due - started_ : 0;
    }
    void start_next(instant due) {
        const auto s = idle_.front();
        idle_.pop_front();
        if (!seats_[s].in) return;
        occupy(s, due);
        switch (options_.drive) {
        case what::sign_in:
            agents_.wish(s, wish::renew{});
            break;
        case what::refresh:
            agents_.wish(s, wish::refresh{});
            break;
        case what::relay:
            agents_.wish(s,
                         wish::page{s, agents_.at(s + 1 < seats_.size() ? s + 1 : 0).aor(), text_});
            break;
        case what::idle:
            break;
        }
    }

    void occupy(agents::seat s, instant since) {
        seats_[s].busy = true;
        seats_[s].since = since;
        ++pending_;
    }
    /// False when nothing was under way.
    bool release(agents::seat s) {
        if (!std::exchange(seats_[s].busy, false)) return false;
        --pending_;
        if (driving_ && seats_[s].in) idle_.push_back(s);
        return true;
    }
    void finish(agents::seat s) {
        const auto since = seats_[s].since;
        if (!release(s)) return;
        const auto now = agents_.now();
        ++tally_.done;
        tally_.latency.add(now - since);
        if (driving_ && rate_ <= 0 && now < begun_ + options_.span && !idle_.empty())
            start_next(now);
    }
    void fail(agents::seat s, const std::string& code) {
        if (release(s) || driving_) ++tally_.errors[code];
    }
    void report(instant now) {
        tally_.span = driving_ ? std::min<std::chrono::nanoseconds>(now - begun_, options_.span)
                               : now - begun_;
        std::exchange(done_, nullptr)->set_value(tally_);
    }

    agents agents_;
    const options& options_;
    options::slice slice_;
    std::size_t index_;
    std::vector<seat_state> seats_;
    std::deque<agents::seat> idle_;
    std::string text_ = std::string(100, 'x'); ///< a message of usual length
    std::promise<tally>* done_ = nullptr;
    tally tally_;
    instant begun_;
    double rate_ = 0;
    std::uint64_t started_ = 0;
    std::size_t pending_ = 0;
    bool signing_in_ = false;
    bool driving_ = false;
};

void tell(const tally& t) {
    const auto line = to_line(t) + "\n";
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fflush(stdout);
}

} // namespace

int run_worker(const options& o, std::size_t index) {
    net::asio::settings settings;
    settings.pool_threads = 1;
    settings.max_connections = o.connections + 16;
    settings.handshake_patience = 60s;
    settings.tls.ca = o.ca;
    auto engine = net::asio::engine::make(settings, system_environment());
    if (!engine) {
        std::fprintf(stderr, "lyceum-load: %s\n", engine.error().c_str());
        return 3;
    }
    if (o.servers.front().kind == net::transport::udp) {
        const ip_endpoint at{o.local.address, static_cast<std::uint16_t>(o.local.port + index)};
        const auto listening =
            (*engine)->listen({net::transport::udp, net::audience::trusted, at, false});
        if (!listening) {
            std::fprintf(stderr, "lyceum-load: %s\n", listening.error().c_str());
            return 3;
        }
    }
    crowd all((*engine)->shard(0), (*engine)->links(0), o, index);
    (*engine)->set_events(0, all.events());
    (*engine)->run();

    std::promise<tally> signed_in;
    (*engine)->shard(0).post(0, [&] { all.sign_in(signed_in); });
    tell(signed_in.get_future().get());
    char c = 0;
    if (::read(STDIN_FILENO, &c, 1) == 1) {
        std::promise<tally> driven;
        (*engine)->shard(0).post(0, [&] { all.drive(driven); });
        tell(driven.get_future().get());
        while (::read(STDIN_FILENO, &c, 1) == 1) {
        }
    }
    (*engine)->stop();
    return 0;
}

} // namespace lyceum::apps::load
