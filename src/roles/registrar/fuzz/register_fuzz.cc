#include "base/fuzz/require.h"
#include "protocol/sip/address.h"
#include "roles/registrar/register_request.h"

using namespace lyceum;
using namespace lyceum::roles::registrar;

using lyceum::fuzz::require;

// A REGISTER of alice's: whatever it says, the bindings are hers, and what a 200 says of them is
// one Contact value each. The first octet chooses between a client and a trusted peer's user agent.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto m =
        sip::message::parse(std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
    if (!m || !m->is_request()) return 0;
    const auto alice = *sip::aor::from("sip:alice@contoso.test");
    observed o;
    o.where.flow = 7;
    o.where.peer = {*ip_address::parse("192.0.2.7"), 40001};
    o.is_client = (data[0] & 1) == 0;
    o.transport = o.is_client ? "tls" : "udp";
    o.cid = "7F";
    const auto asked = read_register(*m, alice, o);
    if (!asked) {
        require(asked.error().status >= 400 && asked.error().status < 700);
        return 0;
    }
    for (const auto& e : asked->events) {
        const auto* r = std::get_if<endpoints::registered>(&e);
        if (r == nullptr) continue;
        const auto& b = r->wanted;
        require(sip::parse_uri(b.contact).has_value());
        if (!b.gruu.empty()) require(sip::aor::from(b.gruu) == alice);
        auto response = sip::message::response(200);
        append_contact(response, b, instant{});
        const auto again = sip::message::parse(response.text());
        require(again && again->values(sip::header::contact).size() == 1);
        require(sip::parse_address(again->first(sip::header::contact)).has_value());
        // Asked in the same words, the short way leads to the same.
        const auto short_way = read_register(*m, alice, o, {&b, 1});
        require(short_way && short_way->events.size() == asked->events.size());
        if (const auto* n = std::get_if<endpoints::renewed>(&short_way->events.front())) {
            require(asked->events.size() == 1 && n->which == 0 && n->asked == r->asked);
            require(n->call_id == b.call_id && n->cseq == b.cseq && n->from_tag == b.from_tag);
        }
    }
    return 0;
}
