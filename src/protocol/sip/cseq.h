#pragma once

#include "base/result.h"

#include <cstdint>
#include <string_view>

namespace lyceum::sip {

/// A borrowed CSeq value. RFC 3261 20.16
struct cseq_view {
    std::uint32_t number = 0; ///< below 2^31
    std::string_view method;
};

/// A number below 2^31 (RFC 3261 8.1.1.5), blanks, a method, and nothing else.
[[nodiscard]] parsed<cseq_view> parse_cseq(std::string_view value);

} // namespace lyceum::sip
