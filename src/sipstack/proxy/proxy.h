#pragma once

#include "machines/response_context/context.h"
#include "sipstack/alarm.h"
#include "sipstack/stack.h"

#include <functional>
#include <unordered_map>

namespace lyceum::sipstack {

/// One place to send a request to.
struct proxy_target {
    std::string uri; ///< Request-URI there
    path way;
    std::uint16_t q = 1000; ///< the highest first, equal ones at the same time
    std::optional<net::links::target> reach =
        {};                     ///< set: connected when it is its turn, and way is not looked at
    account on_account_of = {}; ///< whose the connection is that it needs; none: a client's own
};

/// What the router wants carried.
struct proxy_request {
    incoming in; ///< routes that were ours are off, Max-Forwards is spent
    std::vector<proxy_target> targets;
    bool record_route = false;
    bool secure = false;       ///< for a SIPS URI: so are the routes that are recorded
    bool single_final = false; ///< docs/adr/0003
    bool failover =
        false; ///< the targets are places of one server: the next only when one is unreachable
};

struct proxy_settings {
    std::chrono::seconds timer_c{181};
    std::chrono::seconds cancel_patience{10};
};

/// Carries requests onward and their responses back: the response contexts of one shard, wired to
/// its transactions. RFC 3261 16.6 to 16.10
class proxy final : public response_user {
public:
    proxy(stack&, const proxy_settings&);

    /// The ACK of a 2xx goes to every target at once, so the router names one.
    void start(proxy_request&&);
    /// Is told of places of a server (proxy_request::failover) that could not be reached, did not
    /// answer, or sent 503.
    using report = std::function<void(const net::links::target&)>;
    void on_unreachable(report r) { unreachable_ = std::move(r); }
    /// The caller gave up, or its connection is gone. reasons: Reason values for the branches.
    void cancel(transaction_ref invite, std::vector<std::string> reasons);
    [[nodiscard]] std::size_t contexts() const { return contexts_.size(); }
    /// Those of them whose caller still waits for a final response; the others only look after late
    /// ones.
    [[nodiscard]] std::size_t unanswered() const;

    // response_user
    void on_response(std::uint64_t token, transaction_ref, sip::message&&) override;
    void on_failure(std::uint64_t token, transaction_ref, send_failure) override;

    static constexpr std::uint32_t timer_kind = 10;

private:
    struct branch {
        std::uint64_t target = 0;
        transaction_ref client;
        path way;
    };
    struct carried {
        response_context::context machine;
        sip::message request;
        transaction_ref server;
        net::transport came_over = net::transport::tls;
        bool record_route = false;
        bool secure = false;
        bool failover = false; ///< one target after the other
        std::vector<proxy_target> targets;
        std::vector<branch> branches; ///< by the machine's branch ids
        std::uint32_t likeness = 0;
        std::vector<std::string> cancel_reasons = {}; ///< the caller's
        alarm timer = {};
    };
    void feed(std::uint64_t id, response_context::event&&);
    void carry_out(std::uint64_t id, response_context::actions&&);
    void forward(std::uint64_t id, carried&, const response_context::forward&);
    /// Acknowledges a 2xx in the caller's name, and ends what it began if that is wanted.
    void acknowledge(const carried&,
                     response_context::branch_id,
                     const sip::message& response,
                     bool end);
    void add_record_route(sip::message&, const carried&, net::transport leaves_over) const;
    [[nodiscard]] std::string route_of(net::transport, bool secure) const;
    [[nodiscard]] path way_of(const proxy_target&) const;
    void tell_unreachable(std::uint64_t token) const;

    stack& stack_;
    proxy_settings settings_;
    std::unordered_map<std::uint64_t, carried> contexts_;
    std::unordered_map<std::uint64_t, std::uint64_t> by_server_; ///< server transaction to context
    std::uint64_t next_id_ = 1;
    report unreachable_;
    response_context::actions spare_; ///< reused
    metrics::gauge& open_;
    metrics::counter& late_;
};

} // namespace lyceum::sipstack
