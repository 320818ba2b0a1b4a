#include "machines/response_context/context.h"

#include "base/overloaded.h"

#include <algorithm>
#include <tuple>

namespace lyceum::response_context {
namespace {

/// Octets. What a refusal has to say is short; who sends more must not fill our memory while other
/// branches ring.
constexpr std::size_t longest_waiting_body = 16384;
/// Different 2xx of one branch that are heeded: as many as telephones can ring behind it.
constexpr std::size_t most_successes = 100;

bool is_challenge(int status) {
    return status == 401 || status == 407;
}

/// The order in which final responses are preferred, lowest first. RFC 3261 16.7 step 6: 6xx, then
/// the lowest class; within it what tells the caller how to ask again.
int rank(int status) {
    constexpr int first = 0;
    if (status >= 600) return first;
    const int of_class = status / 100 * 10;
    switch (status) {
    case 401:
    case 407:
    case 415:
    case 420:
    case 484:
        return of_class;
    // assumed: these say less about the callee than any other answer of their class.
    case 408:
    case 481:
    case 487:
    case 503:
        return of_class + 2;
    default:
        return of_class + 1;
    }
}

} // namespace

void context::on(event&& e, instant now, actions& out) {
    if (finished_) return;
    const auto is_live = [&](branch_id b) {
        return b < branches_.size() && branches_[b].now != phase::over;
    };
    std::visit(overloaded{
                   [&](started&& s) {
                       if (started_) return;
                       started_ = true;
                       waiting_ = std::move(s.targets);
                   },
                   [&](responded&& r) {
                       if (!is_live(r.branch)) return;
                       const int status = r.response.status();
                       if (status < 200) {
                           take_provisional(r.branch, std::move(r.response), now, out);
                       } else if (status < 300) {
                           take_success(r.branch, std::move(r.response), now, out);
                       } else if (branches_[r.branch].now == phase::pending) {
                           take_failure(r.branch, status, std::move(r.response), now, out);
                       }
                   },
                   [&](branch_failed&& f) {
                       if (!is_live(f.branch) || branches_[f.branch].now != phase::pending) return;
                       take_failure(
                           f.branch, f.why == failure::timeout ? 408 : 503, std::nullopt, now, out);
                   },
                   [&](cancelled&&) {
                       // RFC 3261 9.2: no effect on a request that has its final response; 9.1:
                       // INVITE only.
                       if (final_sent_ || !settings_.is_invite) return;
                       cancelled_ = closed_ = true;
                       cancel_pending(0, now, out);
                   },
                   [&](tick&&) {
                       for (branch_id b = 0; b < branches_.size(); ++b) {
                           if (branches_[b].until <= now) expire(b, now, out);
                       }
                   },
               },
               std::move(e));
    if (started_) go_on(now, out);
}

std::optional<instant> context::deadline() const {
    if (finished_) return std::nullopt;
    auto first = never;
    for (const auto& b : branches_)
        first = std::min(first, b.until);
    return first == never ? std::nullopt : std::optional(first);
}

std::size_t context::pending() const {
    return static_cast<std::size_t>(std::ranges::count(branches_, phase::pending, &branch::now));
}

void context::start_next_group(instant now, actions& out) {
    const auto q = std::ranges::max(waiting_, {}, &target::q).q;
    for (const auto& t : waiting_) {
        if (t.q != q) continue;
        out.emplace_back(forward{t.id, static_cast<branch_id>(branches_.size())});
        auto& b = branches_.emplace_back();
        if (settings_.is_invite) b.until = now + settings_.timer_c; // 16.6 step 11
    }
    std::erase_if(waiting_, [&](const target& t) { return t.q == q; });
}

void context::take_provisional(branch_id id, sip::message&& response, instant now, actions& out) {
    auto& b = branches_[id];
    if (b.now != phase::pending) return;
    b.provisional = true;
    // 16.7 step 2: anything but 100 resets timer C. After a CANCEL its patience counts instead.
    if (settings_.is_invite && response.status() != 100 && !b.cancel_sent)
        b.until = now + settings_.timer_c;
    // 16.7 step 5: any provisional response other than 100, until a final response has been sent.
    if (response.status() != 100 && !final_sent_) out.emplace_back(relay{std::move(response)});
    if (b.cancel_wanted && !b.cancel_sent)
        send_cancel(id, now, out); // 9.1: it had to wait for this
}

void context::take_success(branch_id id, sip::message&& response, instant now, actions& out) {
    auto& b = branches_[id];
    const bool repeated = std::ranges::find(b.tags, response.to_tag()) != b.tags.end();
    if (!settings_.is_invite) {
        b.now = phase::over;
        b.until = never;
        closed_ = final_sent_ = true;
        out.emplace_back(relay{std::move(response)});
        for (branch_id other = 0; other < branches_.size(); ++other) {
            if (branches_[other].now == phase::over) continue;
            branches_[other].now = phase::over;
            out.emplace_back(
                drop_branch{other}); // ignored: one final response to a non-INVITE request
        }
        return;
    }
    if (!repeated && b.tags.size() == most_successes) return;
    if (!repeated) b.tags.emplace_back(response.to_tag());
    if (b.now == phase::pending) {
        b.now = phase::succeeded;
        b.status = response.status();
        b.until = now + settings_.late_success;
    }
    const bool first = !final_sent_;
    closed_ = final_sent_ = true;
    if (first) {
        winner_ = id;
        winning_tag_ = response.to_tag();
    }
    const int status = response.status();
    const bool won = winner_ == id && winning_tag_ == response.to_tag();
    if (first || !settings_.single_final || (won && settings_.caller_may_miss)) {
        out.emplace_back(relay{std::move(response)}); // 16.7 step 5
    } else if (!repeated) {
        out.emplace_back(acknowledge_and_bye{id, std::move(response)});
    } else {
        // Somewhere behind us the ACK was lost, and a caller that takes one 2xx only sends no
        // other.
        out.emplace_back(acknowledge{id, std::move(response)});
    }
    if (first) cancel_pending(status, now, out); // 16.7 step 10
}

void context::take_failure(
    branch_id id, int status, std::optional<sip::message> response, instant now, actions& out) {
    auto& b = branches_[id];
    b.now = phase::over;
    b.until = never;
    b.status = status;
    b.answered = response.has_value();
    const auto place = [&](branch_id i) {
        return std::tuple(rank(branches_[i].status), !branches_[i].answered, i);
    };
    if (!best_ || place(id) < place(*best_)) {
        best_ = id;
        best_response_ = {};
    }
    if (response && !final_sent_) keep(id, *std::move(response));
    // RFC 3263 4.3: any other answer, and silence after a provisional one, is the server's own.
    const bool unreachable = status == 503 || (status == 408 && !b.answered && !b.provisional);
    if (settings_.failover && !unreachable) closed_ = true;
    if (status >= 600) {
        closed_ = true; // 16.7 step 5: MUST NOT create any new branches
        cancel_pending(status, now, out);
    }
}

/// A branch's time is up.
void context::expire(branch_id id, instant now, actions& out) {
    auto& b = branches_[id];
    if (b.now == phase::succeeded) {
        b.now = phase::over;
        b.until = never;
        out.emplace_back(drop_branch{id});
        return;
    }
    if (b.provisional && !b.cancel_sent) {
        if (!b.cancel_wanted) b.cancel_cause = 408;
        send_cancel(id, now, out); // 16.8: timer C, a provisional response was there
        return;
    }
    // 16.8: timer C, as if 408 had come in; 9.1: no final response after CANCEL, consider it
    // cancelled.
    out.emplace_back(drop_branch{id});
    take_failure(id, 408, std::nullopt, now, out);
}

void context::cancel_pending(int cause, instant now, actions& out) {
    if (!settings_.is_invite) return;
    for (branch_id id = 0; id < branches_.size(); ++id) {
        auto& b = branches_[id];
        if (b.now != phase::pending || b.cancel_sent) continue;
        if (!b.cancel_wanted) b.cancel_cause = cause;
        b.cancel_wanted = true;
        if (b.provisional) send_cancel(id, now, out);
    }
}

void context::send_cancel(branch_id id, instant now, actions& out) {
    auto& b = branches_[id];
    b.cancel_sent = true;
    b.until = now + settings_.cancel_patience;
    out.emplace_back(cancel{id, b.cancel_cause});
}

/// What follows when branches have ended: the next group, the final response, the end.
void context::go_on(instant now, actions& out) {
    if (pending() != 0) {
        if (best_response_.body().size() > longest_waiting_body) best_response_.set_body({}, {});
        return;
    }
    if (!closed_ && !waiting_.empty()) {
        start_next_group(now, out);
        return;
    }
    if (!final_sent_) {
        final_sent_ = true;
        answer_with_best(out);
    }
    if (std::ranges::any_of(branches_, [](const branch& b) { return b.now != phase::over; }))
        return;
    finished_ = true;
    out.emplace_back(finished{});
}

/// 16.7 step 6, and step 7: all challenges of the other 401 and 407 responses go along, unchanged.
void context::keep(branch_id id, sip::message&& response) {
    if (is_challenge(response.status())) {
        for (const auto name : {sip::header::www_authenticate, sip::header::proxy_authenticate}) {
            for (const auto value : response.values(name))
                challenges_.push_back({id, name, std::string(value)});
        }
    }
    if (best_ == id) best_response_ = std::move(response);
}

void context::answer_with_best(actions& out) {
    if (!best_) {
        out.emplace_back(respond{cancelled_ ? 487 : 480}); // 16.5: no targets
        return;
    }
    const auto& best = branches_[*best_];
    const bool says_nothing = best.status == 503 || (best.status == 408 && !best.answered);
    if (cancelled_ && says_nothing) {
        // 9.1, 9.2: who gave up is told so, however the branches ended that nobody waits for.
        out.emplace_back(respond{487});
    } else if (best.status == 503) {
        // 16.7 step 6: a 503 speaks of that server, not of us.
        const bool none_was_sent = std::ranges::none_of(branches_, &branch::answered);
        out.emplace_back(respond{none_was_sent ? settings_.when_unreachable : 500});
    } else if (!best.answered) {
        out.emplace_back(respond{best.status});
    } else {
        if (is_challenge(best.status)) {
            for (const auto& c : challenges_) {
                if (c.of != *best_) best_response_.append(c.name, c.value);
            }
        }
        out.emplace_back(relay{std::move(best_response_)});
    }
}

} // namespace lyceum::response_context
