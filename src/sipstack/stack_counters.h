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
          overload(m.make_counter("lyceum_sipstack_overload_total", "Requests refused with 503")),
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
    metrics::counter& requests;
    metrics::counter& bad;
    metrics::counter& overload;
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
