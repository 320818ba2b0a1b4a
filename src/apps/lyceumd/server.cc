#include "apps/lyceumd/server.h"

#include "apps/lyceumd/admin_socket.h"
#include "apps/lyceumd/descriptors.h"
#include "apps/lyceumd/endpoints_command.h"
#include "apps/lyceumd/metrics_server.h"
#include "apps/lyceumd/process_metrics.h"
#include "apps/lyceumd/trace_hub.h"
#include "apps/signalling/front_end.h"
#include "base/log/log.h"
#include "base/text.h"
#include "credentials/builtin/key_trial.h"
#include "credentials/builtin/verifier.h"
#include "net/asio/engine.h"
#include "net/cares/service.h"
#include "store/soci/soci_store.h"

#include <boost/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <future>
#include <system_error>
#include <thread>

namespace lyceum::apps::server {
namespace {

namespace json = boost::json;
using signalling::front_end;
namespace folder = apps::deployment; // the data folder: its settings and its lock

log::level level_of(const std::string& name) {
    if (name == "trace") return log::level::trace;
    if (name == "debug") return log::level::debug;
    if (name == "warn") return log::level::warn;
    return name == "error" ? log::level::error : log::level::info;
}

net::asio::settings engine_settings_of(const folder::deployment& d) {
    net::asio::settings s;
    s.shards = folder::shard_count(d);
    s.pool_threads = d.server.pool_threads;
    s.pool_queue = d.server.pool_queue;
    s.mailbox = d.server.mailbox;
    s.max_connections = d.sip.max_connections;
    s.max_per_address = d.sip.max_per_address;
    s.max_queued = d.sip.max_queued;
    s.handshake_patience = d.sip.handshake_patience;
    s.tls = {d.path(d.tls.certificate), d.path(d.tls.key), d.path(d.tls.ca), d.tls.min_version};
    return s;
}

net::cares::settings dns_settings_of(const folder::deployment& d) {
    net::cares::settings s;
    s.nameservers = d.dns.nameservers;
    s.patience = d.dns.patience;
    s.attempt = std::min(s.attempt, d.dns.patience); // a second server gets its chance, too
    return s;
}

class running_server final : public server, public admin::changes {
    [[nodiscard]] unsigned shards() const { return static_cast<unsigned>(front_ends_.size()); }

    /// Runs f on that shard and waits for what it gives. Never from a shard's own thread.
    template <class F>
    auto ask(unsigned shard, F f) {
        std::promise<decltype(f(*front_ends_[shard]))> promise;
        auto answer = promise.get_future();
        while (!engine_->shard(shard).post(shard,
                                           [&] { promise.set_value(f(*front_ends_[shard])); })) {
            std::this_thread::sleep_until(std::chrono::steady_clock::now() + 1ms);
        }
        return answer.get();
    }
    template <class F>
    void everywhere(F f) {
        for (unsigned i = 0; i < shards(); ++i) {
            ask(i, [&](front_end& x) {
                f(x);
                return 0;
            });
        }
    }

public:
    explicit running_server(folder::deployment d)
        : settings_(std::move(d)), trace_(system_environment()) {}

    ~running_server() override { stop(); }

    std::expected<void, std::string> open();
    /// With another deployment's key every sign-in would be answered 503.
    std::expected<void, std::string> try_sealing_key();

    std::expected<std::vector<std::string>, std::string> reload() override;

    void drain_and_stop() override {
        log::write(log::level::info, "lyceumd", "draining");
        everywhere([](front_end& f) { f.stack().drain(); });
        for (unsigned i = 0; i < shards(); ++i) {
            ask(i, [&](front_end&) {
                engine_->links(i).stop_listening();
                return 0;
            });
        }
        const auto until = system_environment().now() + settings_.server.drain_patience;
        while (system_environment().now() < until && under_way() != 0) {
            std::this_thread::sleep_until(std::chrono::steady_clock::now() + 50ms);
        }
        stop();
    }

    // admin::changes: durable already; the shards hear of it before the administrator gets the
    // answer. The log tells those who ask later.
    void user_added(const people::user& u) override {
        log::write(log::level::info, "lyceumd", "user_added", {{"user", u.aor.text()}});
        put(u);
    }
    void user_changed(const people::user& u) override {
        log::write(log::level::info, "lyceumd", "user_changed", {{"user", u.aor.text()}});
        put(u);
    }
    void user_disabled(const people::user& u) override {
        log::write(log::level::info, "lyceumd", "user_disabled", {{"user", u.aor.text()}});
        put(u);
        expel(u.aor, "rejected", diagnostics::id::user_disabled, false);
    }
    void user_removed(const sip::aor& u) override {
        log::write(log::level::info, "lyceumd", "user_removed", {{"user", u.text()}});
        expel(u, "rejected", diagnostics::id::user_disabled, true);
    }
    void password_set(const sip::aor& u) override {
        log::write(log::level::info, "lyceumd", "password_set", {{"user", u.text()}});
        expel(u, "rejected", diagnostics::id::final_handshake_failed, false);
    }
    void trusted_changed(const std::vector<store::trusted_peer>& which,
                         admin::trust how,
                         const std::vector<store::trusted_peer>& all) override {
        for (const auto& t : which) {
            log::write(log::level::info,
                       "lyceumd",
                       "trusted_changed",
                       {{"peer", t.host},
                        {"transport", t.transport.empty() ? "any" : t.transport},
                        {"done", admin::name(how)},
                        {"peers", all.size()}});
        }
        everywhere([&](front_end& f) { f.set_trusted(all); });
    }

private:
    /// From those who ask to those who are asked: traces, whose lines go to the administrators'
    /// sockets, these, who wait for shards, then the shards, who give work to the DNS thread. Each
    /// is there until nobody can reach it any more. Once is enough.
    void stop() {
        trace_.end();
        admin_socket_.reset();
        metrics_.reset();
        if (engine_) engine_->stop();
        dns_.reset();
    }
    void put(const people::user& u) {
        const auto shared = std::make_shared<const people::user>(u);
        everywhere([&](front_end& f) { f.put_user(shared); });
    }
    void expel(const sip::aor& u, const std::string& reason, diagnostics::id why, bool forget) {
        everywhere([&](front_end& f) { f.expel(u, reason, why, forget); });
        // The home shard's notices are in the mailboxes of the connections' shards by now, so they
        // go out before these close.
        everywhere([&](front_end& f) { f.hang_up(u); });
    }
    std::size_t under_way() {
        std::size_t n = 0;
        everywhere([&](front_end& f) { n += f.now().unanswered; });
        return n;
    }
    admin::outcome status();
    endpoints_of_some endpoints_of(unsigned home, const std::vector<sip::aor>& whose) {
        return ask(home, [&](front_end& f) {
            endpoints_of_some out;
            for (const auto& who : whose) {
                const auto* live = f.registrar().live(who);
                out.push_back(live == nullptr ? std::vector<roles::registrar::binding>{} : *live);
            }
            return out;
        });
    }

    folder::deployment settings_;
    trace_hub trace_;
    std::optional<folder::data_lock> lock_;
    std::unique_ptr<store::soci::soci_store> store_;
    std::unique_ptr<credentials::verifier> verifier_;
    std::array<std::uint8_t, 32> key_{};
    std::unique_ptr<net::asio::engine> engine_;
    std::unique_ptr<net::cares::service> dns_;
    std::unique_ptr<signalling::foundation> foundation_;
    std::vector<std::unique_ptr<trace_tap>> taps_;
    std::vector<std::unique_ptr<front_end>> front_ends_;
    std::unique_ptr<admin::service> service_;
    std::unique_ptr<admin_socket> admin_socket_;
    std::unique_ptr<metrics_server> metrics_;
    metrics::registry process_metrics_;
    std::uint64_t descriptors_ = 0; ///< that this process may open
    instant started_ = system_environment().now();
    wall_instant started_at_ = system_environment().wall_now();
};

std::expected<void, std::string> running_server::open() {
    log::set_level(level_of(settings_.log.level));
    if (!settings_.log.file.empty() && !log::set_file(settings_.path(settings_.log.file))) {
        return std::unexpected("cannot write the log " + settings_.path(settings_.log.file));
    }
    descriptors_ = raise_descriptor_limit();
    LYCEUM_TRY(lock_, folder::data_lock::take(settings_));
    struct stat key{};
    if (::stat(settings_.path(settings_.tls.key).c_str(), &key) == 0 && (key.st_mode & 077U) != 0) {
        log::write(log::level::warn,
                   "lyceumd",
                   "key_readable_by_others",
                   {{"file", settings_.path(settings_.tls.key)}});
    }
    LYCEUM_TRY(key_, folder::read_sealing_key(settings_));
    store::soci::options how;
    how.readers = settings_.store.readers;
    how.busy_patience = settings_.store.busy_patience;
    LYCEUM_TRY(store_, store::soci::soci_store::open(settings_.path(settings_.store.file), how));
    LYCEUM_CHECKED(try_sealing_key());
    credentials::builtin::settings guesses;
    guesses.failures = settings_.auth.throttle_failures;
    guesses.first_pause = settings_.auth.throttle_first_pause;
    guesses.longest_pause = settings_.auth.throttle_longest_pause;
    guesses.longest_user_pause = settings_.auth.throttle_longest_user_pause;
    guesses.forget = settings_.auth.throttle_forget;
    verifier_ =
        credentials::builtin::make_verifier(store_->users(), key_, system_environment(), guesses);

    LYCEUM_TRY(engine_,
               net::asio::engine::make(engine_settings_of(settings_), system_environment()));
    foundation_ = std::make_unique<signalling::foundation>(
        signalling::foundation_of(settings_, *verifier_, store_->users(), store_->contacts()));
    const auto count = engine_->shard(0).count();
    std::vector<net::shard*> shard_list;
    shard_list.reserve(count);
    for (unsigned i = 0; i < count; ++i)
        shard_list.push_back(&engine_->shard(i));
    LYCEUM_TRY(dns_, net::cares::service::start(dns_settings_of(settings_), shard_list));
    for (unsigned i = 0; i < count; ++i) {
        front_ends_.push_back(std::make_unique<front_end>(
            engine_->shard(i), engine_->links(i), dns_->of(i), *foundation_));
        taps_.push_back(std::make_unique<trace_tap>(trace_));
        front_ends_.back()->stack().lower().set_tap(taps_.back().get());
        engine_->set_events(i, front_ends_.back()->link_events());
    }
    for (auto& f : front_ends_)
        f->meet(front_ends_);
    if (const auto filled =
            signalling::fill_directory(front_ends_, store_->users(), store_->trusted());
        !filled)
        return std::unexpected(filled.error().what);
    for (const auto& l : folder::sip_listeners(settings_)) {
        LYCEUM_CHECKED(engine_->listen({l.kind, l.who, l.at, l.ask_for_certificate}));
    }

    auto& store = *store_;
    service_ = std::make_unique<admin::service>(admin::service::ports{
        store.users(),
        store.contacts(),
        store.trusted(),
        *this,
        [this, random = std::make_shared<random::system>()](
            const sip::aor& user,
            std::string_view password) -> std::expected<store::sealed_secret, std::string> {
            return credentials::builtin::seal_nt_hash(key_, user, password, *random);
        },
        settings_.server.domains});
    service_->add("status", [this](const admin::arguments&) { return status(); });
    service_->add("endpoints", [this](const admin::arguments& a) {
        return list_endpoints(a,
                              store_->users(),
                              shards(),
                              [this](unsigned home, const std::vector<sip::aor>& whose) {
                                  return endpoints_of(home, whose);
                              });
    });
    service_->add("reload", [this](const admin::arguments&) -> admin::outcome {
        const auto waiting = reload();
        if (!waiting) return std::unexpected(admin::failure{"refused", waiting.error()});
        return json::serialize(json::object{
            {"reloaded", true}, {"needs_restart", json::array(waiting->begin(), waiting->end())}});
    });
    service_->add("drain", [](const admin::arguments&) -> admin::outcome {
        ::kill(::getpid(), SIGTERM); // the same way out as everybody's: main waits for it
        return R"({"draining":true})";
    });
    service_->add_stream("trace",
                         [this](const admin::arguments& a,
                                std::shared_ptr<admin::line_sink> sink) -> admin::outcome {
                             const auto user = sip::aor::from(a.text("user"));
                             if (!user) {
                                 return std::unexpected(admin::failure{
                                     "usage", "trace wants a SIP address: sip:alice@contoso.test"});
                             }
                             if (const auto known = store_->users().find(*user); known && !*known) {
                                 return std::unexpected(admin::failure{
                                     "not_found", "there is no user " + user->text()});
                             }
                             trace_.add(user->text(), std::move(sink));
                             return R"({"tracing":true})";
                         });
    LYCEUM_TRY(admin_socket_, admin_socket::open(settings_.admin_socket(), *service_));
    if (settings_.metrics.enabled) {
        const auto address = ip_address::parse(settings_.metrics.address);
        if (!address)
            return std::unexpected("metrics.address is no address: " + settings_.metrics.address);
        show_process(process_metrics_, started_at_);
        LYCEUM_TRY(metrics_, metrics_server::open({*address, settings_.ports.metrics}, [this] {
                       std::vector<const metrics::registry*> registries{&process_metrics_};
                       for (unsigned i = 0; i < shards(); ++i)
                           registries.push_back(&engine_->shard(i).metrics());
                       return metrics::exposition(registries);
                   }));
    }
    engine_->run();
    log::write(log::level::info,
               "lyceumd",
               "started",
               {{"version", LYCEUM_VERSION},
                {"domain", settings_.primary_domain()},
                {"shards", count},
                {"descriptors", descriptors_}});
    return {};
}

std::expected<std::vector<std::string>, std::string> running_server::reload() {
    std::vector<std::string> failed;
    if (const int why = log::reopen(); why != 0) {
        failed.push_back("cannot write the log " + settings_.path(settings_.log.file) + ": " +
                         std::generic_category().message(why) + "; it goes on in the old file");
    }
    const auto fresh = folder::load(settings_.file);
    std::vector<std::string> waiting;
    if (fresh) {
        log::set_level(level_of(fresh->log.level));
        waiting = folder::changes_that_wait(settings_, *fresh);
    } else {
        failed.push_back(fresh.error());
    }
    if (const auto done = engine_->reload_tls(); !done) failed.push_back(done.error());
    const auto joined = [](const std::vector<std::string>& texts, const char* between) {
        std::string out;
        for (const auto& text : texts)
            out.append(out.empty() ? "" : between).append(text);
        return out;
    };
    if (!waiting.empty()) {
        log::write(
            log::level::warn, "lyceumd", "restart_needed", {{"settings", joined(waiting, ", ")}});
    }
    if (failed.empty()) {
        log::write(log::level::info, "lyceumd", "reloaded");
        return waiting;
    }
    const auto why = joined(failed, "; ");
    log::write(log::level::error, "lyceumd", "not_reloaded", {{"why", why}});
    return std::unexpected(why);
}

std::expected<void, std::string> running_server::try_sealing_key() {
    const auto file = settings_.path(settings_.auth.sealing_key);
    const auto trial = credentials::builtin::try_key(key_, store_->users());
    if (!trial) return std::unexpected(trial.error().what);
    if (trial->is_wrong()) return std::unexpected(trial->advice(file));
    if (const auto who = trial->first_refused) {
        log::write(log::level::warn,
                   "lyceumd",
                   "sealing_key_refused",
                   {{"file", file},
                    {"user", who->text()},
                    {"opened", trial->opened},
                    {"refused", trial->refused}});
    }
    return {};
}

admin::outcome running_server::status() {
    front_end::status sum;
    for (unsigned i = 0; i < shards(); ++i) {
        const auto s = ask(i, [](front_end& f) { return f.now(); });
        sum.load.flows += s.load.flows;
        sum.load.server_transactions += s.load.server_transactions;
        sum.load.client_transactions += s.load.client_transactions;
        sum.associations += s.associations;
        sum.response_contexts += s.response_contexts;
        sum.registrations += s.registrations;
        sum.subscriptions += s.subscriptions;
        sum.users = s.users;
    }
    const auto up =
        std::chrono::duration_cast<std::chrono::seconds>(system_environment().now() - started_);
    return json::serialize(json::object{
        {"version", LYCEUM_VERSION},
        {"uptime_seconds", up.count()},
        {"shards", shards()},
        {"users", sum.users},
        {"connections", sum.load.flows},
        {"transactions", sum.load.server_transactions + sum.load.client_transactions},
        {"response_contexts", sum.response_contexts},
        {"associations", sum.associations},
        {"registrations", sum.registrations},
        {"subscriptions", sum.subscriptions},
        {"descriptors_allowed", descriptors_},
    });
}

} // namespace

std::expected<std::unique_ptr<server>, std::string> server::start(const folder::deployment& d) {
    auto made = std::make_unique<running_server>(d);
    if (auto opened = made->open(); !opened) return std::unexpected(opened.error());
    return made;
}

} // namespace lyceum::apps::server
