#include "protocol/sip/validate.h"

#include "base/text.h"
#include "protocol/sip/address.h"
#include "protocol/sip/cseq.h"
#include "protocol/sip/list.h"
#include "protocol/sip/uri.h"

#include <algorithm>

namespace lyceum::sip {

namespace {

bool is_address(std::string_view value) {
    const auto address = parse_address(value);
    return address && !address->is_star && parse_uri(address->uri).has_value();
}

bool is_call_id(std::string_view value) {
    return !value.empty() && std::ranges::none_of(value, [](char c) { return is_blank(c); });
}

bool is_max_forwards(std::string_view value) {
    const auto hops = to_u32(value);
    return hops && *hops <= 255;
}

bool is_via_list(std::string_view value) {
    list_view vias(value);
    std::size_t n = 0;
    for (std::string_view via; vias.next(via); ++n) {
        if (!parse_via(via)) return false;
    }
    return n != 0;
}

bool is_cseq(std::string_view value) {
    return parse_cseq(value).has_value();
}

struct rule {
    header which;
    bool mandatory;
    bool single;
    bool (*readable)(std::string_view value);
};

constexpr rule rules[] = {
    {header::via, true, false, is_via_list},
    {header::from, true, true, is_address},
    {header::to, true, true, is_address},
    {header::call_id, true, true, is_call_id},
    {header::cseq, true, true, is_cseq},
    {header::max_forwards, false, true, is_max_forwards},
};

refusal bad(std::string_view what, header which) {
    std::string reason(what);
    return {400, reason.append(" ").append(name(which)).append(" Header")};
}

} // namespace

std::optional<refusal> check_request(const message& request) {
    if (!parse_uri(request.uri())) return refusal{400, "Malformed Request-URI"};
    for (const auto& r : rules) {
        std::size_t n = 0;
        for (const auto& f : request.fields()) {
            if (f.id != r.which) continue;
            if (++n > 1 && r.single) return bad("Repeated", r.which);
            if (!r.readable(request.value(f))) return bad("Malformed", r.which);
        }
        if (n == 0 && r.mandatory) return bad("Missing", r.which);
    }
    if (request.cseq_method() != request.method_name()) {
        return refusal{400, "CSeq Method Does Not Match"};
    }
    return std::nullopt;
}

} // namespace lyceum::sip
