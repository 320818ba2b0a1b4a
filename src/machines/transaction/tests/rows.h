#pragma once

#include "machines/transaction/client.h"
#include "machines/transaction/server.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace lyceum::transaction {

inline constexpr instant t0{};

/// One event at so many milliseconds after t0.
template <class Event>
struct step {
    std::int64_t at;
    Event event;
};

/// A path through a figure: the last step is the arrow, those before lead to it.
template <class Event>
struct row {
    const char* rule; ///< where the arrow is described
    bool reliable;
    std::vector<step<Event>> steps;
    std::initializer_list<action> wants;
    transaction::state then;
    std::int64_t due; ///< the deadline afterwards, ms after t0; none when negative
};

inline actions all_of(std::initializer_list<action> list) {
    actions out;
    for (const action a : list)
        out.add(a);
    return out;
}

inline std::string text(const actions& a) {
    std::string out;
    constexpr std::pair<action, const char*> names[] = {
        {action::send, "send "},
        {action::retransmit, "retransmit "},
        {action::send_ack, "send_ack "},
        {action::deliver_to_user, "deliver_to_user "},
        {action::report_timeout, "report_timeout "},
        {action::report_transport_error, "report_transport_error "},
        {action::terminated, "terminated "},
    };
    for (const auto& [what, word] : names) {
        if (a.has(what)) out += word;
    }
    return out;
}

template <class Machine, class Event>
void check(const row<Event>& r) {
    SCOPED_TRACE(r.rule);
    Machine m(timings{}, r.reliable);
    actions last;
    for (const auto& s : r.steps) {
        last.clear();
        m.on(s.event, t0 + std::chrono::milliseconds(s.at), last);
    }
    EXPECT_EQ(text(last), text(all_of(r.wants)));
    EXPECT_STREQ(name(m.state()), name(r.then));
    const auto due =
        r.due < 0 ? std::nullopt : std::optional(t0 + std::chrono::milliseconds(r.due));
    EXPECT_EQ(m.deadline(), due);
}

} // namespace lyceum::transaction
