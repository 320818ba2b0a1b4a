#pragma once

#include "admin/trace_line.h"
#include "apps/deployment/deployment.h"
#include "apps/lyceum/exit_code.h"

namespace lyceum::apps::console {

struct trace_options {
    std::string user;
    std::string pcap; ///< file to write besides; empty: none
    bool json = false;
};

/// `lyceum trace`: prints a user's messages until Ctrl-C. unavailable when the server goes away.
[[nodiscard]] std::expected<void, admin::failure> trace(const deployment::deployment&,
                                                        const trace_options&);

/// A message for people: a line that says when, which way and with whom, then the message,
/// printable: bodies are written by clients (terminal/printable.h).
[[nodiscard]] std::string for_people(const admin::trace_line&);

} // namespace lyceum::apps::console
