#include "sipstack/signet.h"

#include "base/crypto/hmac.h"
#include "base/text.h"
#include "protocol/sip/address.h"

namespace lyceum::sipstack {

using sip::header;

signet::signet(random::source& r) {
    r.fill(secret_);
}

std::string signet::refusal_tag(const sip::message& m) const {
    const auto via = sip::parse_via(m.first(header::via));
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
    std::string all(as_text(byte_view(secret_)));
    const auto add = [&](std::string_view part) {
        all += part;
        all += '\n';
    };
    add(m.uri());
    for (const auto h : {header::route, header::proxy_require}) {
        for (const auto value : m.values(h))
            add(value);
    }
    add(m.value(header::to));
    add(m.from_tag());
    add(m.call_id());
    append_number(all, m.cseq_number());
    return static_cast<std::uint32_t>(std::hash<std::string>{}(all));
}

} // namespace lyceum::sipstack
