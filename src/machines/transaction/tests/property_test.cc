#include "machines/transaction/tests/rows.h"

#include <random>

namespace lyceum::transaction {
namespace {

/// The same sequence for the same seed, everywhere.
class random_walk {
public:
    explicit random_walk(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }

private:
    std::mt19937_64 engine_;
};

constexpr int statuses[] = {100, 180, 199, 200, 202, 302, 401, 486, 503, 603, 0, 700};

client_event any_client_event(random_walk& dice) {
    switch (dice.below(8)) {
    case 0:
        return start{};
    case 1:
        return cancelled{};
    case 2:
        return dice.below(4) == 0 ? client_event(transport_failed{}) : client_event(tick{});
    case 3:
    case 4:
        return tick{};
    default:
        return response{statuses[dice.below(std::size(statuses))]};
    }
}

server_event any_server_event(random_walk& dice) {
    switch (dice.below(8)) {
    case 0:
        return request_received{};
    case 1:
        return ack_received{};
    case 2:
        return transport_failed{};
    case 3:
    case 4:
        return tick{};
    default:
        return respond{statuses[dice.below(std::size(statuses))]};
    }
}

/// Where a machine may wait for its user without a deadline: as the headers say.
bool may_wait(const invite_client& m) {
    return m.state() == state::created || m.state() == state::proceeding;
}
bool may_wait(const non_invite_client& m) {
    return m.state() == state::created;
}
bool may_wait(const invite_server& m) {
    return m.state() == state::proceeding;
}
bool may_wait(const non_invite_server& m) {
    return m.state() == state::trying || m.state() == state::proceeding;
}

template <class Machine, class Draw>
void walk(std::uint64_t seed, Draw draw) {
    SCOPED_TRACE(seed);
    random_walk dice(seed);
    Machine m(timings{}, dice.below(2) == 0);
    instant now = t0;
    int ends = 0;
    for (int i = 0; i < 60; ++i) {
        const auto before = m.state();
        const auto due = m.deadline();
        // Half of the time we jump to the deadline, as the owner's heap would.
        if (due && dice.below(2) == 0) {
            now = std::max(now, *due);
        } else {
            now += std::chrono::milliseconds(dice.below(800));
        }
        actions out;
        if (due && *due <= now) {
            m.on(tick{}, now, out);
        } else {
            m.on(draw(dice), now, out);
        }
        if (out.has(action::terminated)) ++ends;

        ASSERT_EQ(out.has(action::terminated),
                  m.state() == state::terminated && before != state::terminated);
        ASSERT_TRUE(m.deadline() || m.state() == state::terminated || may_wait(m))
            << name(m.state());
        if (m.state() == state::terminated) {
            ASSERT_EQ(m.deadline(), std::nullopt);
        }
        if (before == state::terminated) {
            ASSERT_TRUE(out.empty()) << text(out);
        }
        if (m.deadline()) {
            ASSERT_GT(*m.deadline(), now) << "a tick must bring it forward";
        }
    }
    ASSERT_LE(ends, 1);
    // Left alone it ends within 64*T1 of its last event, unless it waits for its user.
    const instant last = now;
    while (m.deadline()) {
        actions out;
        now = *m.deadline();
        ASSERT_LE(now, last + 32s);
        m.on(tick{}, now, out);
        if (out.has(action::terminated)) ++ends;
    }
    ASSERT_TRUE(m.state() == state::terminated || may_wait(m));
    ASSERT_EQ(ends, m.state() == state::terminated ? 1 : 0);
}

constexpr std::uint64_t walks = 4000;

TEST(property, a_transaction_has_a_deadline_or_waits_for_its_user_or_is_over) {
    for (std::uint64_t seed = 0; seed < walks; ++seed) {
        walk<invite_client>(seed, any_client_event);
        walk<non_invite_client>(seed, any_client_event);
        walk<invite_server>(seed, any_server_event);
        walk<non_invite_server>(seed, any_server_event);
        if (testing::Test::HasFatalFailure()) return;
    }
}

} // namespace
} // namespace lyceum::transaction
