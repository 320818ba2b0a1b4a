#include "net/sim/world.h"

namespace lyceum::net::sim {

world::world(std::uint64_t seed, weather w) : weather_(w), random_(seed) {}
world::~world() = default;

wall_instant world::wall_now() const {
    // 2026-01-01 00:00 UTC when the world begins: a date for Date headers and certificates.
    return wall_instant(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)) +
           std::chrono::floor<std::chrono::milliseconds>(now_.time_since_epoch()) + wall_jump_;
}

host& world::make_host(const ip_address& address, unsigned shards) {
    return *hosts_.emplace(address, std::make_unique<host>(*this, address, shards)).first->second;
}

host* world::find(const ip_address& address) {
    const auto it = hosts_.find(address);
    return it == hosts_.end() ? nullptr : it->second.get();
}

void world::at(instant when, job what) {
    plan_.push({std::max(when, now_), next_++, std::move(what)});
}

std::chrono::nanoseconds world::delay() {
    const auto span =
        static_cast<std::uint64_t>((weather_.most_delay - weather_.least_delay).count());
    return weather_.least_delay +
           std::chrono::milliseconds(span == 0 ? 0 : random_.below(span + 1));
}

bool world::loses_datagram() {
    return random_.below(100) < weather_.datagram_loss_percent;
}

std::size_t world::break_of(std::size_t size) {
    if (weather_.split_percent == 0 || size < 2 || random_.below(100) >= weather_.split_percent)
        return 0;
    return 1 + random_.below(size - 1);
}

void world::note(std::uint64_t flow, std::string_view what) {
    const auto mix = [this](std::uint64_t v) {
        fingerprint_ = (fingerprint_ ^ v) * 0x100000001b3ULL;
        fingerprint_ ^= fingerprint_ >> 29U;
    };
    mix(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
    mix(flow);
    for (; what.size() >= sizeof(std::uint64_t); what.remove_prefix(sizeof(std::uint64_t))) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, what.data(), sizeof eight);
        mix(eight);
    }
    for (const char c : what)
        mix(static_cast<unsigned char>(c));
}

bool world::step(instant until) {
    if (plan_.empty() || plan_.top().when > until) return false;
    now_ = plan_.top().when;
    auto what = std::move(plan_.top().what);
    plan_.pop();
    what();
    ++happened_;
    if (after_each_) after_each_();
    return true;
}

void world::run_for(std::chrono::nanoseconds d) {
    const auto until = now_ + d;
    while (step(until)) {
    }
    now_ = until;
}

std::size_t world::run_until_quiet(std::chrono::nanoseconds at_most) {
    const auto until = now_ + at_most;
    std::size_t n = 0;
    while (step(until))
        ++n;
    return n;
}

} // namespace lyceum::net::sim
