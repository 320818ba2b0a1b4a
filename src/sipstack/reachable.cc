#include "sipstack/reachable.h"

#include "base/text.h"
#include "protocol/sip/address.h"

namespace lyceum::sipstack {

using sip::header;

std::string contact_over(const sip::aor& user, const path& p) {
    return "<" + user.text() + ";transport=" + net::name(p.kind) +
           ";ms-received-cid=" + cid_of(p.flow) + ">";
}

bool make_reachable(sip::message& m, const path& from, const sip::aor& user) {
    if (!m.has(header::contact)) return true;
    const auto contact = sip::parse_address(m.first(header::contact));
    if (!contact || contact->is_star) return true;
    const auto proxy = contact->params.get("proxy");
    if (!proxy) return true;
    const auto uri = sip::parse_uri(contact->uri);
    const std::string_view transport = net::name(from.kind);
    const bool fits = uri && uri->is_sip() && iequals(*proxy, "replace") &&
                      iequals(uri->params.value_or("transport", transport), transport);
    if (fits) m.set(header::contact, contact_over(user, from));
    return fits;
}

} // namespace lyceum::sipstack
