#pragma once

#include "base/metrics/registry.h"
#include "sipstack/stack.h"

namespace lyceum::sipstack {

/// What one shard's stack counts.
struct stack::counters {
    explicit counters(metrics::registry& m)
        : requests(m.make_counter("lyceum_sipstack_requests_total", "New server transactions")),
          bad(m.make_counter("lyceum_sipstack_bad_requests_total",
                             "Requests without what every request must have")),
          shard_full(overload(m, "shard")), user_full(overload(m, "user")),
          peer_full(overload(m, "peer")), draining(overload(m, "drain")),
          stray(m.make_counter("lyceum_sipstack_stray_responses_total",
                               "Responses that belong to nothing")),
          loops(m.make_counter(
              "lyceum_sipstack_loops_total",
              "Requests refused because they had been here before or came by two ways")),
          moved_to_tcp(m.make_counter("lyceum_sipstack_moved_to_tcp_total",
                                      "Requests that were too long for UDP and went over TCP")),
          unanswered(m.make_counter("lyceum_sipstack_unanswered_total",
                                    "Requests that nobody here answered, given up")),
          timeouts(m.make_counter("lyceum_sipstack_timeouts_total",
                                  "Requests of ours that nobody answered")),
          hops(m.make_counter("lyceum_sipstack_hops_total", "Messages handed from shard to shard")),
          servers(m.make_gauge("lyceum_sipstack_server_transactions", "Server transactions")),
          clients(m.make_gauge("lyceum_sipstack_client_transactions", "Client transactions")) {}
    static metrics::counter& overload(metrics::registry& m, const char* limit) {
        return m.make_counter("lyceum_sipstack_overload_total",
                              "Requests refused with 503, by the limit that was reached",
                              {{"limit", limit}});
    }
    metrics::counter& requests;
    metrics::counter& bad;
    metrics::counter& shard_full;
    metrics::counter& user_full;
    metrics::counter& peer_full;
    metrics::counter& draining;
    metrics::counter& stray;
    metrics::counter& loops;
    metrics::counter& moved_to_tcp;
    metrics::counter& unanswered;
    metrics::counter& timeouts;
    metrics::counter& hops;
    metrics::gauge& servers;
    metrics::gauge& clients;
};

} // namespace lyceum::sipstack
