#pragma once

#include "libpurple.h"

#include <string_view>

namespace purple_drive {

/// The open question with that number, or the oldest one for "-". Null if there is none.
struct request;
[[nodiscard]] request* find_request(std::string_view id);

/// Presses a button of it: yes, no, or the button (choice) of that index if it is not negative.
void answer_request(request& r, bool yes, int index);

} // namespace purple_drive
