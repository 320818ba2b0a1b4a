#pragma once

#include "machines/transaction/actions.h"
#include "machines/transaction/either.h"
#include "machines/transaction/timings.h"

#include <variant>

namespace lyceum::transaction {

// What happens to a client transaction.

struct start {}; ///< the request goes out for the first time
/// A response came in. What the status is outside of 100..699 is ignored.
struct response {
    int status = 0;
};
struct cancelled {};        ///< a CANCEL for this INVITE has just been sent
struct transport_failed {}; ///< the message could not be sent, or its connection is gone
struct tick {};             ///< deadline() is here

using client_event = std::variant<start, response, cancelled, transport_failed, tick>;

/// Sends an INVITE and waits. RFC 3261 17.1.1, RFC 6026 8.4.
///
/// Holds no message: its owner keeps the request for retransmit and send_ack.
/// Waits without a deadline when created, and in proceeding until cancelled: there the user's own
/// patience rules (timer C of a proxy).
class invite_client {
public:
    invite_client(const timings& t, bool reliable) : timings_(t), reliable_(reliable) {}

    void on(const client_event&, instant now, actions& out);
    /// When on(tick{}) is next due.
    [[nodiscard]] std::optional<instant> deadline() const { return timers_.next(); }
    [[nodiscard]] transaction::state state() const { return state_; }

private:
    void take(int status, instant now, actions& out);
    void finish(actions& out);

    timings timings_;
    timers timers_;
    transaction::state state_ = state::created;
    bool reliable_;
};

/// Sends any other request but ACK and waits. RFC 3261 17.1.2.
///
/// Waits without a deadline only when created.
class non_invite_client {
public:
    non_invite_client(const timings& t, bool reliable) : timings_(t), reliable_(reliable) {}

    void on(const client_event&, instant now, actions& out);
    /// When on(tick{}) is next due.
    [[nodiscard]] std::optional<instant> deadline() const { return timers_.next(); }
    [[nodiscard]] transaction::state state() const { return state_; }

private:
    void take(int status, instant now, actions& out);
    void finish(actions& out);

    timings timings_;
    timers timers_;
    transaction::state state_ = state::created;
    bool reliable_;
};

/// Either of the two.
using client = either<invite_client, non_invite_client, client_event>;

} // namespace lyceum::transaction
