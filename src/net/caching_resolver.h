#pragma once

#include "base/metrics/registry.h"
#include "net/dns_cache.h"
#include "net/shard.h"

namespace lyceum::net {

struct caching_settings {
    dns_cache::bounds keep;
    std::size_t max_questions = 1000;  ///< under way; further ones fail at once
    std::size_t max_waiting = 10000;   ///< who wait for them; further ones are told that it failed
    std::chrono::seconds patience{15}; ///< a question without an answer for so long is asked anew
};

/// A shard's own resolver in front of another one: remembers answers, and asks a question once
/// however many want to know.
class caching_resolver final : public resolver {
public:
    /// Both outlive this, and this outlives whatever the upstream still owes.
    caching_resolver(resolver& upstream, shard&, const caching_settings&);

    void ask(dns_question, callback) override;
    [[nodiscard]] std::size_t under_way() const { return asked_.size(); }

private:
    struct pending {
        std::uint64_t number = 0;
        instant since;
        std::vector<callback> waiting;
    };
    void answered(const dns_question&, std::uint64_t number, const dns_answer&);

    resolver& upstream_;
    shard& shard_;
    caching_settings settings_;
    dns_cache cache_;
    std::map<dns_question, pending> asked_;
    std::size_t waiting_ = 0; ///< callbacks in all of asked_
    std::uint64_t next_ = 1;
    metrics::counter& remembered_;
    metrics::counter& questions_;
    metrics::counter& failed_;
    metrics::counter& refused_;
};

} // namespace lyceum::net
