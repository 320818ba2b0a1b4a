#pragma once

#include "base/instant.h"
#include "net/flow.h"

#include <optional>
#include <unordered_map>

namespace lyceum::net::asio {

/// Bounds how many connections may be new at a time: accepted, and their clients not signed in yet.
/// Those who come when it is full wait in the kernel's queue, where nobody loses patience with
/// them, rather than all getting halfway and no further.
///
/// Who keeps us waiting loses his place and nothing else, so that connections which say nothing, or
/// an octet now and then, keep nobody out.
class newcomers {
public:
    struct limits {
        std::size_t most = 256;
        std::size_t most_when_late = 64; ///< so that those who are here get their turn soon
        std::chrono::milliseconds late{10};
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

    void came(flow_id id, instant now) { here_.insert_or_assign(id, newcomer{now, now, false}); }
    /// Octets came from it.
    void spoke(flow_id id, instant now) {
        const auto it = here_.find(id);
        if (it != here_.end()) it->second = {it->second.came, now, true};
    }
    /// It is new no longer: signed in, or gone. What is not there is no harm.
    void settled(flow_id id) { here_.erase(id); }
    /// How long something that was ready had to wait for its turn.
    void note_lag(instant::duration lag) { is_late_ = lag > limits_.late; }

    /// Whether nobody else may come now; forgets who kept us waiting.
    [[nodiscard]] bool is_full(instant now);
    /// When the next one will have kept us waiting too long; nothing when nobody is here.
    [[nodiscard]] std::optional<instant> deadline() const;
    [[nodiscard]] std::size_t size() const { return here_.size(); }

private:
    struct newcomer {
        instant came;
        instant heard; ///< or came
        bool has_spoken;
    };
    [[nodiscard]] instant loses_its_place(const newcomer&) const;

    limits limits_;
    bool is_late_ = false;
    std::unordered_map<flow_id, newcomer, flow_hash> here_; ///< at most `most`
};

} // namespace lyceum::net::asio
