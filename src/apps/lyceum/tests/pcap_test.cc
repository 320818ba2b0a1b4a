#include "apps/lyceum/pcap.h"
#include "base/text.h"

#include <gtest/gtest.h>

namespace lyceum::apps::console {
namespace {

admin::trace_line
line(std::string_view peer, std::string_view local, bool incoming, std::string text) {
    admin::trace_line l;
    l.time = wall_instant(1714564800123ms);
    l.incoming = incoming;
    l.peer = {*ip_address::parse(peer), 40000};
    l.local = {*ip_address::parse(local), 5061};
    l.transport = "tls";
    l.text = std::move(text);
    return l;
}

TEST(pcap, head) {
    EXPECT_EQ(to_hex(pcap_head()),
              "d4c3b2a1020004000000000000000000000004006500"
              "0000");
}

TEST(pcap, an_ipv4_message_becomes_a_udp_packet) {
    const auto in = to_hex(pcap_record(line("192.0.2.1", "192.0.2.2", true, "OPTIONS")));
    EXPECT_EQ(in,
              "c02e326678e001002300000023000000"         // 12:00:00.123000, 35 octets of 35
              "45000023000040004011b6c6c0000201c0000202" // IPv4, checksum b6c6
              "9c4013c4000f0000"                         // 40000 to 5060, 15 octets
              "4f5054494f4e53");
    const auto out = to_hex(pcap_record(line("192.0.2.1", "192.0.2.2", false, "")));
    EXPECT_EQ(out.substr(32 + 24), "c0000202c000020113c49c4000080000");
}

TEST(pcap, a_socket_for_every_address_stays_in_the_peers_family) {
    for (const char* any : {"0.0.0.0", "::"}) {
        const auto record = to_hex(pcap_record(line("192.0.2.1", any, true, "")));
        EXPECT_EQ(record.substr(32, 2), "45") << any;
        EXPECT_EQ(record.substr(32 + 24, 16), "c000020100000000") << any;
    }
    EXPECT_EQ(to_hex(pcap_record(line("2001:db8::1", "::", true, ""))).substr(32, 1), "6");
}

/// The one's complement sum over pseudo head, head and payload of a right packet is ffff. RFC 1071
std::uint32_t udp_sum(byte_view packet) {
    std::uint32_t s = static_cast<std::uint32_t>(packet.size() - 40) + 17;
    for (std::size_t i = 8; i < packet.size(); ++i)
        s += i % 2 == 0 ? packet[i] * 256U : packet[i];
    while (s > 0xFFFFU)
        s = (s & 0xFFFFU) + (s >> 16U);
    return s;
}

TEST(pcap, an_ipv6_message_has_a_checksum) {
    for (const std::string text : {"", "a", "ab", "OPTIONS sip:a SIP/2.0\r\n\r\n"}) {
        const auto record =
            pcap_record(line("2001:db8::1", "192.0.2.2", true, text)); // of two families: IPv6
        const auto packet = byte_view(record).subspan(16);
        ASSERT_EQ(packet.size(), 48 + text.size());
        EXPECT_EQ(packet[0], 0x60);
        EXPECT_EQ(udp_sum(packet), 0xFFFFU) << text;
    }
}

TEST(pcap, a_message_that_is_too_long_is_cut) {
    const auto record = pcap_record(line("192.0.2.1", "192.0.2.2", true, std::string(70000, 'x')));
    EXPECT_EQ(record.size(), 16U + 65535U);
    byte_reader in(record);
    ASSERT_TRUE(in.take(8, "time"));
    EXPECT_EQ(in.u32le("kept"), 65535U);
    EXPECT_EQ(in.u32le("was"), 70028U);
}

} // namespace
} // namespace lyceum::apps::console
