#pragma once

#include "sipstack/incoming.h"

namespace lyceum::sipstack {

/// Who handles requests: the router. On the shard of the connection that the request came from.
class request_user {
public:
    virtual ~request_user() = default;
    /// A new request, or the ACK of a 2xx.
    virtual void on_request(incoming&&) = 0;
    /// The caller wants this INVITE cancelled; the CANCEL itself has been answered. reasons: its
    /// Reason values. RFC 3326
    virtual void on_cancel(transaction_ref invite, std::vector<std::string> reasons) = 0;
    /// The connection of an INVITE that still waits for its final response is gone.
    virtual void on_caller_gone(transaction_ref invite) = 0;
};

/// Who waits for the responses to a request that it sent.
class response_user {
public:
    virtual ~response_user() = default;
    /// Any response, 100 included. token is what send() was given.
    virtual void on_response(std::uint64_t token, transaction_ref, sip::message&&) = 0;
    virtual void on_failure(std::uint64_t token, transaction_ref, send_failure) = 0;
};

/// Hears of connections. On the connection's shard.
class flow_user {
public:
    virtual ~flow_user() = default;
    virtual void on_flow_closed(net::flow_id) = 0;
};

} // namespace lyceum::sipstack
