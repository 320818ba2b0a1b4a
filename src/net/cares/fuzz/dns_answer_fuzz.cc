#include "net/cares/answer.h"

#include <ares.h>

#include <cstdlib>

using namespace lyceum;

// What a name server sends. Who says "found" has found something.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const byte_view reply(data, size);
    const auto ttl = net::cares::least_ttl(reply);
    if (ttl && ttl->count() < 0) std::abort();
    const auto a = net::cares::srv_answer(ARES_SUCCESS, reply);
    if (a.services.empty() == (a.outcome == net::lookup::found)) std::abort();
    const auto n = net::cares::naptr_answer(ARES_SUCCESS, reply);
    if (n.pointers.empty() == (n.outcome == net::lookup::found)) std::abort();
    if (ttl ? a.outcome == net::lookup::found && a.ttl != *ttl : a.ttl.count() != 0) std::abort();
    return 0;
}
