#include "machines/response_context/tests/script.h"

#include <gtest/gtest.h>

namespace lyceum::response_context {
namespace {

constexpr settings call{};
constexpr settings im{.is_invite = true, .single_final = true};
constexpr settings other{.is_invite = false};

/// One event at so many seconds, and what it has to bring about.
struct step {
    int at;
    event what;
    std::string_view wants;
};

struct conversation {
    const char* rule;
    settings how;
    std::vector<step> steps;
    int due; ///< deadline at the end, seconds; -1 none
};

void check(const conversation& c) {
    SCOPED_TRACE(c.rule);
    context machine(c.how);
    for (const auto& s : c.steps) {
        SCOPED_TRACE(s.at);
        actions out;
        machine.on(event(s.what), t0 + std::chrono::seconds(s.at), out);
        EXPECT_EQ(text(out), s.wants);
    }
    EXPECT_EQ(machine.deadline(),
              c.due < 0 ? std::nullopt : std::optional(t0 + std::chrono::seconds(c.due)));
}

event to(std::vector<target> t) {
    return started{std::move(t)};
}
event answer(branch_id b, int status, std::string_view tag = "t") {
    return responded{b, reply(status, tag)};
}
event timeout(branch_id b) {
    return branch_failed{b, failure::timeout};
}
event broken(branch_id b) {
    return branch_failed{b, failure::transport};
}

TEST(context, one_target) {
    const conversation rows[] = {
        {"16.5: no targets: SHOULD be 480", call, {{0, to({}), "respond 480, finished"}}, -1},
        {"16.6: forwarded; step 11: timer C", call, {{0, to({{7}}), "forward 7 as 0"}}, 181},
        {"16.7 step 5: 100 is never forwarded; step 2: it leaves timer C alone",
         call,
         {{0, to({{7}}), "forward 7 as 0"}, {10, answer(0, 100), ""}},
         181},
        {"16.7 step 5: any other provisional is forwarded at once; step 2: it resets timer C",
         call,
         {{0, to({{7}}), "forward 7 as 0"}, {10, answer(0, 180), "relay 180 t"}},
         191},
        {"16.7 step 5: any 2xx at once; then the context stays for more of them",
         call,
         {{0, to({{7}}), "forward 7 as 0"}, {10, answer(0, 200), "relay 200 t"}},
         42},
        {"16.7 step 9: the context ends with its transactions: timer M",
         call,
         {{0, to({{7}}), "forward 7 as 0"},
          {10, answer(0, 200), "relay 200 t"},
          {41, tick{}, ""},
          {42, tick{}, "drop 0, finished"}},
         -1},
        {"16.7 step 6: a final response when all transactions have ended",
         call,
         {{0, to({{7}}), "forward 7 as 0"}, {10, answer(0, 486), "relay 486 t, finished"}},
         -1},
        {"16.7 step 6: nothing received: 408",
         call,
         {{0, to({{7}}), "forward 7 as 0"}, {32, timeout(0), "respond 408, finished"}},
         -1},
        {"16.9: as if 503; 16.7 step 6: only 503: 500",
         call,
         {{0, to({{7}}), "forward 7 as 0"}, {1, broken(0), "respond 500, finished"}},
         -1},
        {"assumed: our router calls an endpoint whose connection is gone not available",
         {.when_unreachable = 480},
         {{0, to({{7}}), "forward 7 as 0"}, {1, broken(0), "respond 480, finished"}},
         -1},
        {"16.7 step 6: a 503 that came in becomes 500",
         {.when_unreachable = 480},
         {{0, to({{7}}), "forward 7 as 0"}, {1, answer(0, 503), "respond 500, finished"}},
         -1},
        {"16.8: timer C without a provisional: as if 408",
         call,
         {{0, to({{7}}), "forward 7 as 0"}, {181, tick{}, "drop 0, respond 408, finished"}},
         -1},
        {"16.8: timer C after a provisional: CANCEL",
         call,
         {{0, to({{7}}), "forward 7 as 0"},
          {1, answer(0, 180), "relay 180 t"},
          {182, tick{}, "cancel 0"}},
         192},
        {"16.8, 9.1: and without an answer to it: considered cancelled",
         call,
         {{0, to({{7}}), "forward 7 as 0"},
          {1, answer(0, 180), "relay 180 t"},
          {182, tick{}, "cancel 0"},
          {192, tick{}, "drop 0, respond 408, finished"}},
         -1},
        {"start happens once", call, {{0, to({{7}}), "forward 7 as 0"}, {1, to({{8}}), ""}}, 181},
        {"a branch that there is not",
         call,
         {{0, to({{7}}), "forward 7 as 0"}, {1, answer(5, 200), ""}},
         181},
        {"nothing after finished",
         call,
         {{0, to({{7}}), "forward 7 as 0"},
          {1, answer(0, 486), "relay 486 t, finished"},
          {2, answer(0, 200), ""},
          {3, cancelled{}, ""}},
         -1},
    };
    for (const auto& c : rows)
        check(c);
}

TEST(context, order_of_targets) {
    const conversation rows[] = {
        {"16.6: equal q in parallel",
         call,
         {{0, to({{7}, {8}, {9}}), "forward 7 as 0, forward 8 as 1, forward 9 as 2"}},
         181},
        {"16.6: highest q first",
         call,
         {{0, to({{7, 500}, {8, 1000}, {9, 500}}), "forward 8 as 0"},
          {9, answer(0, 486), "forward 7 as 1, forward 9 as 2"}},
         190},
        {"16.6: the next only when all before have ended",
         call,
         {{0, to({{7}, {8}, {9, 1}}), "forward 7 as 0, forward 8 as 1"},
          {1, timeout(0), ""},
          {2, broken(1), "forward 9 as 2"},
          {3, answer(2, 404), "relay 404 t, finished"}},
         -1},
        {"16.7 step 5: after a 6xx no new branches",
         call,
         {{0, to({{7}, {8, 1}}), "forward 7 as 0"}, {1, answer(0, 603), "relay 603 t, finished"}},
         -1},
        {"16.7: after a 2xx no new branches",
         call,
         {{0, to({{7}, {8, 1}}), "forward 7 as 0"},
          {1, answer(0, 200), "relay 200 t"},
          {33, tick{}, "drop 0, finished"}},
         -1},
        {"16.10: after the caller's CANCEL no new branches",
         call,
         {{0, to({{7}, {8, 1}}), "forward 7 as 0"},
          {1, answer(0, 100), ""},
          {2, cancelled{}, "cancel 0"},
          {3, answer(0, 487), "relay 487 t, finished"}},
         -1},
    };
    for (const auto& c : rows)
        check(c);
}

TEST(context, failover) {
    constexpr settings places{.failover = true};
    const auto two = to({{7, 1000}, {8, 999}});
    const conversation rows[] = {
        {"RFC 3263 4.3: transport failure",
         places,
         {{0, two, "forward 7 as 0"}, {1, broken(0), "forward 8 as 1"}},
         182},
        {"RFC 3263 4.3: 503",
         places,
         {{0, two, "forward 7 as 0"}, {1, answer(0, 503), "forward 8 as 1"}},
         182},
        {"RFC 3263 4.3: timeout",
         places,
         {{0, two, "forward 7 as 0"}, {32, timeout(0), "forward 8 as 1"}},
         213},
        {"the second one's answer counts",
         places,
         {{0, two, "forward 7 as 0"},
          {1, broken(0), "forward 8 as 1"},
          {2, answer(1, 486), "relay 486 t, finished"}},
         -1},
        {"RFC 3263 4.3: any other answer is the server's own",
         places,
         {{0, two, "forward 7 as 0"}, {1, answer(0, 486), "relay 486 t, finished"}},
         -1},
        {"RFC 3263 4.3: also a 408 that was sent",
         places,
         {{0, two, "forward 7 as 0"}, {1, answer(0, 408), "relay 408 t, finished"}},
         -1},
        {"assumed: who has said that it works on it is not left for another when nobody lifts",
         places,
         {{0, two, "forward 7 as 0"},
          {1, answer(0, 180), "relay 180 t"},
          {182, tick{}, "cancel 0"},
          {192, tick{}, "drop 0, respond 408, finished"}},
         -1},
        {"no place left",
         places,
         {{0, two, "forward 7 as 0"},
          {1, broken(0), "forward 8 as 1"},
          {2, broken(1), "respond 500, finished"}},
         -1},
        {"16.10: not after a CANCEL",
         places,
         {{0, two, "forward 7 as 0"},
          {1, cancelled{}, ""},
          {2, broken(0), "respond 487, finished"}},
         -1},
    };
    for (const auto& c : rows)
        check(c);
}

TEST(context, best_response) {
    struct row {
        const char* rule;
        std::vector<event> finals; ///< of branches 0, 1, 2...
        std::string_view wants;
    };
    const row rows[] = {
        {"16.7 step 6: MUST choose from 6xx",
         {answer(0, 302), answer(1, 606), answer(2, 401)},
         "relay 606 t, finished"},
        {"16.7 step 6: lowest class",
         {answer(0, 500), answer(1, 404), answer(2, 302)},
         "relay 302 t, finished"},
        {"16.7 step 6: lowest class",
         {answer(0, 501), answer(1, 486), answer(2, 500)},
         "relay 486 t, finished"},
        {"16.7 step 6: 401 tells how to ask again",
         {answer(0, 404), answer(1, 401), answer(2, 486)},
         "relay 401 t, finished"},
        {"16.7 step 6: 407",
         {answer(0, 404), answer(1, 486), answer(2, 407)},
         "relay 407 t, finished"},
        {"16.7 step 6: 415",
         {answer(0, 404), answer(1, 415), answer(2, 486)},
         "relay 415 t, finished"},
        {"16.7 step 6: 420",
         {answer(0, 404), answer(1, 420), answer(2, 486)},
         "relay 420 t, finished"},
        {"16.7 step 6: 484",
         {answer(0, 404), answer(1, 484), answer(2, 486)},
         "relay 484 t, finished"},
        {"16.7 step 6, example: 503, 407, 501, 404: 407",
         {answer(0, 503), answer(1, 407), answer(2, 501), answer(3, 404)},
         "relay 407 t, finished"},
        {"16.7 step 6: SHOULD NOT forward 503",
         {answer(0, 503), answer(1, 500), answer(2, 503)},
         "relay 500 t, finished"},
        {"16.7 step 6: only 503: 500",
         {answer(0, 503), answer(1, 503), broken(2)},
         "respond 500, finished"},
        {"16.9, 16.7: 503 of our own making loses to an answer",
         {broken(0), answer(1, 480), broken(2)},
         "relay 480 t, finished"},
        {"assumed: 408 says least",
         {timeout(0), answer(1, 486), answer(2, 487)},
         "relay 486 t, finished"},
        {"16.7 step 6: 408 is of a lower class than 500",
         {timeout(0), answer(1, 500), answer(2, 500)},
         "respond 408, finished"},
        {"an answer that came in before our own of that kind",
         {timeout(0), answer(1, 408), timeout(2)},
         "relay 408 t, finished"},
        {"the first of equals",
         {answer(0, 486, "x"), answer(1, 486, "y"), answer(2, 486, "z")},
         "relay 486 x, finished"},
    };
    for (const auto& r : rows) {
        SCOPED_TRACE(r.rule);
        context machine(other);
        actions out;
        machine.on(started{std::vector<target>(r.finals.size())}, t0, out);
        for (const auto& e : r.finals) {
            out.clear();
            machine.on(event(e), t0, out);
        }
        EXPECT_EQ(text(out), r.wants);
    }
}

TEST(context, challenges_are_aggregated) {
    auto first = reply(401, "x");
    first.append(sip::header::www_authenticate, "NTLM realm=\"a\"");
    auto second = reply(407, "y");
    second.append(sip::header::proxy_authenticate, "Digest realm=\"b\", nonce=\"1\"");
    second.append(sip::header::proxy_authenticate, "NTLM realm=\"b\"");
    auto third = reply(404, "z");
    third.append(sip::header::www_authenticate, "Digest realm=\"c\"");

    context machine(call);
    actions out;
    machine.on(started{{{1}, {2}, {3}}}, t0, out);
    machine.on(responded{0, first}, t0, out);
    machine.on(responded{1, second}, t0, out);
    out.clear();
    machine.on(responded{2, third}, t0, out);
    ASSERT_EQ(text(out), "relay 401 x, finished");
    // 16.7 step 7: from all other 401 and 407, without modification; not from others.
    const auto& m = std::get<relay>(out[0]).response;
    EXPECT_EQ(m.values(sip::header::www_authenticate),
              (std::vector<std::string_view>{"NTLM realm=\"a\""}));
    EXPECT_EQ(
        m.values(sip::header::proxy_authenticate),
        (std::vector<std::string_view>{"Digest realm=\"b\", nonce=\"1\"", "NTLM realm=\"b\""}));
}

TEST(context, forked_call) {
    const conversation rows[] = {
        {"16.7 step 10: after a 2xx CANCEL what is pending; 9.1: not before its provisional",
         call,
         {{0, to({{7}, {8}, {9}}), "forward 7 as 0, forward 8 as 1, forward 9 as 2"},
          {1, answer(0, 180, "a"), "relay 180 a"},
          {1, answer(1, 180, "b"), "relay 180 b"},
          {5, answer(1, 200, "b"), "relay 200 b, cancel 0"},
          {6, answer(2, 100), "cancel 2"},
          {7, answer(2, 180), ""},
          {7, answer(0, 487, "a"), ""},
          {8, answer(2, 487), ""},
          {37, tick{}, "drop 1, finished"}},
         -1},
        {"16.7 step 5: any 2xx to an INVITE, also after the first",
         call,
         {{0, to({{7}, {8}}), "forward 7 as 0, forward 8 as 1"},
          {1, answer(0, 200, "a"), "relay 200 a"},
          {2, answer(1, 200, "b"), "relay 200 b"},
          {3, answer(1, 200, "b"), "relay 200 b"},
          {4, answer(0, 200, "c"), "relay 200 c"},
          {34, tick{}, "drop 0, drop 1, finished"}},
         -1},
        {"16.7 step 5: 6xx is not forwarded at once; the others are cancelled",
         call,
         {{0, to({{7}, {8}}), "forward 7 as 0, forward 8 as 1"},
          {1, answer(1, 180), "relay 180 t"},
          {2, answer(0, 603), "cancel 1"},
          {3, answer(1, 487), "relay 603 t, finished"}},
         -1},
        {"16.7 step 5: a 2xx may still win over a 6xx",
         call,
         {{0, to({{7}, {8}}), "forward 7 as 0, forward 8 as 1"},
          {1, answer(1, 180), "relay 180 t"},
          {2, answer(0, 603), "cancel 1"},
          {3, answer(1, 200), "relay 200 t"},
          {35, tick{}, "drop 1, finished"}},
         -1},
        {"16.10: the caller cancels: all pending; 9.1: remembered where no provisional came yet",
         call,
         {{0, to({{7}, {8}}), "forward 7 as 0, forward 8 as 1"},
          {1, answer(0, 180), "relay 180 t"},
          {2, cancelled{}, "cancel 0"},
          {3, answer(1, 180), "relay 180 t, cancel 1"},
          {4, answer(0, 487), ""},
          {5, answer(1, 487), "relay 487 t, finished"}},
         -1},
        {"16.10: CANCEL goes out once",
         call,
         {{0, to({{7}}), "forward 7 as 0"},
          {1, answer(0, 180), "relay 180 t"},
          {2, cancelled{}, "cancel 0"},
          {3, cancelled{}, ""}},
         12},
        {"9.1: a cancelled branch that stays silent; the caller gets 487",
         call,
         {{0, to({{7}}), "forward 7 as 0"},
          {1, answer(0, 180), "relay 180 t"},
          {2, cancelled{}, "cancel 0"},
          {12, tick{}, "drop 0, respond 487, finished"}},
         -1},
        {"9.1: cancelled, and nothing was ever heard",
         call,
         {{0, to({{7}}), "forward 7 as 0"},
          {2, cancelled{}, ""},
          {32, timeout(0), "respond 487, finished"}},
         -1},
        {"9.1: cancelled, and the callee's connection ends first",
         call,
         {{0, to({{7}}), "forward 7 as 0"},
          {1, answer(0, 180), "relay 180 t"},
          {2, cancelled{}, "cancel 0"},
          {3, broken(0), "respond 487, finished"}},
         -1},
        {"9.1: or the callee's server breaks down",
         call,
         {{0, to({{7}, {8}}), "forward 7 as 0, forward 8 as 1"},
          {2, cancelled{}, ""},
          {3, answer(0, 503), ""},
          {32, timeout(1), "respond 487, finished"}},
         -1},
        {"16.7 step 6: but what a callee said counts",
         call,
         {{0, to({{7}, {8}}), "forward 7 as 0, forward 8 as 1"},
          {2, cancelled{}, ""},
          {3, broken(0), ""},
          {4, answer(1, 486), "relay 486 t, finished"}},
         -1},
        {"9.2: a CANCEL after the final response has no effect",
         call,
         {{0, to({{7}}), "forward 7 as 0"},
          {1, answer(0, 200), "relay 200 t"},
          {2, cancelled{}, ""}},
         33},
        {"cancelled before there were targets",
         call,
         {{0, cancelled{}, ""}, {1, to({{7}}), "respond 487, finished"}},
         -1},
        {"16.7 step 2: each branch has its own timer C",
         call,
         {{0, to({{7}, {8}}), "forward 7 as 0, forward 8 as 1"},
          {100, answer(0, 180), "relay 180 t"},
          {181, tick{}, "drop 1"},
          {281, tick{}, "cancel 0"},
          {282, answer(0, 487), "relay 487 t, finished"}},
         -1},
    };
    for (const auto& c : rows)
        check(c);
}

// The house rule for instant messages: see settings::single_final.
TEST(context, forked_instant_message) {
    const conversation rows[] = {
        {"the first 2xx reaches the caller, a later one is acknowledged and ended",
         im,
         {{0, to({{7}, {8}}), "forward 7 as 0, forward 8 as 1"},
          {1, answer(0, 200, "a"), "relay 200 a"},
          {11, answer(1, 200, "b"), "bye 1"},
          {33, tick{}, "drop 0"},
          {43, tick{}, "drop 1, finished"}},
         -1},
        {"seen: pidgin-sipe holds its 200 back for 10 s and says nothing before, so no CANCEL can "
         "go out",
         im,
         {{0, to({{7}, {8}}), "forward 7 as 0, forward 8 as 1"},
          {1, answer(0, 200, "a"), "relay 200 a"},
          {10, answer(1, 200, "b"), "bye 1"}},
         33},
        {"a 2xx that crosses our CANCEL",
         im,
         {{0, to({{7}, {8}}), "forward 7 as 0, forward 8 as 1"},
          {1, answer(1, 180, "b"), "relay 180 b"},
          {2, answer(0, 200, "a"), "relay 200 a, cancel 1"},
          {2, answer(1, 200, "b"), "bye 1"}},
         34},
        {"the same 2xx again from either branch",
         im,
         {{0, to({{7}, {8}}), "forward 7 as 0, forward 8 as 1"},
          {1, answer(0, 200, "a"), "relay 200 a"},
          {2, answer(1, 200, "b"), "bye 1"},
          {3, answer(0, 200, "a"), "ack 0"},
          {3, answer(1, 200, "b"), "ack 1"}},
         33},
        {"the same over UDP upstream: the caller may not have heard it",
         {.is_invite = true, .single_final = true, .caller_may_miss = true},
         {{0, to({{7}, {8}}), "forward 7 as 0, forward 8 as 1"},
          {1, answer(0, 200, "a"), "relay 200 a"},
          {2, answer(1, 200, "b"), "bye 1"},
          {3, answer(0, 200, "a"), "relay 200 a"},
          {3, answer(1, 200, "b"), "ack 1"}},
         33},
        {"two 2xx of one branch: somebody forked again downstream",
         im,
         {{0, to({{7}}), "forward 7 as 0"},
          {1, answer(0, 200, "a"), "relay 200 a"},
          {2, answer(0, 200, "b"), "bye 0"}},
         33},
        {"a branch that never answers its CANCEL is dropped",
         im,
         {{0, to({{7}, {8}}), "forward 7 as 0, forward 8 as 1"},
          {1, answer(1, 180, "b"), "relay 180 b"},
          {2, answer(0, 200, "a"), "relay 200 a, cancel 1"},
          {12, tick{}, "drop 1"},
          {13, answer(1, 200, "b"), ""},
          {34, tick{}, "drop 0, finished"}},
         -1},
        {"patience is a setting",
         {.single_final = true, .cancel_patience = 3s},
         {{0, to({{7}, {8}}), "forward 7 as 0, forward 8 as 1"},
          {1, answer(1, 180, "b"), "relay 180 b"},
          {2, answer(0, 200, "a"), "relay 200 a, cancel 1"}},
         5},
    };
    for (const auto& c : rows)
        check(c);
}

/// Why a branch is cancelled is what RFC 3326 lets us say.
TEST(context, the_cause_of_a_cancel) {
    const struct {
        const char* what;
        event last;
        int at;
        std::vector<int> causes;
    } rows[] = {
        {"somebody took it", answer(0, 200, "a"), 2, {200}},
        {"somebody refused it for all", answer(0, 603), 2, {603}},
        {"the caller gave up", cancelled{}, 2, {0, 0}},
        {"timer C", tick{}, 182, {408, 408}},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        context machine(call);
        actions out;
        machine.on(to({{7}, {8}}), t0, out);
        machine.on(answer(0, 180), t0 + 1s, out);
        machine.on(answer(1, 180), t0 + 1s, out);
        machine.on(event(row.last), t0 + std::chrono::seconds(row.at), out);
        std::vector<int> causes;
        for (const auto& a : out) {
            if (const auto* c = std::get_if<cancel>(&a)) causes.push_back(c->cause);
        }
        EXPECT_EQ(causes, row.causes);
    }
}

TEST(context, forked_request_other_than_invite) {
    const conversation rows[] = {
        {"17.1.2: no timer C: timer F of the transaction ends it",
         other,
         {{0, to({{7}}), "forward 7 as 0"}},
         -1},
        {"16.7 step 5: the first 2xx wins; 9.1: no CANCEL, the others are forgotten",
         other,
         {{0, to({{7}, {8}, {9}}), "forward 7 as 0, forward 8 as 1, forward 9 as 2"},
          {1, answer(2, 180), "relay 180 t"},
          {1, answer(0, 404), ""},
          {2, answer(1, 200), "relay 200 t, drop 2, finished"},
          {3, answer(2, 200), ""}},
         -1},
        {"16.7 step 6: the best of the failures",
         other,
         {{0, to({{7}, {8}}), "forward 7 as 0, forward 8 as 1"},
          {1, answer(0, 481), ""},
          {2, answer(1, 415), "relay 415 t, finished"}},
         -1},
        {"16.7 step 5: a 6xx waits for the others, which are not cancelled",
         other,
         {{0, to({{7}, {8}}), "forward 7 as 0, forward 8 as 1"},
          {1, answer(1, 100), ""},
          {2, answer(0, 603), ""},
          {3, answer(1, 404), "relay 603 t, finished"}},
         -1},
        {"9.1: CANCEL has no effect",
         other,
         {{0, to({{7}, {8, 1}}), "forward 7 as 0"},
          {1, answer(0, 100), ""},
          {2, cancelled{}, ""},
          {3, answer(0, 404), "forward 8 as 1"},
          {35, timeout(1), "relay 404 t, finished"}},
         -1},
        {"9.1: nor on what a timeout is called",
         other,
         {{0, to({{7}}), "forward 7 as 0"},
          {2, cancelled{}, ""},
          {32, timeout(0), "respond 408, finished"}},
         -1},
    };
    for (const auto& c : rows)
        check(c);
}

} // namespace
} // namespace lyceum::response_context
