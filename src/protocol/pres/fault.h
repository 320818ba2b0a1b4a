#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::pres {

/// An operation of a request whose version was not the current one. digest MS-PRES 3.2
struct stale_operation {
    std::uint32_t index = 1; ///< place in the request, from 1
    std::uint32_t version = 0;
    std::uint32_t current_version = 0;

    friend bool operator==(const stale_operation&, const stale_operation&) = default;
};

/// Client.BadCall.WrongDelta, the body of a 409: every stale operation of the request.
struct wrong_delta {
    std::vector<stale_operation> operations;

    friend bool operator==(const wrong_delta&, const wrong_delta&) = default;
};

[[nodiscard]] std::string serialise(const wrong_delta&);
parsed<wrong_delta> parse_wrong_delta(std::string_view document);

} // namespace lyceum::pres
