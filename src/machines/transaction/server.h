#pragma once

#include "machines/transaction/actions.h"
#include "machines/transaction/client.h"
#include "machines/transaction/either.h"
#include "machines/transaction/timings.h"

#include <variant>

namespace lyceum::transaction {

// What happens to a server transaction. It is made when its request first comes in, and its owner
// passes that request up; transport_failed and tick are those of the client.

struct request_received {}; ///< the request once more: a retransmission
struct ack_received {};     ///< an ACK whose key leads here
/// The user answers. Statuses outside of 100..699, and answers after the last word, are dropped.
struct respond {
    int status = 0;
};

using server_event = std::variant<request_received, ack_received, respond, transport_failed, tick>;

/// Serves an INVITE. RFC 3261 17.2.1, RFC 6026 8.5 to 8.8.
///
/// Holds no message: its owner keeps the last response sent, for retransmit.
/// Waits without a deadline in proceeding, for the user's answer. Sending 100 within 200 ms is the
/// user's business, and so is repeating a 2xx over UDP (RFC 3261 13.3.1.4).
class invite_server {
public:
    invite_server(const timings& t, bool reliable) : timings_(t), reliable_(reliable) {}

    void on(const server_event&, instant now, actions& out);
    /// When on(tick{}) is next due.
    [[nodiscard]] std::optional<instant> deadline() const { return timers_.next(); }
    [[nodiscard]] transaction::state state() const { return state_; }

private:
    void answer(int status, instant now, actions& out);
    void finish(actions& out);

    timings timings_;
    timers timers_;
    transaction::state state_ = state::proceeding;
    bool reliable_;
    bool answered_ = false; ///< there is a provisional response to repeat
};

/// Serves any other request but ACK. RFC 3261 17.2.2, RFC 6026 8.8.
///
/// Waits without a deadline in trying and proceeding, for the user's answer.
class non_invite_server {
public:
    non_invite_server(const timings& t, bool reliable) : timings_(t), reliable_(reliable) {}

    void on(const server_event&, instant now, actions& out);
    /// When on(tick{}) is next due.
    [[nodiscard]] std::optional<instant> deadline() const { return timers_.next(); }
    [[nodiscard]] transaction::state state() const { return state_; }

private:
    void answer(int status, instant now, actions& out);
    void finish(actions& out);

    timings timings_;
    timers timers_;
    transaction::state state_ = state::trying;
    bool reliable_;
};

/// Either of the two.
using server = either<invite_server, non_invite_server, server_event>;

} // namespace lyceum::transaction
