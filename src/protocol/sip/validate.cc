#include "protocol/sip/validate.h"

#include "base/text.h"
#include "protocol/sip/list.h"

#include <algorithm>
#include <utility>

namespace lyceum::sip {

namespace {

/// A tag is a token, and so not empty. RFC 3261 25.1
bool has_sound_tag(const parsed<address_view>& address) {
    return address && !(address->params.has("tag") && address->params.value_or("tag", {}).empty());
}

// A star has no URI.
bool has_from(const message& m) {
    return m.from_uri().has_value() && has_sound_tag(m.from());
}

bool has_to(const message& m) {
    return m.to_uri().has_value() && has_sound_tag(m.to());
}

bool has_call_id(const message& m) {
    const auto value = m.call_id();
    return !value.empty() && std::ranges::none_of(value, is_blank);
}

bool has_cseq(const message& m) {
    return m.cseq().has_value();
}

bool has_max_forwards(const message& m) {
    const auto hops = to_u32(m.value(header::max_forwards));
    return hops && *hops <= 255;
}

bool has_vias(const message& m) {
    if (!m.via()) return false;
    bool is_top = true;
    for (const auto& f : m.fields()) {
        if (f.id != header::via) continue;
        list_view vias(m.value(f));
        std::size_t n = 0;
        for (std::string_view via; vias.next(via); ++n) {
            if (!std::exchange(is_top, false) && !parse_via(via)) return false;
        }
        if (n == 0) return false;
    }
    return true;
}

struct rule {
    header which;
    bool mandatory;
    bool single;
    bool (*is_readable)(const message&);
};

constexpr rule rules[] = {
    {header::via, true, false, has_vias},
    {header::from, true, true, has_from},
    {header::to, true, true, has_to},
    {header::call_id, true, true, has_call_id},
    {header::cseq, true, true, has_cseq},
    {header::max_forwards, false, true, has_max_forwards},
};

refusal bad(std::string_view what, header which) {
    std::string reason(what);
    return {400, reason.append(" ").append(name(which)).append(" Header")};
}

} // namespace

std::optional<refusal> check_request(const message& request) {
    if (!request.request_uri()) return refusal{400, "Malformed Request-URI"};
    for (const auto& r : rules) {
        const auto n = std::ranges::count(request.fields(), r.which, &message::field::id);
        if (n == 0 && !r.mandatory) continue;
        if (n == 0) return bad("Missing", r.which);
        if (!r.is_readable(request)) return bad("Malformed", r.which);
        if (n > 1 && r.single) return bad("Repeated", r.which);
    }
    if (request.cseq_method() != request.method_name()) {
        return refusal{400, "CSeq Method Does Not Match"};
    }
    return std::nullopt;
}

} // namespace lyceum::sip
