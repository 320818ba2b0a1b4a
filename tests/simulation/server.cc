#include "server.h"

#include "base/log/log.h"

namespace lyceum::simulation {

std::string password_of(std::string_view name) {
    return "Pa$$word of " + std::string(name);
}

server::server(net::sim::world& w, unsigned shards)
    : world_(w), host_(w.make_host(*ip_address::parse(server_address), shards)), shards_(shards),
      names_(w), settings_(apps::deployment::defaults(std::string(domain))),
      store_([this](std::string_view) -> std::optional<unavailable> {
          if (store_down_) return unavailable{"the disk is gone"};
          return std::nullopt;
      }) {
    (void)log::set_file("/dev/null"); // what is refused here is refused on purpose
    log::set_level(log::level::error);
    settings_.sip.listen = {std::string(server_address)};
}
server::~server() = default;

void server::add_user(std::string_view name) {
    people::user u;
    u.aor = aor_of(name);
    u.login = name;
    u.domain = "CONTOSO";
    u.display_name = name;
    const auto sealed =
        credentials::builtin::seal_nt_hash(key_, u.aor, password_of(name), sealing_);
    (void)store_.users().add(u, *sealed);
    const auto shared = std::make_shared<const people::user>(u);
    for (const auto& f : front_ends_)
        f->put_user(shared);
}

bool server::set_enabled(std::string_view name, bool enabled) {
    auto found = store_.users().find(aor_of(name));
    if (!found || !*found) return false;
    auto u = **std::move(found);
    u.enabled = enabled;
    if (!store_.users().change(u)) return false;
    const auto shared = std::make_shared<const people::user>(u);
    for (const auto& f : front_ends_)
        f->put_user(shared);
    if (!enabled) expel(u.aor, diagnostics::id::user_disabled);
    return true;
}

bool server::set_password(std::string_view name, std::string_view password) {
    const auto aor = aor_of(name);
    const auto sealed = credentials::builtin::seal_nt_hash(key_, aor, password, sealing_);
    if (!store_.users().set_secret(aor, *sealed)) return false;
    expel(aor, diagnostics::id::final_handshake_failed);
    return true;
}

void server::expel(const sip::aor& user, diagnostics::id why) {
    for (const auto& f : front_ends_)
        f->expel(user, "rejected", why, false);
    // The notices go out before the connections close.
    for (unsigned i = 0; i < front_ends_.size(); ++i)
        host_.shard(i).post(i, [f = front_ends_[i].get(), user] { f->hang_up(user); });
}

std::size_t server::endpoints_of(std::string_view name) const {
    if (!is_up()) return 0;
    const auto aor = aor_of(name);
    const auto* live = front_ends_[net::home_of(aor.text(), shards_)]->registrar().live(aor);
    return live == nullptr ? 0 : live->size();
}

void server::trust(const ip_address& host) {
    (void)store_.trusted().put({host.text(), "", true, {std::string(domain)}});
    for (const auto& f : front_ends_)
        f->set_trusted(*store_.trusted().all());
}

void server::start() {
    ++lives_;
    const bool down = std::exchange(store_down_, false); // who cannot read its store does not start
    verifier_ = credentials::builtin::make_verifier(store_.users(), key_, world_);
    foundation_ = std::make_unique<apps::signalling::foundation>(
        apps::signalling::foundation_of(settings_, *verifier_, store_.users(), store_.contacts()));
    for (unsigned i = 0; i < shards_; ++i) {
        front_ends_.push_back(std::make_unique<apps::signalling::front_end>(
            host_.shard(i), host_.links(i), names_, *foundation_));
        host_.set_events(i, front_ends_.back()->link_events());
    }
    for (const auto& f : front_ends_)
        f->meet(front_ends_);
    (void)apps::signalling::fill_directory(front_ends_, store_.users(), store_.trusted());
    store_down_ = down;
    for (const auto& l : apps::deployment::sip_listeners(settings_))
        host_.listen(l.kind, l.who, l.at.port);
}

void server::kill() {
    host_.kill();
    front_ends_.clear();
    foundation_.reset();
    verifier_.reset();
}

void server::drain() {
    for (const auto& f : front_ends_)
        f->stack().drain();
    if (is_up()) host_.links(0).stop_listening();
}

server::counts server::now() const {
    counts c;
    for (const auto& f : front_ends_) {
        const auto s = f->now();
        c.flows += s.load.flows;
        c.server_transactions += s.load.server_transactions;
        c.client_transactions += s.load.client_transactions;
        c.associations += s.associations;
        c.response_contexts += s.response_contexts;
        c.registrations += s.registrations;
        c.subscriptions += s.subscriptions;
        c.locations += s.locations;
        c.waiting += s.waiting;
        c.watching += s.watching;
    }
    return c;
}

std::size_t server::timers() const {
    std::size_t n = 0;
    for (const auto& f : front_ends_)
        n += f->stack().deadlines().size();
    return n;
}

double server::metric(std::string_view name) const {
    std::vector<const metrics::registry*> all;
    for (unsigned i = 0; i < shards_; ++i)
        all.push_back(&host_.shard(i).metrics());
    double sum = 0;
    for (const auto& [what, value] : metrics::totals(all)) {
        if (what == name) sum += value;
    }
    return sum;
}

std::string server::counts::text() const {
    std::string out;
    const std::pair<const char*, std::size_t> all[] = {
        {"flows", flows},
        {"server transactions", server_transactions},
        {"client transactions", client_transactions},
        {"associations", associations},
        {"response contexts", response_contexts},
        {"registrations", registrations},
        {"subscriptions", subscriptions},
        {"locations", locations},
        {"waiting requests", waiting},
        {"watching batches", watching},
    };
    for (const auto& [name, n] : all) {
        if (n != 0) out += (out.empty() ? "" : ", ") + std::to_string(n) + " " + name;
    }
    return out.empty() ? "nothing" : out;
}

} // namespace lyceum::simulation
