#pragma once

#include "base/instant.h"
#include "net/flow.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <unordered_map>

namespace lyceum::net::asio {

/// Bounds how many connections may be new at a time: accepted, and their clients not signed in yet.
/// Those who come when it is full wait, in the kernel's queue or in a waiting_line, rather than all
/// getting halfway and no further.
///
/// Who keeps us waiting loses his place and nothing else, so that connections which say nothing, or
/// an octet now and then, keep nobody out.
///
/// One address gets more than a quarter of the places only while nobody else waits: an office with
/// thousands of clients behind one address is served as fast as we can, and keeps nobody out
/// either.
class newcomers {
public:
    struct limits {
        std::size_t most = 256;
        std::size_t most_when_late = 64; ///< so that those who are here get their turn soon
        std::chrono::milliseconds late{10};
        /// How long after the last time we still count as late: in a storm every other turn is
        /// short, and places that come and go by turns are filled by more clients than get through.
        std::chrono::milliseconds calm{1000};
        std::chrono::milliseconds silence{100}; ///< until the first octet
        std::chrono::milliseconds pause{500};   ///< between any two
        /// When we are late our clients may be, too, and work half done would be lost.
        std::chrono::milliseconds pause_when_late{3000};
        /// Altogether, or who sends an octet now and then would stay until sign-in patience ends.
        std::chrono::milliseconds longest{1000};
        std::chrono::milliseconds longest_when_late{5000};
    };

    newcomers() = default;
    explicit newcomers(const limits& l) : limits_(l) {}

    void came(flow_id id, const ip_address& from, instant now) {
        settled(id);
        here_.emplace(id, newcomer{now, now, from, false});
        ++held_[from];
    }
    /// Octets came from it.
    void spoke(flow_id id, instant now) {
        const auto it = here_.find(id);
        if (it == here_.end()) return;
        it->second.heard = now;
        it->second.has_spoken = true;
    }
    /// It is new no longer: signed in, or gone. What is not there is no harm.
    void settled(flow_id id) {
        if (const auto it = here_.find(id); it != here_.end()) leave(it);
    }
    /// How long something that was ready had to wait for its turn.
    void note_lag(instant::duration lag, instant now) {
        if (lag > limits_.late) last_late_ = now;
        is_late_ = last_late_ && now - *last_late_ < limits_.calm;
    }

    /// Whether nobody else may come now; forgets who kept us waiting.
    [[nodiscard]] bool is_full(instant now);
    /// How many places that address has.
    [[nodiscard]] std::size_t held_by(const ip_address& a) const {
        const auto it = held_.find(a);
        return it == held_.end() ? 0 : it->second;
    }
    /// What one address gets while others wait.
    [[nodiscard]] std::size_t share() const { return std::max<std::size_t>(most() / 4, 1); }
    /// Whether some address has more than its share.
    [[nodiscard]] bool is_uneven() const;
    /// Somebody of an address that has more than its share loses his place to one who waits: who
    /// would have lost it first. False when there is none.
    bool make_way();
    /// When the next one will have kept us waiting too long; nothing when nobody is here.
    [[nodiscard]] std::optional<instant> deadline() const;
    [[nodiscard]] std::size_t size() const { return here_.size(); }

private:
    struct newcomer {
        instant came;
        instant heard; ///< or came
        ip_address from;
        bool has_spoken;
    };
    using places = std::unordered_map<flow_id, newcomer, flow_hash>;
    [[nodiscard]] instant loses_its_place(const newcomer&) const;
    [[nodiscard]] std::size_t most() const {
        return is_late_ ? limits_.most_when_late : limits_.most;
    }
    places::iterator leave(places::iterator);

    limits limits_;
    std::optional<instant> last_late_;
    bool is_late_ = false;
    places here_; ///< at most `most`
    std::map<ip_address, std::size_t> held_;
};

/// Those who have come and wait for a place among the newcomers, the first of each address first.
template <class T>
class waiting_line {
public:
    void add(const ip_address& from, T&& who) {
        by_address_[from].push_back({next_++, std::move(who)});
        ++size_;
    }
    [[nodiscard]] bool has(const ip_address& from) const { return by_address_.contains(from); }
    /// The address whose turn it is: that with the fewest places, of several the one whose first
    /// has waited longest. nullptr when nobody waits.
    [[nodiscard]] const ip_address* next(const newcomers& n) const {
        const auto turn = [&](const auto& entry) {
            return std::pair(n.held_by(entry.first), entry.second.front().number);
        };
        const auto first = std::ranges::min_element(by_address_, {}, turn);
        return first == by_address_.end() ? nullptr : &first->first;
    }
    /// The first one of an address that somebody waits of.
    [[nodiscard]] T take(const ip_address& from) {
        const auto it = by_address_.find(from);
        T out = std::move(it->second.front().who);
        it->second.pop_front();
        if (it->second.empty()) by_address_.erase(it);
        --size_;
        return out;
    }
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    struct place {
        std::uint64_t number; ///< in the order of coming
        T who;
    };
    std::map<ip_address, std::deque<place>> by_address_;
    std::size_t size_ = 0;
    std::uint64_t next_ = 0;
};

} // namespace lyceum::net::asio
