#pragma once

#include "base/ip_endpoint.h"

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lyceum::net {

/// What a name is asked for.
enum class dns_record : std::uint8_t { naptr, srv, a, aaaa };

[[nodiscard]] constexpr const char* name(dns_record r) {
    switch (r) {
    case dns_record::naptr:
        return "naptr";
    case dns_record::srv:
        return "srv";
    case dns_record::a:
        return "a";
    case dns_record::aaaa:
        return "aaaa";
    }
    return "?";
}

struct dns_question {
    dns_record kind = dns_record::a;
    std::string name; ///< lower case, without the dot of the root

    friend auto operator<=>(const dns_question&, const dns_question&) = default;
};

/// One SRV record. RFC 2782
struct srv_record {
    std::uint16_t priority = 0;
    std::uint16_t weight = 0;
    std::uint16_t port = 0;
    std::string target;

    friend bool operator==(const srv_record&, const srv_record&) = default;
};

/// One NAPTR record. RFC 3403 4.1
struct naptr_record {
    std::uint16_t order = 0;
    std::uint16_t preference = 0;
    std::string flags;
    std::string service;
    std::string regexp;
    std::string replacement;

    friend bool operator==(const naptr_record&, const naptr_record&) = default;
};

enum class lookup : std::uint8_t {
    found,
    none,   ///< there is no such name, or it has no such record
    failed, ///< nobody answered in time, or no server could tell
};

struct dns_answer {
    lookup outcome = lookup::failed;
    std::vector<naptr_record> pointers; ///< of NAPTR
    std::vector<srv_record> services;   ///< of SRV
    std::vector<ip_address> addresses;  ///< of A and AAAA, in the server's order
    std::chrono::seconds ttl{0};        ///< how long it may be kept; of a failure nothing
};

/// Looks up names. Of one shard: called, and calling back, on its thread.
class resolver {
public:
    /// The answer is borrowed for the call.
    using callback = std::move_only_function<void(const dns_answer&)>;

    virtual ~resolver() = default;
    /// Calls back once: before it returns, or within the resolver's own patience. Who must not wait
    /// for ever keeps a deadline of its own nevertheless.
    virtual void ask(dns_question, callback) = 0;

    void naptr(std::string name, callback then) {
        ask({dns_record::naptr, std::move(name)}, std::move(then));
    }
    void srv(std::string name, callback then) {
        ask({dns_record::srv, std::move(name)}, std::move(then));
    }
    void host(std::string name, bool v6, callback then) {
        ask({v6 ? dns_record::aaaa : dns_record::a, std::move(name)}, std::move(then));
    }
};

} // namespace lyceum::net
