#include "sipstack/way_back.h"

#include <gtest/gtest.h>

namespace lyceum::sipstack {
namespace {

TEST(way_back, of_a_response) {
    const auto source = ip_endpoint{*ip_address::parse("10.0.0.9"), 31000};
    const struct {
        const char* rule;
        net::transport kind;
        std::string_view via;
        std::string_view where;
    } rows[] = {
        {"RFC 3581 4: rport: where it came from",
         net::transport::udp,
         "SIP/2.0/UDP pc.pstn.test:5070;branch=z9hG4bK1;rport",
         "10.0.0.9:31000"},
        {"RFC 3581 4: and when it has been noted",
         net::transport::udp,
         "SIP/2.0/UDP pc.pstn.test:5070;branch=z9hG4bK1;rport=31000;received=10.0.0.9",
         "10.0.0.9:31000"},
        {"RFC 3261 18.2.2: the port of sent-by at the source address",
         net::transport::udp,
         "SIP/2.0/UDP pc.pstn.test:5070;branch=z9hG4bK1;received=10.0.0.9",
         "10.0.0.9:5070"},
        {"RFC 3261 18.2.2: 5060 when it says none",
         net::transport::udp,
         "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1",
         "10.0.0.9:5060"},
        {"RFC 3261 18.2.2: maddr, when it may be reached",
         net::transport::udp,
         "SIP/2.0/UDP pc.pstn.test:5070;maddr=10.0.0.77;branch=z9hG4bK1",
         "10.0.0.77:5070"},
        {"no open relay: maddr of a stranger does not count",
         net::transport::udp,
         "SIP/2.0/UDP pc.pstn.test:5070;maddr=192.0.2.1;branch=z9hG4bK1;rport",
         "10.0.0.9:31000"},
        {"RFC 3261 18.2.2: over a stream, back through its connection",
         net::transport::tcp,
         "SIP/2.0/TCP pc.pstn.test:5070;branch=z9hG4bK1",
         "10.0.0.9:31000"},
        {"nothing to go by", net::transport::udp, "nonsense", "10.0.0.9:31000"},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.rule);
        auto m = sip::message::request("OPTIONS", "sip:fe.contoso.test");
        m.append(sip::header::via, row.via);
        const path from{row.kind, {7}, source};
        const auto back =
            way_back(from, m, [](const path& p) { return p.peer.address.text() == "10.0.0.77"; });
        EXPECT_EQ(back.peer.text(), row.where);
        EXPECT_EQ(back.kind, from.kind);
        EXPECT_EQ(back.flow, from.flow);
    }
}

} // namespace
} // namespace lyceum::sipstack
