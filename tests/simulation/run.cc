#include "run.h"

#include "device.h"

#include <deque>

namespace lyceum::simulation {
namespace {

/// Longer than anything that is under way may last: timer C and its CANCEL, 64*T1, a wire that is
/// cut until a keep-alive finds out, the longest pause before a client comes back.
constexpr auto settling = 12min;

class game {
public:
    game(const plan& p, const std::function<void(const std::string&)>& trace)
        : plan_(p), trace_(trace), world_(p.seed, p.weather), server_(world_, p.shards) {
        begin_ = world_.now();
        for (std::size_t i = 0; i < p.devices.size(); ++i) {
            // Everybody has an account, whoever is left out of the replay.
            server_.add_user(p.devices[i].user);
            devices_.push_back(p.has(i) ? std::make_unique<device>(world_, p, i, ledger_)
                                        : nullptr);
            if (!devices_.back()) continue;
            if (devices_.back()->over_udp()) server_.trust(devices_.back()->host().address());
            if (trace_) devices_.back()->set_trace([this](const std::string& what) { tell(what); });
        }
        server_.start();
        world_.after_each([this] { check_always(); });
    }

    result play() {
        for (auto& d : devices_) {
            if (d) world_.at(world_.now() + world_.delay(), [x = d.get()] { x->power_on(); });
        }
        pass(5s);
        for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
            if (!plan_.plays(i)) continue;
            world_.at(world_.now() + plan_.steps[i].at, [this, i] { act(plan_.steps[i]); });
        }
        pass(plan_.length + 120s); // whatever lasts is over then
        if (well()) settle();
        if (well()) check_everybody_is_in();
        if (well()) check_messages_arrive();
        if (well()) check_lists();
        if (well()) check_presence();
        if (well()) check_nothing_is_left();
        return summary();
    }

private:
    [[nodiscard]] bool well() const { return !ledger_.violation(); }
    /// Lets time pass, but not beyond the first broken promise.
    void pass(std::chrono::nanoseconds span) {
        const auto until = world_.now() + span;
        while (well() && world_.now() < until)
            world_.run_for(std::min<std::chrono::nanoseconds>(until - world_.now(), 1s));
    }
    template <class F>
    void each(F f) {
        for (auto& d : devices_) {
            if (d) f(*d);
        }
    }
    void tell(const std::string& what) const {
        if (!trace_) return;
        const auto ms =
            std::chrono::duration_cast<std::chrono::milliseconds>(world_.now() - begin_);
        trace_(std::to_string(ms.count()) + " ms  " + what);
    }
    void later(std::int64_t ms, net::job f) {
        world_.at(world_.now() + std::chrono::milliseconds(ms), std::move(f));
    }
    void disturb_all() {
        each([](device& d) { d.disturb(); });
    }

    // ---- what happens

    void act(const step& s) {
        if (!well()) return;
        tell("== " + plan_.text(s).substr(plan_.text(s).find("  ") + 2));
        if (s.is_the_servers()) return act_on_server(s);
        auto& d = *devices_[s.who];
        switch (s.what) {
        case step::kind::power_off:
            d.disturb(std::chrono::milliseconds(s.amount));
            d.power_off();
            later(s.amount, [&d] { d.power_on(); });
            break;
        case step::kind::sign_out:
            d.disturb(); // it does not wait for answers
            d.sign_out();
            later(s.amount, [&d] { d.sign_in(); });
            break;
        case step::kind::reset:
            d.disturb();
            d.host().reset_connections();
            break;
        case step::kind::cut:
            d.disturb();
            d.host().cut_connections();
            // It does not know yet, and what it says until then gets no answer.
            cut_.insert_or_assign(s.who, d.sign_ins());
            break;
        case step::kind::half_close:
            d.disturb();
            d.host().finish_sending();
            break;
        case step::kind::stop_reading:
            d.disturb(std::chrono::milliseconds(s.amount));
            d.host().stop_reading();
            later(s.amount, [&d] { d.host().read_again(); });
            break;
        case step::kind::disable:
            disable(d.owner(), s.amount);
            break;
        case step::kind::set_password:
            set_password(d.owner(), s.amount);
            break;
        default:
            d.carry_out(s, aor_of(plan_.devices[s.other].user));
        }
    }

    template <class F>
    void each_of(const sip::aor& user, F f) {
        each([&](device& d) {
            if (d.owner() == user) f(d);
        });
    }

    void disable(const sip::aor& user, std::int64_t for_so_long) {
        const std::string name(user.user());
        if (disabled_.contains(name)) return;
        if (!server_.set_enabled(name, false)) return; // the store is down
        disabled_.emplace(name, world_.now());
        each_of(user, [](device& d) {
            d.disturb();
            d.set_welcome(false);
        });
        later(for_so_long, [this, user] { enable(user); });
    }
    void enable(const sip::aor& user) {
        const std::string name(user.user());
        if (!disabled_.contains(name)) return;
        if (!server_.set_enabled(name, true)) return later(5000, [this, user] { enable(user); });
        disabled_.erase(name);
        each_of(user, [](device& d) { d.set_welcome(true); });
    }

    void set_password(const sip::aor& user, std::int64_t until_typed) {
        const std::string name(user.user());
        const auto fresh = password_of(name) + " " + std::to_string(++passwords_);
        if (!server_.set_password(name, fresh)) return;
        newest_[user] = passwords_;
        each_of(user, [](device& d) {
            d.disturb();
            d.set_password_is_old();
        });
        later(until_typed, [this, user, fresh, number = passwords_] {
            if (newest_[user] != number) return; // it is old before anybody typed it
            each_of(user, [&](device& d) {
                d.disturb();
                d.type_password(fresh);
            });
        });
    }

    void act_on_server(const step& s) {
        switch (s.what) {
        case step::kind::reset_all:
            disturb_all();
            server_.host().reset_connections();
            break;
        case step::kind::restart:
            if (server_.is_up()) restart(s.amount);
            break;
        case step::kind::drain:
            if (!server_.is_up()) break;
            disturb_all();
            server_.drain();
            later(5000, [this, s, life = server_.lives()] {
                if (server_.is_up() && server_.lives() == life) restart(s.amount);
            });
            break;
        case step::kind::store_down:
            server_.set_store_down(true);
            later(s.amount, [this] { server_.set_store_down(false); });
            break;
        case step::kind::jump:
            world_.jump_wall(std::chrono::milliseconds(s.amount));
            break;
        default:
            break;
        }
    }

    void restart(std::int64_t down_for) {
        disturb_all();
        server_.kill();
        ledger_.server_died();
        later(down_for, [this] {
            disturb_all();
            server_.start();
        });
    }

    // ---- what has to hold

    /// After each thing that happens.
    void check_always() {
        // A cut connection is ill until the device has another.
        std::erase_if(cut_, [&](const auto& c) {
            devices_[c.first]->disturb();
            return devices_[c.first]->sign_ins() != c.second;
        });
        if (world_.happened() % 16 != 0) return;
        for (const auto& [name, since] : disabled_) {
            // A moment, for what is on its way between shards.
            if (world_.now() > since + 1s && server_.endpoints_of(name) != 0)
                ledger_.fail(name + " is registered, but disabled");
        }
        const auto c = server_.now();
        most_ = std::max(most_, c.sum());
        // What is under way is what people do within a few minutes, times the places it goes to.
        const auto bound = 400 + 60 * devices_.size() + 24 * recently_offered();
        if (c.transient() > bound) {
            ledger_.fail("too much is under way: " + c.text() + "; the bound is " +
                         std::to_string(bound));
        }
        const auto connections = server_.host().connections();
        if (c.flows > connections + std::size_t{64} * plan_.shards) {
            ledger_.fail("more flows than connections: " + c.text() +
                         "; connections: " + std::to_string(connections));
        }
        // What a connection leaves behind goes with it, but on another shard a moment later.
        if (c.associations > connections + std::size_t{64} * plan_.shards)
            ledger_.fail("more associations than connections: " + c.text());
        if (c.subscriptions > 12 * devices_.size() + 16)
            ledger_.fail("more subscriptions than there can be: " + c.text());
    }
    std::size_t recently_offered() {
        offers_.emplace_back(world_.now(), ledger_.offered());
        while (offers_.front().first + 6min < world_.now())
            offers_.pop_front();
        return offers_.back().second - offers_.front().second;
    }

    void settle() {
        tell("== the weather clears");
        world_.set_weather({});
        server_.set_store_down(false);
        if (!server_.is_up()) server_.start();
        each([](device& d) {
            d.host().read_again();
            if (!d.is_on()) d.power_on();
            d.sign_in();
        });
        pass(settling);
    }

    void check_everybody_is_in() {
        each([&](const device& d) {
            if (!d.is_signed_in()) {
                ledger_.fail(d.name() + " is not signed in, though all is well; " +
                             d.last_trouble());
            }
        });
        // A phone's refresh over UDP is kept for 32 s, in case it is repeated. RFC 3261 17.2.2
        const auto c = server_.now();
        std::size_t phones = 0;
        each([&](const device& d) { phones += d.over_udp() ? 1U : 0U; });
        if (c.transient() > phones)
            ledger_.fail("nothing is under way, but " + c.text() + " are kept");
        ledger_.check_outcomes();
    }

    /// Each writes to the next one, and all of it arrives.
    void check_messages_arrive() {
        tell("== probes");
        std::vector<std::pair<const device*, ledger::id>> sent;
        device* before = devices_.empty() ? nullptr : devices_.back().get();
        each([&](device& d) {
            if (before != nullptr) sent.emplace_back(&d, d.probe(before->owner()));
            before = &d;
        });
        pass(1min);
        for (const auto& [d, id] : sent) {
            if (!ledger_.is_delivered(id))
                ledger_.fail("all is well, but a message of " + d->name() + " was not delivered");
        }
    }

    void check_lists() {
        each([&](const device& d) {
            const auto list = server_.store().contacts().load(d.owner());
            if (!list) return;
            std::set<std::string> stored;
            std::set<std::string> shown;
            for (const auto& c : list->contacts)
                stored.insert(c.uri);
            ledger_.check_contacts(d.owner(), stored);
            if (d.over_udp()) return;
            if (!d.contacts()) return ledger_.fail(d.name() + " does not know its contacts");
            for (const auto& c : d.contacts()->contacts)
                shown.insert(c.uri);
            if (shown != stored) {
                ledger_.fail(d.name() + " shows " + std::to_string(shown.size()) +
                             " contacts, the store has " + std::to_string(stored.size()));
            }
        });
    }

    void check_presence() {
        compare_presence();
        // Every second user leaves, with all devices; the others see it.
        tell("== some leave");
        each([&](device& d) {
            if (std::hash<std::string>{}(d.owner().text()) % 2 == 0) d.sign_out();
        });
        pass(30s);
        compare_presence();
    }
    void compare_presence() {
        std::map<std::string, bool> online;
        each([&](const device& d) {
            if (!d.over_udp()) online[std::string(d.owner().user())] |= d.is_signed_in();
        });
        each([&](const device& d) {
            if (!d.is_signed_in() || d.over_udp()) return;
            for (const auto& whom : d.watches()) {
                const auto it = online.find(whom);
                if (it == online.end()) continue; // left out of the replay, or a phone
                const auto seen = d.sees(whom).value_or(false);
                if (seen != it->second) {
                    ledger_.fail(d.name() + " sees " + whom + (seen ? " online" : " offline") +
                                 ", which is wrong");
                }
            }
        });
    }

    void check_nothing_is_left() {
        tell("== everybody leaves");
        each([](device& d) { d.sign_out(); });
        pass(1min);
        ledger_.check_outcomes();
        each([](device& d) { d.power_off(); });
        pass(settling);
        auto c = server_.now();
        if (well() && c.sum() != 0)
            ledger_.fail("everybody has left, but " + c.text() + " are kept");
        pass(13h); // the longest: a subscription's, an association's
        if (well() && server_.timers() != 0) {
            ledger_.fail("everybody has left, but " + std::to_string(server_.timers()) +
                         " timers are kept");
        }
    }

    result summary() {
        result r;
        r.violation = ledger_.violation();
        r.at = world_.now() - begin_;
        r.fingerprint = world_.fingerprint();
        r.happened = world_.happened();
        r.offered = ledger_.offered();
        r.delivered = ledger_.deliveries();
        r.changes = ledger_.changes();
        each([&](const device& d) { r.sign_ins += d.sign_ins(); });
        r.most_objects = most_;
        r.lives = server_.lives();
        return r;
    }

    const plan& plan_;
    const std::function<void(const std::string&)>& trace_;
    net::sim::world world_;
    server server_;
    ledger ledger_;
    std::vector<std::unique_ptr<device>> devices_;
    instant begin_;
    std::map<std::string, instant> disabled_; ///< users, and since when
    unsigned passwords_ = 0;                  ///< that the administrator has set
    std::map<sip::aor, unsigned> newest_;     ///< each user's, by its number
    std::map<std::size_t, std::size_t> cut_;  ///< devices whose connection is, and their sign-ins
    std::deque<std::pair<instant, std::size_t>> offers_;
    std::size_t most_ = 0;
};

} // namespace

result run(const plan& p, const std::function<void(const std::string&)>& trace) {
    return game(p, trace).play();
}

} // namespace lyceum::simulation
