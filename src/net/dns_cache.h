#pragma once

#include "base/instant.h"
#include "net/resolver.h"

#include <map>
#include <memory>
#include <set>

namespace lyceum::net {

/// Answers that may still be used. Holds a bounded number of them, each for a bounded time.
class dns_cache {
public:
    struct bounds {
        std::size_t answers = 10000;
        std::chrono::seconds least{5}; ///< kept at least so long, whatever the server says
        std::chrono::seconds most{3600};
        std::chrono::seconds none{
            30}; ///< that there is no such record. At most 3 hours: RFC 2308 5
        std::chrono::seconds failed{2}; ///< that nobody could tell. At most 5 minutes: RFC 2308 7
    };

    explicit dns_cache(const bounds& b) : bounds_(b) {}

    /// nullptr when there is none, or none that is still good.
    [[nodiscard]] std::shared_ptr<const dns_answer> find(const dns_question&, instant now) const;
    /// Takes the place of an older answer. When it is full, the one that ends soonest goes.
    void put(const dns_question&, std::shared_ptr<const dns_answer>, instant now);
    [[nodiscard]] std::size_t size() const { return answers_.size(); }

private:
    struct entry {
        std::shared_ptr<const dns_answer> answer;
        instant until;
    };
    [[nodiscard]] std::chrono::seconds time_of(const dns_answer&) const;

    bounds bounds_;
    std::map<dns_question, entry> answers_;
    std::set<std::pair<instant, dns_question>> by_end_;
};

} // namespace lyceum::net
