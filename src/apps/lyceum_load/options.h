#pragma once

#include "apps/lyceum_client/profile.h"
#include "apps/lyceum_load/habits.h"

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
    call,    ///< INVITE, 180, 200, ACK, BYE, 200 with its partner; plain agents only
    fork,    ///< the same with a user who is there three times; plain agents only
    idle,    ///< nothing: memory
    storm,   ///< everybody is cut off and comes back, while others send messages
};
[[nodiscard]] const char* name(what);
/// How many endpoints have to do with one another: the first one acts, the others answer.
[[nodiscard]] std::size_t group_size(what);

struct options {
    std::vector<net::links::target> servers; ///< taken in turn
    std::string ca;
    std::string certificate; ///< to show to a server that asks for one; may be empty
    std::string key;
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
    /// Of a storm: how long all is quiet before it; how many stay; whether somebody else cuts the
    /// others off, by ending the server, or we do.
    std::chrono::seconds quiet{5};
    std::size_t staying = 0;
    bool cut_by_us = true;
    habits clients;        ///< how they come back
    bool is_plain = false; ///< plain SIP user agents instead of clients
    ip_endpoint local;     ///< over UDP: address and first port of ours

    /// Which of the endpoints a process has.
    struct slice {
        std::size_t first = 0;
        std::size_t count = 0;
    };
    /// Whether it is the process of those who are not cut off: one by itself, so that what they
    /// measure is the server and not how busy the others are.
    [[nodiscard]] bool stays(std::size_t process) const {
        return drive == what::storm && staying != 0 && process == 0;
    }
    /// Whole groups, so that partners stay together.
    [[nodiscard]] slice of_process(std::size_t index) const;
};

} // namespace lyceum::apps::load
