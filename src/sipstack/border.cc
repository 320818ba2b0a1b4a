#include "sipstack/border.h"

#include "base/text.h"
#include "protocol/diagnostics/diagnostics.h"

namespace lyceum::sipstack {
namespace {

using sip::header;

/// Privacy: header;id ("none" and others say nothing about the asserted identity). RFC 3323 4.2
bool wants_its_identity_kept(const sip::message& m) {
    auto wishes = m.value("Privacy");
    while (!wishes.empty()) {
        if (iequals(trim(split_first(wishes, ';')), "id")) return true;
    }
    return false;
}

/// At most one diagnostics header, and it is the public one.
void make_public(sip::message& m) {
    const auto full = diagnostics::parse(m.value(header::ms_diagnostics));
    m.remove(header::ms_diagnostics);
    if (m.has(header::ms_diagnostics_public) || !full) return;
    m.append(header::ms_diagnostics_public,
             diagnostics::serialise(
                 {.number = full->number, .reason = full->reason, .source = {}, .others = {}}));
}

} // namespace

bool speaks_of_inside(const sip::message& m) {
    return m.has(header::ms_diagnostics) || m.has(header::ms_client_diagnostics) ||
           m.has(header::p_asserted_identity);
}

void keep_inside(sip::message& m, receiver who) {
    const bool is_ours = who == receiver::signed_in || who == receiver::inside;
    if (!is_ours) {
        if (m.has(header::ms_diagnostics)) make_public(m);
        m.remove(header::ms_client_diagnostics);
    }
    if (who != receiver::inside && m.has(header::p_asserted_identity) && wants_its_identity_kept(m))
        m.remove(header::p_asserted_identity);
}

} // namespace lyceum::sipstack
