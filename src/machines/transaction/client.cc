#include "machines/transaction/client.h"

#include "base/overloaded.h"

namespace lyceum::transaction {
namespace {

bool is_provisional(int status) {
    return status >= 100 && status < 200;
}
bool is_success(int status) {
    return status >= 200 && status < 300;
}
bool is_final(int status) {
    return status >= 200 && status < 700;
}

} // namespace

void invite_client::on(const client_event& e, instant now, actions& out) {
    std::visit(overloaded{
                   [&](const start&) {
                       if (state_ != state::created) return;
                       state_ = state::calling;
                       if (!reliable_) timers_.send_again(now, timings_.t1); // timer A
                       timers_.end_at(now + timings_.long_wait());           // timer B
                       out.add(action::send);
                   },
                   [&](const response& r) { take(r.status, now, out); },
                   [&](const cancelled&) {
                       // RFC 3261 9.1: without a final response in 64*T1 the request counts as
                       // cancelled. In calling no CANCEL can have gone out, and timer B runs
                       // anyway.
                       if (state_ == state::proceeding) timers_.end_at(now + timings_.long_wait());
                   },
                   [&](const transport_failed&) {
                       // RFC 3261 17.1.4. Nothing is sent in proceeding, but a stream whose
                       // connection is gone will bring no final response (assumed: the RFC is
                       // silent there).
                       if (state_ == state::calling || state_ == state::proceeding ||
                           state_ == state::completed) {
                           out.add(action::report_transport_error);
                           finish(out);
                       }
                   },
                   [&](const tick&) {
                       if (timers_.is_over(now)) {
                           if (state_ == state::calling || state_ == state::proceeding)
                               out.add(action::report_timeout);
                           finish(out);
                       } else if (timers_.is_time_to_send(now, timings_.long_wait())) {
                           out.add(
                               action::retransmit); // timer A doubles without a ceiling; B ends it
                       }
                   },
               },
               e);
}

void invite_client::take(int status, instant now, actions& out) {
    const bool waiting = state_ == state::calling || state_ == state::proceeding;
    if (is_provisional(status)) {
        if (!waiting) return;
        if (state_ == state::calling) timers_.stop(); // timers A and B
        state_ = state::proceeding;
        out.add(action::deliver_to_user);
    } else if (is_success(status)) {
        if (waiting) {
            state_ = state::accepted;
            timers_.stop();
            timers_.end_at(now + timings_.long_wait()); // timer M
            out.add(action::deliver_to_user);
        } else if (state_ == state::accepted) {
            out.add(
                action::deliver_to_user); // again, or from another branch downstream: RFC 6026 8.4
        }
    } else if (is_final(status)) {
        if (waiting) {
            state_ = state::completed;
            timers_.stop();
            out.add(action::send_ack);
            out.add(action::deliver_to_user);
            if (reliable_) {
                finish(out); // timer D is zero
            } else {
                timers_.end_at(now + timings_.d);
            }
        } else if (state_ == state::completed) {
            out.add(action::send_ack);
        }
    }
}

void invite_client::finish(actions& out) {
    state_ = state::terminated;
    timers_.stop();
    out.add(action::terminated);
}

void non_invite_client::on(const client_event& e, instant now, actions& out) {
    const bool waiting = state_ == state::trying || state_ == state::proceeding;
    std::visit(overloaded{
                   [&](const start&) {
                       if (state_ != state::created) return;
                       state_ = state::trying;
                       if (!reliable_) timers_.send_again(now, timings_.t1); // timer E
                       timers_.end_at(now + timings_.long_wait());           // timer F
                       out.add(action::send);
                   },
                   [&](const response& r) { take(r.status, now, out); },
                   [](const cancelled&) {}, // RFC 3261 9.1: only INVITE is cancelled
                   [&](const transport_failed&) {
                       if (!waiting) return; // nothing is sent in completed
                       out.add(action::report_transport_error);
                       finish(out);
                   },
                   [&](const tick&) {
                       if (timers_.is_over(now)) {
                           if (waiting) out.add(action::report_timeout);
                           finish(out);
                       } else if (timers_.is_time_to_send(now, timings_.t2)) {
                           out.add(action::retransmit);
                       }
                   },
               },
               e);
}

void non_invite_client::take(int status, instant now, actions& out) {
    if (state_ != state::trying && state_ != state::proceeding) return;
    if (is_provisional(status)) {
        // Timer E goes on, at T2 from its next firing: the final response is the server's to repeat
        // only when it sees the request again. RFC 3261 17.1.2.1
        if (!reliable_ && state_ == state::trying) timers_.slow_down(timings_.t2);
        state_ = state::proceeding;
        out.add(action::deliver_to_user);
    } else if (is_final(status)) {
        state_ = state::completed;
        timers_.stop();
        out.add(action::deliver_to_user);
        if (reliable_) {
            finish(out); // timer K is zero
        } else {
            timers_.end_at(now + timings_.t4);
        }
    }
}

void non_invite_client::finish(actions& out) {
    state_ = state::terminated;
    timers_.stop();
    out.add(action::terminated);
}

} // namespace lyceum::transaction
