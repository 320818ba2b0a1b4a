#include "net/cares/answer.h"

#include <ares.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace lyceum::net::cares {
namespace {

lookup outcome_of(int status) {
    switch (status) {
    case ARES_SUCCESS:
        return lookup::found;
    case ARES_ENODATA:
    case ARES_ENOTFOUND:
        return lookup::none;
    default:
        return lookup::failed;
    }
}

/// A domain name: labels, ended by the root or by a pointer elsewhere.
parsed<void> skip_name(byte_reader& in) {
    constexpr auto rule = "RFC 1035 4.1.4";
    for (;;) {
        LYCEUM_TRY(const auto length, in.u8(rule));
        if (length == 0) return {};
        if ((length & 0xC0U) == 0xC0U) {
            LYCEUM_TRY([[maybe_unused]] const auto rest, in.u8(rule));
            return {};
        }
        if ((length & 0xC0U) != 0)
            return std::unexpected(parse_error{malformed::bad_value, in.at(), rule});
        LYCEUM_TRY([[maybe_unused]] const auto label, in.take(length, rule));
    }
}

/// What a parser of c-ares makes of a reply: `take` gets each record of the list.
template <class Record>
dns_answer answer_of(int status,
                     byte_view reply,
                     int (*parse)(const unsigned char*, int, Record**),
                     void (*take)(dns_answer&, const Record&)) {
    dns_answer out;
    out.outcome = outcome_of(status);
    if (out.outcome != lookup::found) return out;
    Record* first = nullptr;
    out.outcome = outcome_of(parse(reply.data(), static_cast<int>(reply.size()), &first));
    const std::unique_ptr<Record, void (*)(void*)> owned(first, ares_free_data);
    for (const auto* r = first; r != nullptr; r = r->next)
        take(out, *r);
    if (out.outcome == lookup::found && first == nullptr) out.outcome = lookup::none;
    if (const auto ttl = least_ttl(reply)) out.ttl = *ttl;
    return out;
}

ip_address address_of(const sockaddr* a) {
    std::array<std::uint8_t, 16> octets{};
    if (a->sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, a, sizeof v4);
        octets[10] = octets[11] = 0xFF;
        std::memcpy(octets.data() + 12, &v4.sin_addr, 4);
    } else {
        sockaddr_in6 v6{};
        std::memcpy(&v6, a, sizeof v6);
        std::memcpy(octets.data(), &v6.sin6_addr, 16);
    }
    return ip_address(octets);
}

} // namespace

parsed<std::chrono::seconds> least_ttl(byte_view reply) {
    constexpr auto header = "RFC 1035 4.1.1";
    constexpr auto record = "RFC 1035 4.1.3";
    byte_reader in(reply);
    LYCEUM_TRY([[maybe_unused]] const auto id_and_flags, in.u32(header));
    LYCEUM_TRY(const auto questions, in.u16(header));
    LYCEUM_TRY(const auto answers, in.u16(header));
    LYCEUM_TRY([[maybe_unused]] const auto others, in.u32(header));
    for (unsigned i = 0; i < questions; ++i) {
        LYCEUM_CHECKED(skip_name(in));
        LYCEUM_TRY([[maybe_unused]] const auto type_and_class, in.u32("RFC 1035 4.1.2"));
    }
    std::uint32_t least = 0;
    for (unsigned i = 0; i < answers; ++i) {
        LYCEUM_CHECKED(skip_name(in));
        LYCEUM_TRY([[maybe_unused]] const auto type_and_class, in.u32(record));
        LYCEUM_TRY(auto ttl, in.u32(record));
        if ((ttl & 0x80000000U) != 0) ttl = 0; // RFC 2181 8
        LYCEUM_TRY(const auto length, in.u16(record));
        LYCEUM_TRY([[maybe_unused]] const auto data, in.take(length, record));
        least = i == 0 ? ttl : std::min(least, ttl);
    }
    return std::chrono::seconds(least);
}

dns_answer srv_answer(int status, byte_view reply) {
    return answer_of(
        status, reply, ares_parse_srv_reply, +[](dns_answer& out, const ares_srv_reply& r) {
            out.services.push_back({r.priority, r.weight, r.port, r.host});
        });
}

dns_answer naptr_answer(int status, byte_view reply) {
    return answer_of(
        status, reply, ares_parse_naptr_reply, +[](dns_answer& out, const ares_naptr_reply& r) {
            out.pointers.push_back({r.order,
                                    r.preference,
                                    reinterpret_cast<const char*>(r.flags),
                                    reinterpret_cast<const char*>(r.service),
                                    reinterpret_cast<const char*>(r.regexp),
                                    r.replacement});
        });
}

dns_answer host_answer(int status, const ares_addrinfo* list) {
    dns_answer out;
    out.outcome = outcome_of(status);
    if (out.outcome != lookup::found) return out;
    if (list == nullptr) {
        out.outcome = lookup::none;
        return out;
    }
    bool first = true;
    const auto take_ttl = [&](int ttl) {
        const std::chrono::seconds t(std::max(ttl, 0));
        out.ttl = first ? t : std::min(out.ttl, t);
        first = false;
    };
    for (const auto* c = list->cnames; c != nullptr; c = c->next)
        take_ttl(c->ttl);
    for (const auto* n = list->nodes; n != nullptr; n = n->ai_next) {
        if (n->ai_addr == nullptr || (n->ai_family != AF_INET && n->ai_family != AF_INET6))
            continue;
        take_ttl(n->ai_ttl);
        const auto address = address_of(n->ai_addr);
        if (std::ranges::find(out.addresses, address) == out.addresses.end())
            out.addresses.push_back(address);
    }
    if (out.addresses.empty()) out.outcome = lookup::none;
    return out;
}

} // namespace lyceum::net::cares
