// Bare sections: RFC 3261.
#include "machines/transaction/tests/rows.h"

namespace lyceum::transaction {
namespace {

using enum action;
using row_t = row<client_event>;
constexpr bool udp = false;
constexpr bool tls = true;

TEST(invite_client, figure_5_and_rfc_6026) {
    const row_t rows[] = {
        // clang-format off
        // Calling
        {"17.1.1.2: MUST pass the request to the transport layer; unreliable: start timer A with T1", udp,
         {{0, start{}}}, {send}, state::calling, 500},
        {"17.1.1.2: reliable: SHOULD NOT start timer A; for any transport start timer B with 64*T1", tls,
         {{0, start{}}}, {send}, state::calling, 32000},
        {"17.1.1.2: when timer A fires, retransmit, reset the timer with 2*T1", udp,
         {{0, start{}}, {500, tick{}}}, {retransmit}, state::calling, 1500},
        {"17.1.1.2: retransmitted with intervals that double after each transmission", udp,
         {{0, start{}}, {500, tick{}}, {1500, tick{}}, {3500, tick{}}, {7500, tick{}}}, {retransmit}, state::calling, 15500},
        {"17.1.1.2: nothing before timer A", udp,
         {{0, start{}}, {499, tick{}}}, {}, state::calling, 500},
        {"17.1.1.2: timer B fires in calling: inform the TU", udp,
         {{0, start{}}, {32000, tick{}}}, {report_timeout, terminated}, state::terminated, -1},
        {"17.1.1.2: timer B, reliable", tls,
         {{0, start{}}, {32000, tick{}}}, {report_timeout, terminated}, state::terminated, -1},
        {"17.1.4: transport failure: inform the TU, terminate", udp,
         {{0, start{}}, {1, transport_failed{}}}, {report_transport_error, terminated}, state::terminated, -1},
        {"17.1.1.2: a provisional response in calling: to proceeding, passed to the TU", udp,
         {{0, start{}}, {100, response{180}}}, {deliver_to_user}, state::proceeding, -1},
        {"RFC 6026 8.4: 2xx in calling: to accepted, passed up, timer M with 64*T1", udp,
         {{0, start{}}, {100, response{200}}}, {deliver_to_user}, state::accepted, 32100},
        {"17.1.1.2: 300-699 in calling: to completed, passed up, ACK; timer D at least 32 s", udp,
         {{0, start{}}, {100, response{486}}}, {send_ack, deliver_to_user}, state::completed, 32100},
        {"17.1.1.2: ACK even if the transport is reliable; timer D zero", tls,
         {{0, start{}}, {100, response{486}}}, {send_ack, deliver_to_user, terminated}, state::terminated, -1},
        {"9.1: no CANCEL can have been sent in calling: timer B stays", tls,
         {{0, start{}}, {100, cancelled{}}}, {}, state::calling, 32000},
        {"start happens once", udp,
         {{0, start{}}, {100, start{}}}, {}, state::calling, 500},
        // Proceeding
        {"17.1.1.2: further provisional responses are passed up", udp,
         {{0, start{}}, {100, response{100}}, {200, response{183}}}, {deliver_to_user}, state::proceeding, -1},
        {"17.1.1.2: in proceeding SHOULD NOT retransmit any longer", udp,
         {{0, start{}}, {100, response{100}}, {500, tick{}}}, {}, state::proceeding, -1},
        {"RFC 6026 8.4: 2xx in proceeding: to accepted", tls,
         {{0, start{}}, {100, response{100}}, {200, response{202}}}, {deliver_to_user}, state::accepted, 32200},
        {"17.1.1.2: 300-699 in proceeding: to completed", udp,
         {{0, start{}}, {100, response{100}}, {200, response{302}}}, {send_ack, deliver_to_user}, state::completed, 32200},
        {"9.1: cancelled: wait 64*T1 for the final response", tls,
         {{0, start{}}, {100, response{180}}, {200, cancelled{}}}, {}, state::proceeding, 32200},
        {"9.1: no final response in 64*T1: consider it cancelled, destroy", tls,
         {{0, start{}}, {100, response{180}}, {200, cancelled{}}, {32200, tick{}}}, {report_timeout, terminated}, state::terminated, -1},
        {"9.1: a provisional response does not lengthen the wait after CANCEL", tls,
         {{0, start{}}, {100, response{180}}, {200, cancelled{}}, {300, response{180}}}, {deliver_to_user}, state::proceeding, 32200},
        {"9.1: the answer to a cancelled INVITE", tls,
         {{0, start{}}, {100, response{180}}, {200, cancelled{}}, {300, response{487}}}, {send_ack, deliver_to_user, terminated}, state::terminated, -1},
        {"assumed: the connection is gone while we wait", tls,
         {{0, start{}}, {100, response{180}}, {200, transport_failed{}}}, {report_transport_error, terminated}, state::terminated, -1},
        // Completed
        {"17.1.1.2: final response again: ACK again, not passed up", udp,
         {{0, start{}}, {100, response{486}}, {600, response{486}}}, {send_ack}, state::completed, 32100},
        {"figure 5: 1xx in completed: nothing", udp,
         {{0, start{}}, {100, response{486}}, {600, response{180}}}, {}, state::completed, 32100},
        {"figure 5: 2xx in completed: nothing", udp,
         {{0, start{}}, {100, response{486}}, {600, response{200}}}, {}, state::completed, 32100},
        {"17.1.1.2: timer D fires: terminated", udp,
         {{0, start{}}, {100, response{486}}, {32100, tick{}}}, {terminated}, state::terminated, -1},
        {"figure 5: transport error in completed: inform the TU, terminate", udp,
         {{0, start{}}, {100, response{486}}, {101, transport_failed{}}}, {report_transport_error, terminated}, state::terminated, -1},
        // Accepted
        {"RFC 6026 8.4: any 2xx in accepted is passed up, no ACK", udp,
         {{0, start{}}, {100, response{200}}, {600, response{200}}}, {deliver_to_user}, state::accepted, 32100},
        {"RFC 6026 8.4: anything else in accepted: nothing", udp,
         {{0, start{}}, {100, response{200}}, {600, response{486}}}, {}, state::accepted, 32100},
        {"RFC 6026 8.4: a provisional in accepted: nothing", udp,
         {{0, start{}}, {100, response{200}}, {600, response{180}}}, {}, state::accepted, 32100},
        {"RFC 6026 8.4: timer M fires: terminated", tls,
         {{0, start{}}, {100, response{200}}, {32100, tick{}}}, {terminated}, state::terminated, -1},
        {"RFC 6026 8.4: nothing is sent in accepted, so nothing can fail", tls,
         {{0, start{}}, {100, response{200}}, {200, transport_failed{}}}, {}, state::accepted, 32100},
        // Statuses that are none
        {"7.2: a status is 100 to 699", udp,
         {{0, start{}}, {100, response{99}}}, {}, state::calling, 500},
        {"7.2: a status is 100 to 699", udp,
         {{0, start{}}, {100, response{700}}}, {}, state::calling, 500},
        // clang-format on
    };
    for (const auto& r : rows)
        check<invite_client>(r);
}

TEST(non_invite_client, figure_6) {
    const row_t rows[] = {
        // clang-format off
        // Trying
        {"17.1.2.2: passed to the transport; unreliable: timer E in T1", udp,
         {{0, start{}}}, {send}, state::trying, 500},
        {"17.1.2.2: timer F in 64*T1", tls,
         {{0, start{}}}, {send}, state::trying, 32000},
        {"17.1.2.2: timer E fires: reset with MIN(2*T1, T2)", udp,
         {{0, start{}}, {500, tick{}}}, {retransmit}, state::trying, 1500},
        {"17.1.2.2: intervals 500 ms, 1 s, 2 s, 4 s, 4 s: capped at T2", udp,
         {{0, start{}}, {500, tick{}}, {1500, tick{}}, {3500, tick{}}, {7500, tick{}}}, {retransmit}, state::trying, 11500},
        {"17.1.2.2: timer F fires in trying: inform the TU, terminated", udp,
         {{0, start{}}, {32000, tick{}}}, {report_timeout, terminated}, state::terminated, -1},
        {"17.1.4: transport failure in trying", tls,
         {{0, start{}}, {1, transport_failed{}}}, {report_transport_error, terminated}, state::terminated, -1},
        {"17.1.2.2: provisional in trying: passed up, to proceeding", tls,
         {{0, start{}}, {100, response{100}}}, {deliver_to_user}, state::proceeding, 32000},
        {"17.1.2.2: final in trying: passed up, to completed, timer K in T4", udp,
         {{0, start{}}, {100, response{200}}}, {deliver_to_user}, state::completed, 5100},
        {"17.1.2.2: timer K zero for reliable transports", tls,
         {{0, start{}}, {100, response{404}}}, {deliver_to_user, terminated}, state::terminated, -1},
        // Proceeding
        {"figure 6: 1xx in proceeding is passed up", tls,
         {{0, start{}}, {100, response{100}}, {200, response{183}}}, {deliver_to_user}, state::proceeding, 32000},
        {"17.1.2.1: after a provisional retransmissions continue", udp,
         {{0, start{}}, {100, response{100}}, {500, tick{}}}, {retransmit}, state::proceeding, 4500},
        {"17.1.2.2: timer E in proceeding is reset with T2", udp,
         {{0, start{}}, {100, response{100}}, {500, tick{}}, {4500, tick{}}}, {retransmit}, state::proceeding, 8500},
        {"17.1.2.2: timer F fires in proceeding: the TU MUST be informed, terminated", tls,
         {{0, start{}}, {100, response{100}}, {32000, tick{}}}, {report_timeout, terminated}, state::terminated, -1},
        {"figure 6: transport error in proceeding", udp,
         {{0, start{}}, {100, response{100}}, {200, transport_failed{}}}, {report_transport_error, terminated}, state::terminated, -1},
        {"17.1.2.2: final in proceeding: passed up, to completed", udp,
         {{0, start{}}, {100, response{100}}, {200, response{503}}}, {deliver_to_user}, state::completed, 5200},
        {"9.1: CANCEL SHOULD NOT be sent for other requests than INVITE", tls,
         {{0, start{}}, {100, response{100}}, {200, cancelled{}}}, {}, state::proceeding, 32000},
        // Completed
        {"17.1.2.2: completed buffers retransmissions", udp,
         {{0, start{}}, {100, response{200}}, {200, response{200}}}, {}, state::completed, 5100},
        {"17.1.2.2: timer K fires: terminated", udp,
         {{0, start{}}, {100, response{200}}, {5100, tick{}}}, {terminated}, state::terminated, -1},
        {"figure 6: nothing is sent in completed, so nothing can fail", udp,
         {{0, start{}}, {100, response{200}}, {200, transport_failed{}}}, {}, state::completed, 5100},
        // clang-format on
    };
    for (const auto& r : rows)
        check<non_invite_client>(r);
}

TEST(client, is_the_machine_that_the_method_asks_for) {
    client invite(true, timings{}, true);
    client other(false, timings{}, true);
    EXPECT_TRUE(invite.is_invite());
    EXPECT_FALSE(other.is_invite());
    actions out;
    invite.on(start{}, t0, out);
    EXPECT_EQ(invite.state(), state::calling);
    other.on(start{}, t0, out);
    EXPECT_EQ(other.state(), state::trying);
    EXPECT_EQ(other.deadline(), t0 + 32s);
}

// 17.1.1.2: 64*T1 is the time required to send seven requests.
TEST(invite_client, sends_seven_requests_over_udp) {
    invite_client m(timings{}, udp);
    int sent = 0;
    actions out;
    m.on(start{}, t0, out);
    while (m.state() != state::terminated) {
        if (out.has(send) || out.has(retransmit)) ++sent;
        out.clear();
        m.on(tick{}, *m.deadline(), out);
    }
    EXPECT_EQ(sent, 7);
    EXPECT_TRUE(out.has(report_timeout));
}

TEST(client, is_small) {
    EXPECT_LE(sizeof(client), 64U);
    EXPECT_LE(sizeof(server), 64U);
}

} // namespace
} // namespace lyceum::transaction
