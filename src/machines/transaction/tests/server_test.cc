// Bare sections: RFC 3261.
#include "machines/transaction/tests/rows.h"

namespace lyceum::transaction {
namespace {

using enum action;
using row_t = row<server_event>;
constexpr bool udp = false;
constexpr bool tls = true;

TEST(invite_server, figure_7_and_rfc_6026) {
    const row_t rows[] = {
        // clang-format off
        // Proceeding
        {"17.2.1: a provisional is passed to the transport, no change of state", udp,
         {{0, respond{180}}}, {send}, state::proceeding, -1},
        {"17.2.1: any number of provisional responses", udp,
         {{0, respond{100}}, {10, respond{183}}}, {send}, state::proceeding, -1},
        {"17.2.1: request again: most recent provisional again", udp,
         {{0, respond{180}}, {500, request_received{}}}, {retransmit}, state::proceeding, -1},
        {"17.2.1: there is no provisional to repeat yet", udp,
         {{1, request_received{}}}, {}, state::proceeding, -1},
        {"RFC 6026 8.7: 2xx from the TU: send, to accepted, timer L with 64*T1", udp,
         {{100, respond{200}}}, {send}, state::accepted, 32100},
        {"RFC 6026 8.7: timer L also over a reliable transport", tls,
         {{100, respond{200}}}, {send}, state::accepted, 32100},
        {"17.2.1: 300-699 from the TU: send, to completed; timer G in T1", udp,
         {{100, respond{486}}}, {send}, state::completed, 600},
        {"17.2.1: timer G not for reliable transports; timer H in 64*T1 for all", tls,
         {{100, respond{603}}}, {send}, state::completed, 32100},
        {"RFC 6026 8.8: transport failure: inform the TU, MUST remain", udp,
         {{0, respond{180}}, {1, transport_failed{}}}, {report_transport_error}, state::proceeding, -1},
        {"figure 7: an ACK in proceeding: nothing", udp,
         {{0, respond{180}}, {1, ack_received{}}}, {}, state::proceeding, -1},
        {"7.2: a status is 100 to 699", udp,
         {{0, respond{700}}}, {}, state::proceeding, -1},
        {"7.2: a status is 100 to 699", udp,
         {{0, respond{0}}}, {}, state::proceeding, -1},
        // Completed
        {"17.2.1: timer G fires: response once more, reset to MIN(2*T1, T2)", udp,
         {{0, respond{486}}, {500, tick{}}}, {retransmit}, state::completed, 1500},
        {"17.2.1: timer G doubles unless that exceeds T2", udp,
         {{0, respond{486}}, {500, tick{}}, {1500, tick{}}, {3500, tick{}}, {7500, tick{}}}, {retransmit}, state::completed, 11500},
        {"17.2.1: request again in completed: response again", tls,
         {{0, respond{486}}, {500, request_received{}}}, {retransmit}, state::completed, 32000},
        {"17.2.1: ACK in completed: to confirmed; timer I in T4", udp,
         {{0, respond{486}}, {100, ack_received{}}}, {}, state::confirmed, 5100},
        {"17.2.1: timer I zero for reliable transports", tls,
         {{0, respond{486}}, {100, ack_received{}}}, {terminated}, state::terminated, -1},
        {"17.2.1: timer H fires: terminated, the TU hears of the failure", udp,
         {{0, respond{486}}, {32000, tick{}}}, {report_timeout, terminated}, state::terminated, -1},
        {"17.2.1: timer H over a reliable transport (pidgin-sipe never sends that ACK)", tls,
         {{0, respond{486}}, {32000, tick{}}}, {report_timeout, terminated}, state::terminated, -1},
        {"RFC 6026 8.8: transport failure in completed: inform the TU, MUST remain", udp,
         {{0, respond{486}}, {1, transport_failed{}}}, {report_transport_error}, state::completed, 500},
        {"figure 7: a second final response is dropped", udp,
         {{0, respond{486}}, {1, respond{200}}}, {}, state::completed, 500},
        // Accepted
        {"RFC 6026 8.7: retransmissions of the request are absorbed", udp,
         {{0, respond{200}}, {500, request_received{}}}, {}, state::accepted, 32000},
        {"RFC 6026 8.7: ACK in accepted is passed to the TU", udp,
         {{0, respond{200}}, {500, ack_received{}}}, {deliver_to_user}, state::accepted, 32000},
        {"RFC 6026 8.7: 2xx from the TU in accepted is passed to the transport", udp,
         {{0, respond{200}}, {500, respond{200}}}, {send}, state::accepted, 32000},
        {"RFC 6026 8.7: other responses in accepted are dropped", udp,
         {{0, respond{200}}, {500, respond{486}}}, {}, state::accepted, 32000},
        {"RFC 6026 8.7: provisional responses in accepted are dropped", udp,
         {{0, respond{200}}, {500, respond{180}}}, {}, state::accepted, 32000},
        {"RFC 6026 8.7: timer L fires: terminated", udp,
         {{0, respond{200}}, {32000, tick{}}}, {terminated}, state::terminated, -1},
        {"RFC 6026 8.8: transport failure in accepted: inform the TU, MUST remain", tls,
         {{0, respond{200}}, {1, transport_failed{}}}, {report_transport_error}, state::accepted, 32000},
        // Confirmed
        {"17.2.1: confirmed absorbs additional ACKs", udp,
         {{0, respond{486}}, {100, ack_received{}}, {200, ack_received{}}}, {}, state::confirmed, 5100},
        {"17.2.1: timer G is ignored in confirmed", udp,
         {{0, respond{486}}, {100, ack_received{}}, {500, tick{}}}, {}, state::confirmed, 5100},
        {"figure 7: the request once more in confirmed: nothing", udp,
         {{0, respond{486}}, {100, ack_received{}}, {200, request_received{}}}, {}, state::confirmed, 5100},
        {"17.2.1: timer I fires: terminated", udp,
         {{0, respond{486}}, {100, ack_received{}}, {5100, tick{}}}, {terminated}, state::terminated, -1},
        // clang-format on
    };
    for (const auto& r : rows)
        check<invite_server>(r);
}

TEST(non_invite_server, figure_8) {
    const row_t rows[] = {
        // clang-format off
        // Trying
        {"17.2.2: request again in trying: discarded", udp,
         {{500, request_received{}}}, {}, state::trying, -1},
        {"17.2.2: provisional from the TU: to proceeding, passed to the transport", udp,
         {{0, respond{100}}}, {send}, state::proceeding, -1},
        {"figure 8: final from the TU in trying: send, to completed, timer J in 64*T1", udp,
         {{0, respond{200}}}, {send}, state::completed, 32000},
        {"17.2.2: timer J zero for reliable transports", tls,
         {{0, respond{200}}}, {send, terminated}, state::terminated, -1},
        {"RFC 6026 8.8: the connection is gone before there is an answer", tls,
         {{0, transport_failed{}}}, {report_transport_error}, state::trying, -1},
        // Proceeding
        {"17.2.2: further provisional responses are passed to the transport", udp,
         {{0, respond{100}}, {1, respond{183}}}, {send}, state::proceeding, -1},
        {"17.2.2: request again: most recent provisional again", udp,
         {{0, respond{100}}, {500, request_received{}}}, {retransmit}, state::proceeding, -1},
        {"17.2.2: final from the TU in proceeding: send, to completed", udp,
         {{0, respond{100}}, {100, respond{500}}}, {send}, state::completed, 32100},
        {"RFC 6026 8.8, where figure 8 of RFC 3261 terminated", udp,
         {{0, respond{100}}, {1, transport_failed{}}}, {report_transport_error}, state::proceeding, -1},
        // Completed
        {"17.2.2: request again in completed: final response again", udp,
         {{0, respond{404}}, {500, request_received{}}}, {retransmit}, state::completed, 32000},
        {"17.2.2: other final responses MUST be discarded", udp,
         {{0, respond{404}}, {1, respond{200}}}, {}, state::completed, 32000},
        {"17.2.2: timer J fires: terminated", udp,
         {{0, respond{404}}, {32000, tick{}}}, {terminated}, state::terminated, -1},
        {"RFC 6026 8.8, where figure 8 of RFC 3261 terminated", udp,
         {{0, respond{404}}, {1, transport_failed{}}}, {report_transport_error}, state::completed, 32000},
        {"17: only INVITE has an ACK", udp,
         {{0, respond{404}}, {1, ack_received{}}}, {}, state::completed, 32000},
        // clang-format on
    };
    for (const auto& r : rows)
        check<non_invite_server>(r);
}

TEST(server, is_the_machine_that_the_method_asks_for) {
    server invite(true, timings{}, true);
    server other(false, timings{}, true);
    EXPECT_EQ(invite.state(), state::proceeding);
    EXPECT_EQ(other.state(), state::trying);
    EXPECT_TRUE(invite.is_invite());
    EXPECT_FALSE(other.is_invite());
    actions out;
    other.on(respond{200}, t0, out);
    EXPECT_TRUE(out.has(terminated));
    EXPECT_EQ(invite.deadline(), std::nullopt);
}

} // namespace
} // namespace lyceum::transaction
