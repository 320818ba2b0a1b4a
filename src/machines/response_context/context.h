#pragma once

#include "base/instant.h"
#include "protocol/sip/message.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace lyceum::response_context {

/// How one request is forked.
struct settings {
    bool is_invite =
        true; ///< only INVITE has timer C, CANCEL, and more than one 2xx. RFC 3261 9.1, 16.7
    /// Exactly one final response reaches the caller: for INVITEs of instant messages, whose
    /// callers drop every 2xx but the first without ACK and BYE (seen: pidgin-sipe 1.25 sipe-im.c).
    /// A later 2xx is acknowledged and ended by us. Without it extra 2xx are relayed, as RFC
    /// 3261 16.7 step 5 asks.
    bool single_final = false;
    /// The targets are places of one and the same server: the next one is tried only when the one
    /// before could not be reached, answered 503, or not at all. RFC 3263 4.3
    bool failover = false;
    std::chrono::seconds timer_c{181};        ///< more than 3 minutes: RFC 3261 16.6 step 11
    std::chrono::seconds cancel_patience{10}; ///< how long a branch may take to answer its CANCEL
    std::chrono::seconds late_success{
        32}; ///< how long further 2xx of a branch are looked after: timer M
    /// The caller's side loses messages (UDP): with single_final, a 2xx that the callee repeats
    /// goes up to it once more. Else the callee is acknowledged on its behalf.
    bool caller_may_miss = false;
    int when_unreachable = 500; ///< the answer when no branch could even be sent. 16.7 step 6
};

/// Where to send the request. The highest q goes first, equal ones at the same time, the next when
/// all before have failed. RFC 3261 16.6
struct target {
    std::uint64_t id = 0;   ///< the owner's
    std::uint16_t q = 1000; ///< thousandths
};

/// Numbers the branches of one context from 0.
using branch_id = std::uint32_t;

// What happens.

struct started {
    std::vector<target> targets;
};
/// A branch answered. The owner has removed its topmost Via. RFC 3261 16.7 step 3
struct responded {
    branch_id branch = 0;
    sip::message response;
};
enum class failure : std::uint8_t {
    timeout,   ///< nobody answered: counts as 408. RFC 3261 16.6 step 7
    transport, ///< could not be sent, or its connection is gone: counts as 503. RFC 3261 16.9
};
/// The branch's client transaction is over without a final response.
struct branch_failed {
    branch_id branch = 0;
    failure why = failure::timeout;
};
struct cancelled {}; ///< the caller has cancelled the INVITE. RFC 3261 16.10
struct tick {};      ///< deadline() is here

using event = std::variant<started, responded, branch_failed, cancelled, tick>;

// What is to be done.

struct forward {
    std::uint64_t target = 0;
    branch_id branch = 0;
};
/// Send a CANCEL for the branch; a provisional response has come in.
struct cancel {
    branch_id branch = 0;
    int cause =
        0; ///< the status that ended the search, 408 for timer C; 0: the caller's own CANCEL
};
/// Send upstream as it is.
struct relay {
    sip::message response;
};
/// Send a response of our own making upstream.
struct respond {
    int status = 0;
};
/// This 2xx shall not reach the caller: send its ACK, then BYE.
struct acknowledge_and_bye {
    branch_id branch = 0;
    sip::message response;
};
/// This 2xx has been dealt with, but its callee repeats it: send its ACK. RFC 3261 13.2.2.4
struct acknowledge {
    branch_id branch = 0;
    sip::message response;
};
/// Forget the branch's client transaction: nothing that it still brings matters.
struct drop_branch {
    branch_id branch = 0;
};
struct finished {}; ///< destroy the context. The last action, once

using action = std::variant<forward,
                            cancel,
                            relay,
                            respond,
                            acknowledge_and_bye,
                            acknowledge,
                            drop_branch,
                            finished>;
using actions = std::vector<action>;

/// The response context of a forking proxy. RFC 3261 16.6 to 16.10
///
/// Without a deadline it waits for non-INVITE client transactions only; these end by their timer F.
class context {
public:
    explicit context(const settings& s) : settings_(s) {}

    /// Adds what is to be done, in order; out is the caller's to clear. Events for a branch that is
    /// over, and all events after finished, do nothing.
    void on(event&&, instant now, actions& out);
    /// When on(tick{}) is next due.
    [[nodiscard]] std::optional<instant> deadline() const;
    [[nodiscard]] bool is_finished() const { return finished_; }
    /// Branches without a final response.
    [[nodiscard]] std::size_t pending() const;

private:
    static constexpr instant never = instant::max();

    enum class phase : std::uint8_t {
        pending,   ///< no final response yet
        succeeded, ///< 2xx to INVITE; more may come until `until`
        over,
    };
    struct branch {
        phase now = phase::pending;
        bool provisional = false; ///< heard one: CANCEL may be sent
        bool cancel_wanted = false;
        bool cancel_sent = false;
        int cancel_cause = 0;
        instant until = never;         ///< timer C, patience after CANCEL, or late_success
        int status = 0;                ///< final status, also of our own making; 0 none
        bool answered = false;         ///< it is not of our own making
        std::vector<std::string> tags; ///< To tags of the 2xx seen
    };
    struct challenge {
        branch_id of = 0;
        sip::header name = sip::header::www_authenticate;
        std::string value;
    };

    void start_next_group(instant now, actions& out);
    void take_provisional(branch_id, sip::message&&, instant now, actions& out);
    void take_success(branch_id, sip::message&&, instant now, actions& out);
    void
    take_failure(branch_id, int status, std::optional<sip::message>, instant now, actions& out);
    void expire(branch_id, instant now, actions& out);
    void cancel_pending(int cause, instant now, actions& out);
    void send_cancel(branch_id, instant now, actions& out);
    void go_on(instant now, actions& out);
    void keep(branch_id, sip::message&&);
    void answer_with_best(actions& out);

    settings settings_;
    std::vector<target> waiting_; ///< not yet tried
    std::vector<branch> branches_;
    // Of the final responses that are no 2xx only what may go up is kept, whatever they hold.
    std::optional<branch_id> best_; ///< of those that are over; its response, if it is not ours:
    sip::message best_response_;
    std::vector<challenge> challenges_;
    bool started_ = false;
    bool cancelled_ = false; ///< by the caller
    bool closed_ = false;    ///< no new branches: 2xx, 6xx or CANCEL
    bool final_sent_ = false;
    std::optional<branch_id> winner_; ///< whose 2xx went up first
    std::string winning_tag_;
    bool finished_ = false;
};

} // namespace lyceum::response_context
