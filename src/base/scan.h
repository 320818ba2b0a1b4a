#pragma once

#include "base/text.h"

namespace lyceum {

/// Takes leading blanks, tabs and line ends off: for readers that go through a text from the left.
constexpr void skip_blanks(std::string_view& s) {
    while (!s.empty() && is_blank(s.front()))
        s.remove_prefix(1);
}

} // namespace lyceum
