#pragma once

#include "base/overloaded.h"
#include "base/text.h"
#include "machines/response_context/context.h"

#include <string>

namespace lyceum::response_context {

inline constexpr instant t0{};

inline sip::message reply(int status, std::string_view tag = "t") {
    auto m = sip::message::response(status);
    m.append(sip::header::to, "<sip:bob@contoso.test>;tag=" + std::string(tag));
    return m;
}

/// Actions as one reads them: forward 7 as 0, cancel 0, relay 180 t, respond 408, bye 1, ack 1,
/// drop 1, finished.
inline std::string text(const actions& list) {
    std::string out;
    const auto n = [](std::uint64_t v) { return std::to_string(v); };
    for (const auto& a : list) {
        if (!out.empty()) out += ", ";
        out += std::visit(
            overloaded{
                [&](const forward& f) { return "forward " + n(f.target) + " as " + n(f.branch); },
                [&](const cancel& c) { return "cancel " + n(c.branch); },
                [&](const relay& r) {
                    return "relay " + std::to_string(r.response.status()) + " " +
                           std::string(r.response.to_tag());
                },
                [&](const respond& r) { return "respond " + std::to_string(r.status); },
                [&](const acknowledge_and_bye& b) { return "bye " + n(b.branch); },
                [&](const acknowledge& k) { return "ack " + n(k.branch); },
                [&](const drop_branch& d) { return "drop " + n(d.branch); },
                [](const finished&) { return std::string("finished"); },
            },
            a);
    }
    return out;
}

} // namespace lyceum::response_context
