#pragma once

#include <chrono>

namespace lyceum::apps::load {

/// How a client comes back: after a first pause of its own, then after pauses that double.
struct habits {
    // seen: Pidgin 2.14 gtkconn.c, the first pause between 8 and 60 s, the longest 600 s
    std::chrono::milliseconds first_from{8000};
    std::chrono::milliseconds first_to{60000};
    std::chrono::milliseconds longest{600000};
};

} // namespace lyceum::apps::load
