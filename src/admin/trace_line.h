#pragma once

#include "base/instant.h"
#include "base/ip_endpoint.h"

#include <optional>
#include <string>
#include <string_view>

namespace lyceum::admin {

/// One message that `lyceum trace` shows: written by lyceumd, read by lyceum.
struct trace_line {
    wall_instant time;
    bool incoming = false; ///< to the server
    ip_endpoint peer;
    ip_endpoint local;
    std::string transport; ///< udp, tcp, tls
    std::string text;      ///< the whole message; octets that are not UTF-8 survive

    friend bool operator==(const trace_line&, const trace_line&) = default;
};

/// {"time":"2024-05-01T12:00:00.123Z","direction":"in","peer":"192.0.2.1:1234","local":...,"transport":"tls",
/// "text":...}. Text that is not UTF-8 goes as "base64" instead of "text".
[[nodiscard]] std::string to_json(const trace_line&);
/// Takes seconds since 1970 for the time too.
[[nodiscard]] std::optional<trace_line> read_trace_line(std::string_view json);

/// 2024-05-01T12:00:00.123Z
[[nodiscard]] std::string time_text(wall_instant);
[[nodiscard]] std::optional<wall_instant> read_time(std::string_view);

} // namespace lyceum::admin
