#include "machines/security_association/endpoint.h"

#include "protocol/sip/address.h"

namespace lyceum::security_association {
namespace {

/// What a Contact tells of the endpoint: its +sip.instance, and the instance in its GRUU.
struct contact_claims {
    std::optional<sip::instance_id> instance;
    std::optional<sip::instance_id> gruu;
    std::optional<sip::aor> gruu_aor;
};

contact_claims claims_of(const sip::message& m) {
    contact_claims out;
    const auto contact = sip::parse_address(m.first(sip::header::contact));
    if (!contact || contact->is_star) return out;
    if (const auto text = contact->params.get("+sip.instance"))
        out.instance = sip::instance_id::parse(*text);
    const auto uri = sip::parse_uri(contact->uri);
    if (uri && uri->params.has("gruu")) {
        out.gruu = sip::instance_of(uri->params.value_or("opaque", {}));
        if (out.gruu) out.gruu_aor = sip::aor::from(*uri);
    }
    return out;
}

} // namespace

std::optional<party> party_of(const sip::message& m, sip::header from_or_to) {
    const auto address = sip::parse_address(m.value(from_or_to));
    if (!address) return std::nullopt;
    auto aor = sip::aor::from(address->uri);
    if (!aor) return std::nullopt;
    return party{*std::move(aor), address->params.value_or("epid", {})};
}

bool agrees_with(const sip::message& request, const endpoint& who) {
    const auto contact = claims_of(request);
    return (!contact.instance || *contact.instance == who.instance) &&
           (!contact.gruu || *contact.gruu == who.instance) &&
           (!contact.gruu_aor || *contact.gruu_aor == who.aor);
}

std::expected<endpoint, endpoint_fault> endpoint_of(const sip::message& request) {
    auto from = party_of(request, sip::header::from);
    if (!from) return std::unexpected(endpoint_fault::bad_from);
    if (from->epid.size() > max_epid) return std::unexpected(endpoint_fault::too_long);

    std::optional<sip::instance_id> found;
    bool same = true;
    const auto name = [&](const std::optional<sip::instance_id>& id) {
        if (!id) return;
        same = same && (!found || *found == *id);
        found = id;
    };
    const auto contact = claims_of(request);
    if (!from->epid.empty()) name(sip::instance_id::from_epid(from->epid));
    name(contact.instance);
    name(contact.gruu);
    if (contact.gruu_aor && *contact.gruu_aor != from->aor) same = false;
    if (!found) return std::unexpected(endpoint_fault::missing);
    if (!same) return std::unexpected(endpoint_fault::mismatched);
    return endpoint{std::move(from->aor), *found};
}

} // namespace lyceum::security_association
