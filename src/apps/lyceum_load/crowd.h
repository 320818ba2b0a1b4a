#pragma once

#include "apps/lyceum_load/options.h"
#include "apps/lyceum_load/report.h"
#include "net/links.h"

#include <future>

namespace lyceum::apps::load {

constexpr auto beat_every = 2ms; ///< how often what is due is started

/// The endpoints of one process and what they do. On the shard's thread; the tallies are told by
/// the promises.
class crowd {
public:
    virtual ~crowd() = default;
    /// Signs everybody in.
    virtual void sign_in(std::promise<tally>&) = 0;
    virtual void drive(std::promise<tally>&) = 0;
    /// Ends what would go on.
    virtual void end() {}
    /// What else came of driving, once that is over.
    [[nodiscard]] virtual std::vector<tally> asides() const { return {}; }
    [[nodiscard]] virtual net::link_events& events() = 0;
};

} // namespace lyceum::apps::load
