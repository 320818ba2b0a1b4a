// What callees may make us keep.
#include "machines/response_context/tests/script.h"

#include <gtest/gtest.h>

namespace lyceum::response_context {
namespace {

// What branches have answered costs no more than one of them does, and that one not its whole body.
TEST(bounds, what_waits_for_other_branches_is_short) {
    auto refusal = reply(486);
    refusal.set_body("text/plain", std::string(20'000, 'x'));
    const auto relayed = [&](std::size_t targets) {
        context machine(settings{});
        actions out;
        machine.on(started{std::vector<target>(targets)}, t0, out);
        for (branch_id b = 0; b < targets; ++b) {
            out.clear();
            machine.on(responded{b, b == 0 ? refusal : reply(404)}, t0, out);
        }
        const auto* const up = std::get_if<relay>(out.data());
        return up == nullptr ? sip::message{} : up->response;
    };
    EXPECT_EQ(relayed(1).body().size(), 20'000U);
    EXPECT_EQ(relayed(2).status(), 486);
    EXPECT_EQ(relayed(2).body(), "");
    refusal.set_body("text/plain", std::string(16'384, 'x'));
    EXPECT_EQ(relayed(2).body().size(), 16'384U);
}

TEST(bounds, a_branch_has_so_many_successes) {
    context machine(settings{});
    actions out;
    machine.on(started{{{1}}}, t0, out);
    for (int i = 0; i < 150; ++i) {
        out.clear();
        machine.on(responded{0, reply(200, std::to_string(i))}, t0, out);
        EXPECT_EQ(out.size(), i < 100 ? 1U : 0U) << i;
    }
    machine.on(responded{0, reply(200, "7")}, t0, out); // one of those again
    EXPECT_EQ(text(out), "relay 200 7");
}

} // namespace
} // namespace lyceum::response_context
