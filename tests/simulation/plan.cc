#include "plan.h"

#include "base/text.h"
#include "roles/registrar/settings.h"

#include <algorithm>
#include <map>
#include <ranges>

namespace lyceum::simulation {
namespace {

using kind = step::kind;
using std::chrono::milliseconds;

constexpr const char* names[] = {
    "say",     "page",       "type",         "leave",    "set_contact",  "delete_contact",
    "publish", "refresh",    "renew",        "sign_out", "power_off",    "reset",
    "cut",     "half_close", "stop_reading", "disable",  "set_password", "reset_all",
    "restart", "drain",      "store_down",   "jump"};

struct share {
    kind what;
    unsigned weight;
};
constexpr share doings[] = {{kind::say, 40},
                            {kind::page, 20},
                            {kind::type, 8},
                            {kind::leave, 5},
                            {kind::set_contact, 8},
                            {kind::delete_contact, 4},
                            {kind::publish, 6},
                            {kind::refresh, 3},
                            {kind::renew, 3},
                            {kind::sign_out, 3}};
constexpr share faults[] = {{kind::power_off, 6},
                            {kind::reset, 8},
                            {kind::cut, 6},
                            {kind::half_close, 5},
                            {kind::stop_reading, 5},
                            {kind::disable, 4},
                            {kind::set_password, 4},
                            {kind::reset_all, 2},
                            {kind::restart, 5},
                            {kind::drain, 2},
                            {kind::store_down, 3},
                            {kind::jump, 3}};

kind draw(random::source& dice, std::span<const share> from) {
    unsigned sum = 0;
    for (const auto& s : from)
        sum += s.weight;
    auto at = dice.below(sum);
    for (const auto& s : from) {
        if (at < s.weight) return s.what;
        at -= s.weight;
    }
    return from.front().what;
}

/// Small worlds find most, and are read most easily; big ones are rare.
std::size_t how_many_devices(random::source& dice, std::size_t most) {
    const auto luck = dice.below(1000);
    const std::size_t n = luck < 700   ? 2 + dice.below(6)
                          : luck < 950 ? 6 + dice.below(20)
                          : luck < 995 ? 25 + dice.below(75)
                                       : 100 + dice.below(401);
    return std::min(n, most);
}

std::int64_t amount_of(random::source& dice, kind k) {
    switch (k) {
    case kind::sign_out:
    case kind::power_off:
        return static_cast<std::int64_t>(100 + dice.below(60'000));
    case kind::stop_reading:
    case kind::disable:
    case kind::set_password:
        return static_cast<std::int64_t>(100 + dice.below(120'000));
    case kind::restart:
    case kind::drain:
    case kind::store_down:
        return static_cast<std::int64_t>(50 + dice.below(30'000));
    case kind::jump: // up to ten hours, either way
        return static_cast<std::int64_t>(dice.below(72'000'000)) - 36'000'000;
    default:
        return static_cast<std::int64_t>(dice.below(1000));
    }
}

bool lasts(kind k) {
    return k == kind::sign_out || k == kind::power_off || k == kind::stop_reading ||
           k == kind::disable || k == kind::set_password || k == kind::restart ||
           k == kind::drain || k == kind::store_down;
}

} // namespace

const char* name(kind k) {
    return names[static_cast<std::size_t>(k)];
}

plan plan_of(std::uint64_t seed, std::size_t most_devices) {
    random::seeded dice(seed);
    plan p;
    p.seed = seed;
    p.shards = 1 + static_cast<unsigned>(dice.below(4));
    static constexpr int delays[] = {1, 5, 50, 400};
    p.weather.most_delay = milliseconds(delays[dice.below(std::size(delays))]);
    static constexpr unsigned splits[] = {0, 20, 70};
    p.weather.split_percent = splits[dice.below(std::size(splits))];
    static constexpr unsigned losses[] = {0, 5, 30};
    p.weather.datagram_loss_percent = losses[dice.below(std::size(losses))];
    // More than all that a client is told when it signs in, which goes out at once.
    if (dice.below(4) == 0) p.weather.max_queued = 65536;

    const auto devices = how_many_devices(dice, most_devices);
    const auto users = std::max<std::size_t>(2, devices * (1 + dice.below(3)) / 3);
    std::vector<std::size_t> owned(users);
    for (std::size_t i = 0; i < devices; ++i) {
        device_plan d;
        // Everybody has a device, then some have several; phones have users of their own.
        auto user = i < users ? i : dice.below(users);
        while (owned[user] == roles::registrar::settings{}.max_endpoints)
            user = (user + 1) % users; // one more would drive out the oldest, which comes back
        ++owned[user];
        d.over_udp = user % 7 == 6;
        d.user = (d.over_udp ? "phone" : "user") + std::to_string(user);
        if (dice.below(4) == 0) d.answer_delay = std::chrono::seconds(1 + dice.below(12));
        for (std::size_t n = dice.below(5); n > 0 && !d.over_udp; --n) {
            const auto whom = dice.below(users);
            d.watches.push_back((whom % 7 == 6 ? "phone" : "user") + std::to_string(whom));
        }
        p.devices.push_back(std::move(d));
    }
    const bool calm = dice.below(8) == 0; // nothing but people
    const auto fault_percent = calm ? 0 : 2 + dice.below(20);
    const bool is_long = dice.below(10) == 0; // lasts longer than registrations and keys do
    p.length = is_long ? milliseconds(std::chrono::hours(10))
                       : milliseconds(60'000 + static_cast<std::int64_t>(dice.below(900'000)));
    const auto count = std::min<std::size_t>(30 + dice.below(150) + devices * 2, 600);
    for (std::size_t i = 0; i < count; ++i) {
        step s;
        s.at = milliseconds(dice.below(static_cast<std::uint64_t>(p.length.count())));
        s.what = dice.below(100) < fault_percent ? draw(dice, faults) : draw(dice, doings);
        s.who = dice.below(devices);
        s.other = dice.below(devices);
        // Things that meet: right after the step before.
        if (!p.steps.empty() && dice.below(3) == 0) {
            s.at = p.steps.back().at + milliseconds(dice.below(20));
            if (dice.below(2) == 0) s.other = p.steps.back().who;
            if (dice.below(4) == 0) s.who = p.steps.back().other;
        }
        s.amount = amount_of(dice, s.what);
        p.steps.push_back(s);
    }
    // Those of one moment stay in the order in which they were drawn. (std::stable_sort of GCC 12
    // uses what clang calls deprecated.)
    std::multimap<milliseconds, step> in_time;
    for (const auto& s : p.steps)
        in_time.emplace(s.at, s);
    std::ranges::copy(in_time | std::views::values, p.steps.begin());
    return p;
}

bool plan::plays(std::size_t i) const {
    const auto& s = steps[i];
    if (without_steps.contains(i)) return false;
    return s.is_the_servers() || (has(s.who) && (!s.needs_other() || has(s.other)));
}

std::string plan::device_name(std::size_t i) const {
    return devices[i].user + "/" + std::to_string(i);
}

std::string plan::text(const step& s) const {
    std::string out = std::to_string(s.at.count() / 1000) + "." +
                      std::to_string(1000 + s.at.count() % 1000).substr(1) + " s  ";
    out += s.is_the_servers() ? "server" : device_name(s.who);
    out += std::string(" ") + name(s.what);
    if (s.needs_other()) out += " to " + devices[s.other].user;
    if (s.what == kind::jump) {
        out += " " + std::to_string(s.amount / 1000) + " s";
    } else if (lasts(s.what)) {
        out += " for " + std::to_string(s.amount) + " ms";
    }
    return out;
}

std::string to_ranges(const std::set<std::size_t>& all) {
    std::string out;
    for (auto it = all.begin(); it != all.end();) {
        const auto from = *it;
        auto to = from;
        for (++it; it != all.end() && *it == to + 1; ++it)
            to = *it;
        if (!out.empty()) out += ',';
        out += std::to_string(from);
        if (to != from) out += "-" + std::to_string(to);
    }
    return out;
}

std::optional<std::set<std::size_t>> from_ranges(std::string_view text) {
    std::set<std::size_t> out;
    while (!text.empty()) {
        auto one = split_first(text, ',');
        const auto from = to_u32(split_first(one, '-'));
        const auto to = one.empty() ? from : to_u32(one);
        if (!from || !to || *to < *from || *to - *from > 100'000) return std::nullopt;
        for (auto i = *from; i <= *to; ++i)
            out.insert(i);
    }
    return out;
}

} // namespace lyceum::simulation
