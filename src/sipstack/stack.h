#pragma once

#include "protocol/sip/validate.h"
#include "sipstack/gate.h"
#include "sipstack/signet.h"
#include "sipstack/transaction_tables.h"
#include "sipstack/transport/transport.h"
#include "sipstack/users.h"

#include <map>

namespace lyceum::sipstack {

struct stack_settings {
    transport_settings transport;
    transaction::timings timings;
    gate_settings gate; ///< fqdn and product are ours, too
    std::uint16_t tls_port = 5061;
    std::uint16_t tcp_port = 5060;
    std::uint16_t udp_port = 5060;
    std::size_t max_transactions =
        100000; ///< requests per shard that wait for their answer; further ones get 503
    std::size_t max_datagram = 1300; ///< octets of a request over UDP; a longer one moves to TCP
    std::chrono::seconds tcp_refused_rest{
        300}; ///< how long a UDP peer that refused TCP is not asked for it again
    /// Of these, of one user over all its connections to this shard, and of one trusted peer, so
    /// that nobody uses up what is there for all. (Who has proven nothing gets no transaction.)
    std::size_t max_transactions_of_user = 2000;
    std::size_t max_transactions_of_peer = 50000;
    /// Octets per shard of requests that wait for their answer, bodies included; then further ones
    /// get 503. One peer may have half of it, one user a 64th.
    std::size_t max_waiting = std::size_t{512} << 20U;
    /// Octets per shard that answered requests keep, so that one that comes again is not served
    /// again: 32 s long over UDP (RFC 3261 17.2.2, timer J), INVITEs over all transports. Then
    /// further requests get 503. One peer may have half of it, one user a 64th.
    std::size_t max_answered = std::size_t{256} << 20U;
};

/// What is particular to a relayed request: what its Via says beyond what every Via of ours does.
struct relay_marks {
    std::uint32_t likeness = 0;           ///< incoming::likeness
    std::string_view via_parameters = {}; ///< ";branched=TRUE"
    account on_account_of = {}; ///< whose it is, should it need a connection; none: the receiver's
};

/// One shard's SIP: transport, who may speak (gate), transactions. Everything that it does happens
/// on the shard's thread; functions marked "any shard" hand over by themselves. docs/adr/0002
class stack final : public transport_events, public gate_events {
public:
    stack(net::shard&, net::links&, const stack_settings&, credentials::verifier&);
    ~stack() override;

    /// Who is above, and the stacks of all shards in order, this one included. Before the shard
    /// runs.
    void connect(request_user&, flow_user&, std::vector<stack*> all);

    /// Answers a request: any shard. Responses to ACK or to a transaction that is over vanish.
    void respond(transaction_ref, sip::message&&);
    /// Whether a request that the house itself answers came by another way, too, and that one is
    /// not over: 482. Asked once for each. Merged are requests of trusted peers without a To tag
    /// and of this shard; a client's own connection is the only way that it has. RFC 3261 8.2.2.2
    [[nodiscard]] bool is_merged(const incoming&);
    /// Sends a request of ours; the user hears of every response, on this shard. A Via is added.
    transaction_ref
    send(sip::message&&, const path&, response_user*, std::uint64_t token, const relay_marks& = {});
    /// Sends an ACK of a 2xx, a BENOTIFY: nothing answers. A Via is added.
    void send_stateless(sip::message&&, const path&, const relay_marks& = {});
    /// Cancels an INVITE that send() sent; the CANCEL goes out once a provisional response came.
    /// reasons: its Reason values; why: the house's own. RFC 3261 9.1, RFC 3326, [MS-OCER] 2.2.1.1
    void cancel(transaction_ref client,
                std::vector<std::string> reasons,
                std::optional<diagnostics::id> why = std::nullopt);
    /// Lets go of a client transaction: its user hears nothing any more; the machine ends by
    /// itself.
    void forget(transaction_ref client);

    /// A way to an address: an existing connection of this shard or a new one, on that account.
    [[nodiscard]] path reach(net::transport kind,
                             const ip_endpoint& peer,
                             const std::string& tls_name,
                             const account& whose) {
        return transport_.reach(kind, peer, tls_name, whose);
    }
    void close(net::flow_id, bool flush); ///< any shard
    /// Calls back on this shard, later, if that flow is gone already: for who kept it after its end
    /// was told.
    void unless_open(net::flow_id, std::move_only_function<void()> gone);
    /// Calls back on this shard, later, with the AOR of who signed in over that flow; empty when
    /// nobody did or it is gone.
    void user_of(net::flow_id, std::move_only_function<void(std::string)> then);
    /// Ends what a user's clients have proven: their associations are forgotten. This shard's flows
    /// only.
    void expel(const sip::aor&);

    [[nodiscard]] const stack_settings& settings() const { return settings_; }
    [[nodiscard]] net::shard& shard() { return shard_; }
    [[nodiscard]] net::deadlines& deadlines() { return deadlines_; }
    [[nodiscard]] transport& lower() { return transport_; }
    [[nodiscard]] gate& gate_keeper() { return gate_; }
    [[nodiscard]] const gate& gate_keeper() const { return gate_; }
    /// Others who share the shard's one timer: called for keys of that kind.
    void on_timer(std::uint32_t kind, std::move_only_function<void(std::uint64_t id, instant now)>);
    /// How much is under way, for `lyceum status` and leak checks.
    struct load {
        std::size_t flows = 0;
        std::size_t server_transactions = 0;
        std::size_t client_transactions = 0;
    };
    [[nodiscard]] load now_under_way() const;
    /// Octets of messages that client transactions may still need. Looks at each of them.
    [[nodiscard]] std::size_t kept_for_clients() const;
    /// Octets of server transactions that are answered.
    [[nodiscard]] std::size_t kept_for_answered() const { return servers_.answered(); }
    /// Refuses new requests with 503 from now on.
    void drain() { draining_ = true; }

    /// A response of our own making, with Server, To tag and, from 400 on, ms-diagnostics.
    [[nodiscard]] sip::message refusal_for(const sip::message& request,
                                           const diagnostics::refusal&);
    [[nodiscard]] sip::message
    response_for(const sip::message& request, int status, std::string_view reason = {});

    // transport_events
    void on_message(const path&, sip::message&&) override;
    void on_malformed(const path&, const parse_error&, std::string_view) override;
    void on_opened(net::flow_id, const net::flow_facts&) override;
    void on_closed(net::flow_id, net::closed_why) override;
    // gate_events
    void admitted(const path&, sip::message&&, gate::speaker) override;
    void answer(const path&, sip::message&&) override;

private:
    // Keys of the shard's heap of deadlines.
    static constexpr std::uint32_t server_timer = 2;
    static constexpr std::uint32_t client_timer = 3;
    static constexpr std::uint32_t sweep_timer = 5;
    /// A CANCEL shares its INVITE's branch; in the table it stands beside it under this bit.
    static constexpr std::uint64_t cancel_bit = std::uint64_t{1} << 47U;

    [[nodiscard]] transaction_ref ref_of(std::uint64_t id) const {
        return {(std::uint64_t{shard_.index()} << 48U) | id};
    }

    // stack_incoming.cc: what comes in, until somebody above takes it
    /// Refuses what is no request that anybody could serve, if its sender may be told.
    void refuse_bad(const path&, sip::message&&, const sip::refusal&);
    void take_ack(const path&, sip::message&&, gate::speaker&&);
    void take_cancel(const path&, const sip::message&);
    /// The transaction that a CANCEL is for; 0 when there is none.
    [[nodiscard]] std::uint64_t find_cancelled(const path&, const sip::message&) const;
    void take_new(const path&, sip::message&&, const gate::speaker&);
    /// What counts a refusal because there is no room for another request of that sender; nullptr
    /// when there is. is_kept: its transaction outlives its answer.
    [[nodiscard]] metrics::counter*
    limit_reached(const gate::speaker&, std::string_view asker, bool is_kept) const;

    // stack_servers.cc: requests that wait for our answer
    void respond_here(transaction_ref, sip::message&&);
    /// Carries out what a machine wants; the transaction may be gone afterwards.
    void serve(std::uint64_t id, transaction::actions, sip::message* response);
    /// The request at hand has to wait for its answer.
    void file_server();
    void end_server(std::uint64_t id);
    void sweep(instant now);
    void answer_at_once(const path&, sip::message&& response);
    [[nodiscard]] path back_from(const path&, const sip::message&) const;

    // stack_clients.cc: requests of ours that wait for an answer
    /// vouched: the gate knows the sender; else only who was asked may answer.
    void deliver_response(branch, const path&, sip::message&&, bool vouched);
    void pursue(std::uint64_t id, transaction::actions, sip::message* response);
    void send_cancel(std::uint64_t id);
    /// A request that is too long for UDP, its Via on top: over TCP, if the peer takes that.
    void move_to_tcp(sip::message&, client_transaction&, const relay_marks&);
    /// Where what is too long for that UDP goes; nothing when the peer has refused TCP lately.
    [[nodiscard]] std::optional<path> tcp_instead_of(const path& udp, const account& whose);
    void note_refused_tcp(const ip_endpoint& peer);
    /// That connection was not to be had: what nothing answers goes by UDP after all.
    void send_over_udp(net::flow_id refused);
    /// The peer refused TCP: what was meant for UDP goes there after all. RFC 3261 18.1.1
    void fall_back_to_udp(std::uint64_t id);

    // stack_hand_over.cc: the way out, on whichever shard its connection lives
    [[nodiscard]] path nearest(path) const;
    void transmit(const path&, sip::message&&, const branch& waits);
    void transmit_here(const path&, sip::message&&, const branch& waits);
    void unreachable(const branch&); ///< any shard: nothing came of what that transaction sent

    // stack_closed.cc: the end of a connection
    void fail_clients_of(net::flow_id);
    /// INVITEs that came over it: those that wait for their answer, or the others.
    [[nodiscard]] std::vector<transaction_ref> invites_from(net::flow_id, bool wait_for_answer);
    void fail_client(std::uint64_t id);

    void on_wakeup(instant now);

    net::shard& shard_;
    const stack_settings& settings_;
    net::deadlines deadlines_;
    signet signet_; ///< that of shard 0 once all are connected
    transport transport_;
    gate gate_;
    request_user* requests_ = nullptr;
    flow_user* flows_ = nullptr;
    std::vector<stack*> all_;
    std::map<ip_endpoint, instant> refused_tcp_; ///< UDP peers, and until when that is remembered
    /// What was sent over a connection that is not open yet and that nothing answers, and as what
    /// it would have gone over UDP.
    struct long_one {
        path to;
        std::string octets;
    };
    std::unordered_map<net::flow_id, std::vector<long_one>, net::flow_hash> over_udp_;
    server_table servers_;
    client_table clients_;
    std::map<std::uint32_t, std::move_only_function<void(std::uint64_t, instant)>> timers_;
    // Their memory is reused for every message.
    std::string out_; ///< that goes out
    std::string key_; ///< that comes in: of its transaction
    std::string sameness_;
    std::uint64_t next_id_ = 1;
    bool draining_ = false;
    bool sweeping_ = false; ///< its timer is armed
    struct counters;
    std::unique_ptr<counters> count_;
};

} // namespace lyceum::sipstack
