#include "sipstack/signet.h"

#include "base/crypto/hmac.h"
#include "base/text.h"

#include <bit>

namespace lyceum::sipstack {

using sip::header;

signet::signet(random::source& r) : likeness_seed_(r.u64()) {
    r.fill(secret_);
}

std::string signet::refusal_tag(const sip::message& m) const {
    const auto via = m.via();
    const auto branch = via ? via->branch() : std::string_view{};
    const auto digest = crypto::hmac_md5(byte_view(secret_),
                                         {as_bytes(m.call_id()),
                                          as_bytes("\n"),
                                          as_bytes(m.from_tag()),
                                          as_bytes("\n"),
                                          as_bytes(branch),
                                          as_bytes("\n"),
                                          as_bytes(std::to_string(m.cseq_number()))});
    constexpr std::size_t octets = 8;
    std::string out;
    for (std::size_t i = 0; i < octets; ++i) {
        out += "0123456789abcdef"[digest[i] >> 4U];
        out += "0123456789abcdef"[digest[i] & 15U];
    }
    return out;
}

bool signet::refused(const sip::message& ack) const {
    return !ack.to_tag().empty() && ack.to_tag() == refusal_tag(ack);
}

std::uint32_t signet::likeness(const sip::message& m) const {
    std::uint64_t all = likeness_seed_;
    const auto mix = [&](std::uint64_t part) {
        constexpr std::uint64_t odd = 0x9E37'79B9'7F4A'7C15U;
        all = (std::rotl(all, 29) ^ part) * odd;
    };
    const auto add = [&](std::string_view part) { mix(std::hash<std::string_view>{}(part)); };
    add(m.uri());
    for (const auto h : {header::route, header::proxy_require}) {
        for (const auto value : m.values(h))
            add(value);
    }
    add(m.value(header::to));
    add(m.from_tag());
    add(m.call_id());
    mix(m.cseq_number());
    return static_cast<std::uint32_t>(all >> 32U);
}

} // namespace lyceum::sipstack
