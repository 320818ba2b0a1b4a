#pragma once

#include "libpurple.h"

#include <chrono>

/// Coming back after the network failed. libpurple leaves this to the user interface; what Pidgin
/// does is done here, with delays that a test can shorten.
namespace purple_drive::reconnect {

/// The first delay is drawn from [first_min, first_max], each further one is twice the last, up to
/// limit. seen: Pidgin 2.14 gtkconn.c: 8 to 60 s, up to 600 s.
struct settings {
    bool on = false;
    std::chrono::milliseconds first_min{8'000};
    std::chrono::milliseconds first_max{60'000};
    std::chrono::milliseconds limit{600'000};
};

void configure(const settings& s);

/// The connection was lost for a reason that may pass.
void schedule(PurpleAccount* account);
/// The connection was lost for good, or the user wants it so.
void abandon(PurpleAccount* account);
/// Signed on again: the next delay is a first one.
void succeeded(PurpleAccount* account);

} // namespace purple_drive::reconnect
