#pragma once

#include "event.h"
#include "libpurple.h"

namespace purple_drive {

/// Members account, name, alias, group.
void put_buddy(event& e, PurpleBuddy* buddy);
/// Members status, message, online, available, idle; nothing if the protocol has no presence.
void put_presence(event& e, PurpleBuddy* buddy);

} // namespace purple_drive
