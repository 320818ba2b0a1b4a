#pragma once

#include "base/instant.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace lyceum::transaction {

/// The lengths that all timers are made of. RFC 3261 17.1.1.1, 17.1.2.2
struct timings {
    using length = std::chrono::duration<std::uint32_t, std::milli>;

    length t1{500}; ///< estimate of the round trip
    length t2{
        4000}; ///< longest interval between retransmissions of requests and of INVITE's finals
    length t4{5000}; ///< how long a message may stay in the network
    length d{32000}; ///< timer D over UDP: at least 32 s whatever T1 is

    /// Timers B, F, H, J, L and M.
    [[nodiscard]] constexpr length long_wait() const { return 64 * t1; }

    friend bool operator==(const timings&, const timings&) = default;
};

/// Where a transaction is. Each of the four machines knows some of these.
enum class state : std::uint8_t {
    created,
    calling,
    trying,
    proceeding,
    completed,
    confirmed,
    accepted,
    terminated
};

[[nodiscard]] constexpr const char* name(state s) {
    switch (s) {
    case state::created:
        return "created";
    case state::calling:
        return "calling";
    case state::trying:
        return "trying";
    case state::proceeding:
        return "proceeding";
    case state::completed:
        return "completed";
    case state::confirmed:
        return "confirmed";
    case state::accepted:
        return "accepted";
    case state::terminated:
        return "terminated";
    }
    return "?";
}

/// The two timers that a transaction can have running: one that sends again, at growing intervals,
/// and one that ends the state.
class timers {
public:
    static constexpr instant never = instant::max();

    void send_again(instant now, timings::length first) {
        interval_ = first;
        again_ = now + first;
    }
    /// The next sending stays where it is; from then on they come at that interval.
    void slow_down(timings::length interval) { interval_ = interval; }
    void end_at(instant when) { end_ = when; }
    void stop() { again_ = end_ = never; }

    [[nodiscard]] bool is_over(instant now) const { return end_ <= now; }
    /// Whether it is time to send again; if so the next time is set, interval doubled up to a
    /// ceiling.
    [[nodiscard]] bool is_time_to_send(instant now, timings::length ceiling) {
        if (again_ > now) return false;
        interval_ = std::min(interval_ * 2, ceiling);
        again_ = now + interval_;
        return true;
    }
    [[nodiscard]] std::optional<instant> next() const {
        const auto when = std::min(again_, end_);
        return when == never ? std::nullopt : std::optional(when);
    }

private:
    instant again_ = never;
    instant end_ = never;
    timings::length interval_{};
};

} // namespace lyceum::transaction
