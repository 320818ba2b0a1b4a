#pragma once

#include "apps/lyceum_load/histogram.h"
#include "apps/lyceum_load/options.h"
#include "apps/lyceum_load/probe.h"

#include <map>
#include <string>

namespace lyceum::apps::load {

/// What came of one phase.
struct tally {
    std::uint64_t done = 0;
    std::map<std::string, std::uint64_t> errors; ///< by status code, or a word
    histogram latency;
    std::chrono::nanoseconds span{};
    std::uint64_t not_started = 0; ///< operations that were due and found every endpoint busy
    /// What made a client try again later without showing an error: 503 with Retry-After, nobody
    /// listening.
    std::map<std::string, std::uint64_t> put_off;

    void add(const tally&);
};

/// One line, as a worker tells its conductor.
[[nodiscard]] std::string to_line(const tally&);
[[nodiscard]] std::optional<tally> parse_tally(std::string_view line);

/// What a whole run found out.
struct findings {
    tally signing_in;
    tally driving;
    std::optional<tally> quiet;     ///< of a storm: messages before anybody was lost
    std::optional<tally> messages;  ///< and from then on, between those who were there
    std::optional<usage> before;    ///< the server, before anybody came
    std::optional<usage> signed_in; ///< with everybody there, before the case
    std::optional<usage> after;
    std::chrono::microseconds own_cpu{}; ///< of all workers, while driving
};
/// One JSON object.
[[nodiscard]] std::string to_json(const options&, const findings&);
/// One line for people.
[[nodiscard]] std::string to_text(const options&, const findings&);

} // namespace lyceum::apps::load
