#include "protocol/sip/cseq.h"

#include "base/text.h"
#include "protocol/sip/field_line.h"

#include <algorithm>

namespace lyceum::sip {

parsed<cseq_view> parse_cseq(std::string_view value) {
    value = trim(value);
    const auto digits = std::min(value.find_first_of(" \t"), value.size());
    const auto number = to_u32(value.substr(0, digits));
    if (!number || *number >= 0x8000'0000U) {
        return std::unexpected(parse_error{malformed::bad_value, 0, "RFC 3261 8.1.1.5"});
    }
    const auto method = trim(value.substr(digits));
    if (!is_token(method)) {
        const auto at = static_cast<std::uint32_t>(digits);
        return std::unexpected(parse_error{malformed::bad_value, at, "RFC 3261 20.16"});
    }
    return cseq_view{*number, method};
}

} // namespace lyceum::sip
