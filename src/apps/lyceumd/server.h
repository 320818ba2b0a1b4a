#pragma once

#include "apps/deployment/deployment.h"

#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace lyceum::apps::server {

/// The whole of lyceumd, but for the command line and the signals.
class server {
public:
    /// Takes the data folder, opens the store, makes the shards, opens every listener. The error is
    /// one clear line. When this returns a server, everybody can connect.
    [[nodiscard]] static std::expected<std::unique_ptr<server>, std::string>
    start(const deployment::deployment&);
    virtual ~server() = default;

    /// Log rotation, certificates from their files, log.level. SIGHUP
    /// Gives the changed keys of the settings that wait for a restart. The error says what stayed
    /// as it was.
    virtual std::expected<std::vector<std::string>, std::string> reload() = 0;
    /// Lets what is under way end, refuses what is new, then stops. Blocks at most drain_patience.
    /// SIGTERM
    virtual void drain_and_stop() = 0;
};

} // namespace lyceum::apps::server
