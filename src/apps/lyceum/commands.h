#pragma once

#include "admin/command.h"
#include "apps/lyceum/exit_code.h"
#include "apps/lyceum/trace.h"

#include <string>

namespace lyceum::apps::console {

/// What holds for every command.
struct invocation {
    std::string config; ///< lyceum.toml
    bool json = false;  ///< results as JSON
};

// Each prints its result on standard output; a failure goes to standard error, with --json to
// standard output.

/// What a command of the administration socket's table comes to; nothing is printed.
[[nodiscard]] admin::outcome
ask(const invocation&, std::string_view command, const admin::arguments&);
/// A command of the administration socket's table.
[[nodiscard]] exit_code
run_table_command(const invocation&, std::string_view command, const admin::arguments&);
[[nodiscard]] exit_code run_init(const invocation&,
                                 const std::string& data,
                                 const std::string& domain,
                                 std::uint16_t port_base);
[[nodiscard]] exit_code run_renew_certificate(const invocation&);
[[nodiscard]] exit_code run_ports(const invocation&);
/// refused when an error was found; warnings do not count.
[[nodiscard]] exit_code run_check(const invocation&);
[[nodiscard]] exit_code run_trace(const invocation&, trace_options);
/// All users of a file, or none.
[[nodiscard]] exit_code run_import(const invocation&, const std::string& file);
/// Of everybody without a user.
[[nodiscard]] exit_code run_endpoints(const invocation&, const std::string& user);
[[nodiscard]] exit_code run_backup(const invocation&, const std::string& folder);
[[nodiscard]] exit_code run_restore(const invocation&, const std::string& folder);
[[nodiscard]] exit_code run_version(const invocation&);
/// configuration, ports or commands: the page of docs/reference.
[[nodiscard]] exit_code run_reference(const std::string& page);

/// Prints a failure where it belongs.
[[nodiscard]] exit_code report(const invocation&, const admin::failure&);

} // namespace lyceum::apps::console
