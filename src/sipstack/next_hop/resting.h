#pragma once

#include "base/instant.h"
#include "net/links.h"

#include <map>
#include <vector>

namespace lyceum::sipstack {

/// Places that did not answer a short while ago. They are tried last, not left out: else every
/// request would wait for a dead server's timers before it comes to the live one. assumed: RFC
/// 3263 4.3 asks for the next place, and leaves open how long to remember.
class resting {
public:
    static constexpr std::size_t max_places = 1000; ///< further ones are not remembered

    explicit resting(std::chrono::seconds time) : time_(time) {}

    void add(const net::links::target&, instant now);
    /// Puts those that rest behind the others; both keep their order.
    void sort(std::vector<net::links::target>&, instant now);
    [[nodiscard]] std::size_t size() const { return until_.size(); }

private:
    using place = std::pair<net::transport, ip_endpoint>;

    std::chrono::seconds time_;
    std::map<place, instant> until_;
};

} // namespace lyceum::sipstack
