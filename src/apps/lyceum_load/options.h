#pragma once

#include "apps/lyceum_client/profile.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace lyceum::apps::load {

/// What is done to the server.
enum class what : std::uint8_t {
    sign_in, ///< the whole handshake anew on a standing connection ("register")
    refresh, ///< REGISTER with the keys that stand
    relay,   ///< MESSAGE from one endpoint to its partner, and the 200 back
    idle,    ///< nothing: memory
};
[[nodiscard]] const char* name(what);

struct options {
    std::vector<net::links::target> servers; ///< taken in turn
    std::string ca;
    std::vector<client::user_and_password> users;
    std::size_t connections = 1;
    what drive = what::idle;
    double rate =
        0; ///< operations a second, of all processes together; 0: each as soon as the last is done
    double sign_in_rate = 200;
    std::chrono::seconds span{10};
    std::size_t processes = 1;
    int server_pid = 0; ///< 0: none is looked at
    bool is_signed = true;
    ip_endpoint local; ///< over UDP: address and first port of ours

    /// Which of the endpoints a process has.
    struct slice {
        std::size_t first = 0;
        std::size_t count = 0;
    };
    /// Even ones, so that partners stay together.
    [[nodiscard]] slice of_process(std::size_t index) const;
};

} // namespace lyceum::apps::load
