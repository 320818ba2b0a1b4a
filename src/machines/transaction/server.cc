#include "machines/transaction/server.h"

#include "base/overloaded.h"

namespace lyceum::transaction {

void invite_server::on(const server_event& e, instant now, actions& out) {
    std::visit(overloaded{
                   [&](const request_received&) {
                       // Absorbed in accepted: whoever sent the 2xx repeats it. RFC 6026 8.7
                       if ((state_ == state::proceeding && answered_) || state_ == state::completed)
                           out.add(action::retransmit);
                   },
                   [&](const ack_received&) {
                       if (state_ == state::accepted) {
                           out.add(action::deliver_to_user);
                       } else if (state_ == state::completed) {
                           state_ = state::confirmed;
                           timers_.stop();
                           if (reliable_) {
                               finish(out); // timer I is zero
                           } else {
                               timers_.end_at(now + timings_.t4);
                           }
                       }
                   },
                   [&](const respond& r) { answer(r.status, now, out); },
                   [&](const transport_failed&) {
                       // RFC 6026 8.8: tell the user and stay where we are.
                       if (state_ == state::proceeding || state_ == state::accepted ||
                           state_ == state::completed)
                           out.add(action::report_transport_error);
                   },
                   [&](const tick&) {
                       if (timers_.is_over(now)) {
                           if (state_ == state::completed)
                               out.add(action::report_timeout); // timer H
                           finish(out);                         // or L, or I
                       } else if (timers_.is_time_to_send(now, timings_.t2)) {
                           out.add(action::retransmit); // timer G
                       }
                   },
               },
               e);
}

void invite_server::answer(int status, instant now, actions& out) {
    if (status < 100 || status > 699) return;
    if (state_ == state::accepted && status >= 200 && status < 300) {
        out.add(action::send); // another branch's 2xx, or the same again
        return;
    }
    if (state_ != state::proceeding) return;
    out.add(action::send);
    answered_ = true;
    if (status < 200) return;
    timers_.end_at(now + timings_.long_wait()); // timer L or H
    if (status < 300) {
        state_ = state::accepted;
        return;
    }
    state_ = state::completed;
    if (!reliable_) timers_.send_again(now, timings_.t1); // timer G
}

void invite_server::finish(actions& out) {
    state_ = state::terminated;
    timers_.stop();
    out.add(action::terminated);
}

void non_invite_server::on(const server_event& e, instant now, actions& out) {
    std::visit(overloaded{
                   [&](const request_received&) {
                       if (state_ == state::proceeding || state_ == state::completed)
                           out.add(action::retransmit);
                   },
                   [](const ack_received&) {},
                   [&](const respond& r) { answer(r.status, now, out); },
                   [&](const transport_failed&) {
                       // RFC 6026 8.8, instead of the arrow to terminated in figure 8 of RFC 3261.
                       if (state_ != state::terminated) out.add(action::report_transport_error);
                   },
                   [&](const tick&) {
                       if (timers_.is_over(now)) finish(out); // timer J
                   },
               },
               e);
}

void non_invite_server::answer(int status, instant now, actions& out) {
    if (status < 100 || status > 699) return;
    if (state_ != state::trying && state_ != state::proceeding) return;
    out.add(action::send);
    if (status < 200) {
        state_ = state::proceeding;
        return;
    }
    state_ = state::completed;
    if (reliable_) {
        finish(out); // timer J is zero
    } else {
        timers_.end_at(now + timings_.long_wait());
    }
}

void non_invite_server::finish(actions& out) {
    state_ = state::terminated;
    timers_.stop();
    out.add(action::terminated);
}

} // namespace lyceum::transaction
