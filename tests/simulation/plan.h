#pragma once

#include "base/random/random.h"
#include "net/sim/world.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lyceum::simulation {

/// One thing that somebody does, or that happens to somebody.
struct step {
    enum class kind : std::uint8_t {
        say,
        page,
        type,
        leave,
        set_contact,
        delete_contact,
        publish,
        refresh,
        renew,
        sign_out,  ///< and in again, after a while
        power_off, ///< and on again
        reset,     ///< of the device's connection
        cut,
        half_close,
        stop_reading, ///< and read again
        disable,      ///< the device's user, by the administrator; and enable again
        set_password, ///< of the device's user; amount: until it is typed in
        reset_all,
        restart,    ///< of the server, killed
        drain,      ///< of the server, then a restart
        store_down, ///< and up again
        jump,       ///< of the clock on the wall
    };
    std::chrono::milliseconds at{};
    kind what = kind::say;
    std::size_t who = 0;     ///< device
    std::size_t other = 0;   ///< device: whom, by its user
    std::int64_t amount = 0; ///< how long, how far, how much

    [[nodiscard]] bool needs_other() const { return what <= kind::leave; }
    [[nodiscard]] bool is_fault() const { return what >= kind::power_off; }
    [[nodiscard]] bool is_the_servers() const { return what >= kind::reset_all; }
};
[[nodiscard]] const char* name(step::kind);

struct device_plan {
    std::string user;
    bool over_udp = false; ///< a plain phone on the trusted path
    std::chrono::seconds answer_delay{0};
    std::vector<std::string> watches; ///< users
};

/// What a seed decides: who there is, what the network is like, what happens.
struct plan {
    std::uint64_t seed = 0;
    unsigned shards = 1;
    net::sim::weather weather;
    std::vector<device_plan> devices;
    std::vector<step> steps; ///< in order of time
    std::chrono::milliseconds length{};

    // What a shorter replay leaves out.
    std::set<std::size_t> without_devices;
    std::set<std::size_t> without_steps;

    [[nodiscard]] std::string text(const step&) const;
    [[nodiscard]] std::string device_name(std::size_t) const;
    [[nodiscard]] bool has(std::size_t device) const { return !without_devices.contains(device); }
    /// Whether the step is left, and all whom it needs.
    [[nodiscard]] bool plays(std::size_t step) const;
};

/// \param most_devices 2 to 500
[[nodiscard]] plan plan_of(std::uint64_t seed, std::size_t most_devices);

/// "0-3,7" and back. Nothing when it is no such list.
[[nodiscard]] std::string to_ranges(const std::set<std::size_t>&);
[[nodiscard]] std::optional<std::set<std::size_t>> from_ranges(std::string_view);

} // namespace lyceum::simulation
