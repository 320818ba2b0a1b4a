#pragma once

#include "base/instant.h"

#include <optional>
#include <string>
#include <string_view>

namespace lyceum::pres {

/// 2010-02-18T05:08:26.060, UTC without saying so, as publishTime is written. digest MS-PRES 3.4
[[nodiscard]] std::string write_time(wall_instant);
/// An xs:dateTime of years 1970 to 9999: with or without a fraction (cut to milliseconds), with Z,
/// an offset or neither, which is UTC.
[[nodiscard]] std::optional<wall_instant> read_time(std::string_view);

} // namespace lyceum::pres
