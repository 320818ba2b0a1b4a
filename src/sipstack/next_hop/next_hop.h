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
    std::size_t max_waiting = 4000; ///< requests that wait for searches; further ones end with 503
    std::size_t max_waiting_of_one = 1000;     ///< of them for one search, and of one asker
    std::size_t max_searches = 1000;           ///< under way; a further one ends with 503
    std::size_t max_searches_of_one = 25;      ///< begun by one asker: each may ask 40 questions
    std::chrono::milliseconds patience{12000}; ///< for one search: NAPTR, SRV and addresses
    /// Some name servers do not answer what they do not know: then there are no NAPTR records.
    std::chrono::milliseconds naptr_patience{1000};
    std::size_t max_targets = 8;   ///< places that one request may be tried at
    bool ipv4 = true;              ///< whether A records are asked for
    bool ipv6 = true;              ///< whether AAAA records are
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
    /// Names a request that waits. 0 is none.
    using ticket = std::uint64_t;

    next_hop(stack&, net::resolver&, const next_hop_settings&);

    /// Calls back once, unless forgotten; before it returns (ticket 0) when nothing has to be
    /// looked up.
    /// Who asks for what somebody waits for already waits for the same search.
    /// \param asker whom the search and the waiting count for: a user, or a peer's address
    /// \param affinity among SRV records of equal priority the same number chooses the same one
    /// while the records are the same: the hash of a Call-ID keeps a dialog's requests together.
    ticket find(const sip::uri_view&, std::uint64_t affinity, const std::string& asker, callback);
    /// The search goes on: its questions are asked.
    void forget(ticket);
    /// A place did not answer, or answered 503.
    void unreachable(const net::links::target&);
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

    static constexpr std::uint32_t timer_kind = 12;
    static constexpr std::uint32_t naptr_timer = 13;

private:
    struct waiter {
        ticket id;
        std::uint64_t affinity;
        callback then;
    };
    struct search {
        target_set::search machine;
        std::string key;
        std::string begun_by;
        std::vector<waiter> waiters;
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
    /// What one asker uses.
    struct use {
        std::size_t searches = 0;
        std::size_t waiting = 0;
    };
    using number = std::uint64_t; ///< of a search

    [[nodiscard]] bool may_wait(const std::string& asker, const search*) const;
    /// Whether it waited still.
    bool stop_waiting(ticket);
    void tidy_up(const std::string& asker);
    void feed(number, target_set::event&&);
    void carry_out(number, target_set::actions&&);
    void look_up_naptr(number, const std::string& name);
    void look_up_host(number, const std::string& name);
    void host_heard(number, const std::string& name, const net::dns_answer&);
    void finish(number);
    [[nodiscard]] target_set::preferences preferences() const;
    [[nodiscard]] result result_of(const std::vector<target_set::where>&);

    stack& stack_;
    net::resolver& names_;
    next_hop_settings settings_;
    resting resting_;
    std::unordered_map<number, search> searches_;
    std::unordered_map<std::string, number> by_key_;
    std::unordered_map<ticket, std::pair<number, std::string>> waiting_; ///< for what, and who
    std::unordered_map<std::string, use> askers_;                        ///< those who use anything
    std::uint64_t next_ = 1;
    metrics::counter& found_;
    metrics::counter& not_found_;
    metrics::counter& refused_;
};

} // namespace lyceum::sipstack
