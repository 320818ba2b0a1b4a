#include "protocol/sipauth/signature_buffer.h"

#include "base/text.h"
#include "protocol/sip/address.h"

namespace lyceum::sipauth {
namespace {

void put(std::string_view field, std::string& out) {
    out += '<';
    out += field;
    out += '>';
}

/// The first sip (or sips) and the first tel URI of one header.
void find_identities(const sip::message& m, sip::header h, identities& found) {
    if (!m.has(h)) return;
    for (const auto value : m.values(h)) {
        const auto address = sip::parse_address(value);
        if (!address) continue;
        const auto uri = address->uri;
        if (found.sip.empty() && (istarts_with(uri, "sip:") || istarts_with(uri, "sips:")))
            found.sip = uri;
        if (found.tel.empty() && istarts_with(uri, "tel:")) found.tel = uri;
    }
}

std::string_view uri_of(const parsed<sip::address_view>& address) {
    return address ? address->uri : std::string_view{};
}

} // namespace

identities signed_identities(const sip::message& m) {
    identities found;
    find_identities(m, sip::header::p_asserted_identity, found);
    find_identities(m, sip::header::p_preferred_identity, found); // fills what is still empty
    return found;
}

void append_signature_buffer(const sip::message& m, const signed_with& by, std::string& out) {
    // The number as written, not as read: leading zeros would be lost.
    auto cseq = trim(m.value(sip::header::cseq));
    const auto number = cseq.substr(0, cseq.find_first_of(" \t"));
    const auto method = trim(cseq.substr(number.size()));

    put(by.scheme, out);
    put(by.rand, out);
    put(by.num, out);
    put(by.realm, out);
    put(by.targetname, out);
    put(m.call_id(), out);
    put(number, out);
    put(method, out);
    put(uri_of(m.from()), out);
    put(m.from_tag(), out);
    if (by.version >= 3) {
        const auto asserted = signed_identities(m);
        put(uri_of(m.to()), out);
        put(m.to_tag(), out);
        put(asserted.sip, out);
        put(asserted.tel, out);
    } else {
        put(m.to_tag(), out);
    }
    put(m.value(sip::header::expires), out);
    if (m.is_response()) { // for a request the element is left out, not empty. digest MS-SIPAE 3.5
        out += '<';
        append_number(out, static_cast<std::uint64_t>(m.status()));
        out += '>';
    }
}

} // namespace lyceum::sipauth
