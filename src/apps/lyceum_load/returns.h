#pragma once

#include "apps/lyceum_load/report.h"
#include "base/instant.h"
#include "base/random/random.h"

#include <queue>
#include <vector>

namespace lyceum::apps::load {

/// Who is signed in, who waits before trying again, and what came of it: the part of a storm that
/// does not know what a connection is. A client shows its user every sign-in that ended in another
/// way than well, except that nobody listened: that it is offline, it shows anyhow.
class returns {
public:
    using seat = std::size_t;

    /// random must outlive it.
    returns(habits h, random::source& random) : habits_(h), random_(&random) {}

    /// The endpoint's connection stands and it is signed in.
    void signed_in(seat, instant now);
    /// The connection of one who is signed in is gone.
    void lost(seat, instant now);
    /// A try came to nothing: nobody listened, or why the client shows an error.
    void unreachable(seat, instant now);
    void failed(seat, const std::string& why, instant now);
    /// The server wants it to come later. It does, not sooner and a bit more: no two at once.
    void told_to_wait(seat, int status, std::chrono::seconds, instant now);

    /// Who is to connect now, each named once.
    [[nodiscard]] std::vector<seat> due(instant now);
    [[nodiscard]] bool is_in(seat s) const {
        return s < all_.size() && all_[s].how == standing::in;
    }
    /// Somebody was lost, and everybody who was is back.
    [[nodiscard]] bool is_over() const { return first_lost_.has_value() && missing_ == 0; }
    [[nodiscard]] bool has_begun() const { return first_lost_.has_value(); }
    /// Done: who came back; latency: from the loss until then; span: from the first loss until the
    /// last return. Who is not back is an error.
    [[nodiscard]] tally result(instant now) const;

private:
    enum class standing : std::uint8_t { never_there, in, waiting, trying };
    struct place {
        standing how = standing::never_there;
        instant lost;
        std::chrono::milliseconds pause{}; ///< the next one, when a try fails
    };
    [[nodiscard]] std::chrono::milliseconds between(std::chrono::milliseconds from,
                                                    std::chrono::milliseconds to);
    void wait(seat, std::chrono::milliseconds, instant now);
    void try_later(seat, instant now);

    struct alarm {
        instant when;
        seat who = 0;
        friend bool operator>(const alarm& a, const alarm& b) { return a.when > b.when; }
    };

    habits habits_;
    random::source* random_;
    std::vector<place> all_;
    std::priority_queue<alarm, std::vector<alarm>, std::greater<>> alarms_;
    tally tally_;
    std::optional<instant> first_lost_;
    instant last_back_;
    std::size_t missing_ = 0;
};

} // namespace lyceum::apps::load
