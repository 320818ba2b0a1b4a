#pragma once

#include "base/instant.h"

#include <string>

namespace lyceum::sipauth {

/// The value of the Date header that goes with a challenge: Thu, 31 Jan 2008 00:01:56 GMT. Clients
/// compare it with their own clock. digest MS-SIPAE 3.1, 9.6; RFC 3261 20.17. Years 1 to 9999.
[[nodiscard]] std::string date_value(wall_instant);

/// The same for whoever needs it many times a second: made once in each.
class date_clock {
public:
    /// Borrowed until asked again.
    [[nodiscard]] const std::string& at(wall_instant);

private:
    std::chrono::sys_seconds second_;
    std::string text_; ///< of that second; empty at first
};

} // namespace lyceum::sipauth
