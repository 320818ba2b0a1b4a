#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "net/resolver.h"

struct ares_addrinfo;

namespace lyceum::net::cares {

/// The shortest time to live among the records of a DNS reply's answer section; 0 when it has none.
/// RFC 1035 4.1
[[nodiscard]] parsed<std::chrono::seconds> least_ttl(byte_view reply);

/// What c-ares gave for an SRV question: its status, and the reply when that was ARES_SUCCESS.
[[nodiscard]] dns_answer srv_answer(int status, byte_view reply);
/// The same for NAPTR.
[[nodiscard]] dns_answer naptr_answer(int status, byte_view reply);
/// The same for A or AAAA. Borrows the list, which may be nullptr.
[[nodiscard]] dns_answer host_answer(int status, const ares_addrinfo*);

} // namespace lyceum::net::cares
