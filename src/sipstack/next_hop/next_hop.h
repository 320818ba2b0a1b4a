#pragma once

#include "base/metrics/registry.h"
#include "machines/target_set/search.h"
#include "net/links.h"
#include "net/resolver.h"
#include "protocol/diagnostics/diagnostics.h"
#include "sipstack/next_hop/resting.h"
#include "sipstack/stack.h"

#include <deque>
#include <expected>
#include <unordered_map>

namespace lyceum::sipstack {

struct next_hop_settings {
    std::size_t max_waiting = 1000;           ///< searches under way; further ones end with 503
    std::chrono::milliseconds patience{8000}; ///< for one search, SRV and addresses together
    std::size_t max_targets = 8;              ///< places that one request may be tried at
    bool ipv4 = true;                         ///< whether A records are asked for
    bool ipv6 = true;                         ///< whether AAAA records are
    std::chrono::seconds rest{30}; ///< a place that did not answer is tried last for so long
};

/// Where a SIP URI leads to: RFC 3263 over a resolver, on one shard.
class next_hop {
public:
    using targets = std::vector<net::links::target>;
    /// At least one place, in the order in which to try them: stack::reach() goes there. Or what to
    /// answer: 504 with 1008 (no SRV record was found, nor an address) or 1014 (no address), 404
    /// for a transport that is not spoken, 503 when too many wait.
    using result = std::expected<targets, diagnostics::refusal>;
    using callback = std::move_only_function<void(result)>;
    /// Names a search that waits. 0 is none.
    using ticket = std::uint64_t;

    next_hop(stack&, net::resolver&, const next_hop_settings&);

    /// Calls back once, unless forgotten; before it returns (ticket 0) when nothing has to be
    /// looked up.
    /// \param affinity among SRV records of equal priority the same number chooses the same one
    /// while the records are the same: the hash of a Call-ID keeps a dialog's requests together.
    ticket find(const sip::uri_view&, std::uint64_t affinity, callback);
    void forget(ticket);
    /// A place did not answer, or answered 503.
    void unreachable(const net::links::target&);
    [[nodiscard]] std::size_t waiting() const { return searches_.size(); }

    static constexpr std::uint32_t timer_kind = 12;

private:
    struct search {
        target_set::search machine;
        callback then;
        std::string domain;
        bool asks_srv = false;
        bool has_srv = false;
        bool heard_nobody =
            false; ///< a name server failed, other than by saying that there is nothing
        instant until;
        std::map<std::string, std::pair<unsigned, std::vector<ip_address>>>
            hosts; ///< answers due, heard
        std::deque<target_set::event> inbox;
        bool busy = false;
    };
    void feed(ticket, target_set::event&&);
    void carry_out(ticket, target_set::actions&&);
    void look_up_host(ticket, const std::string& name);
    void host_heard(ticket, const std::string& name, const net::dns_answer&);
    void finish(ticket);
    [[nodiscard]] target_set::preferences preferences() const;
    [[nodiscard]] result result_of(const std::vector<target_set::where>&);

    stack& stack_;
    net::resolver& names_;
    next_hop_settings settings_;
    resting resting_;
    std::unordered_map<ticket, search> searches_;
    ticket next_ = 1;
    metrics::counter& found_;
    metrics::counter& not_found_;
    metrics::counter& refused_;
};

} // namespace lyceum::sipstack
