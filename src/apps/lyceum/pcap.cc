#include "apps/lyceum/pcap.h"

#include <algorithm>

namespace lyceum::apps::console {
namespace {

constexpr std::size_t ipv4_head = 20;
constexpr std::size_t udp_head = 8;
constexpr std::size_t largest_payload = 65507; // RFC 768 in RFC 791: 65535 less both heads
constexpr std::uint8_t udp = 17;

/// RFC 1071, over octets that start at an even place.
std::uint32_t sum(byte_view octets, std::uint32_t so_far = 0) {
    for (std::size_t i = 0; i < octets.size(); i += 2) {
        so_far += static_cast<std::uint32_t>(octets[i] << 8U) |
                  (i + 1 < octets.size() ? octets[i + 1] : 0U);
        so_far = (so_far & 0xFFFFU) + (so_far >> 16U);
    }
    return so_far;
}

std::uint16_t checksum(std::uint32_t s) {
    return static_cast<std::uint16_t>(~s & 0xFFFFU);
}

void put_ipv4(byte_vector& packet,
              const ip_address& from,
              const ip_address& to,
              std::size_t payload) {
    byte_writer out(packet);
    out.u8(0x45);
    out.u8(0);
    out.u16(static_cast<std::uint16_t>(ipv4_head + udp_head + payload));
    out.u32(0x00004000); // not fragmented
    out.u8(64);
    out.u8(udp);
    out.u16(0);
    out.bytes(byte_view(from.octets()).last(4));
    out.bytes(byte_view(to.octets()).last(4));
    const auto c = checksum(sum(packet));
    packet[10] = static_cast<std::uint8_t>(c >> 8U);
    packet[11] = static_cast<std::uint8_t>(c & 0xFFU);
}

void put_ipv6(byte_vector& packet,
              const ip_address& from,
              const ip_address& to,
              std::size_t payload) {
    byte_writer out(packet);
    out.u32(0x60000000);
    out.u16(static_cast<std::uint16_t>(udp_head + payload));
    out.u8(udp);
    out.u8(64);
    out.bytes(from.octets());
    out.bytes(to.octets());
}

void put_udp(byte_vector& packet,
             const ip_endpoint& from,
             const ip_endpoint& to,
             byte_view payload,
             bool v4) {
    const auto length = static_cast<std::uint16_t>(udp_head + payload.size());
    byte_vector head;
    byte_writer out(head);
    out.u16(from.port);
    out.u16(to.port);
    out.u16(length);
    out.u16(0);
    if (!v4) { // RFC 8200 8.1: only IPv4 may leave the checksum out
        auto s = sum(from.address.octets());
        s = sum(to.address.octets(), s);
        s = sum(head, s + length + udp);
        auto c = checksum(sum(payload, s));
        if (c == 0) c = 0xFFFF;
        head[6] = static_cast<std::uint8_t>(c >> 8U);
        head[7] = static_cast<std::uint8_t>(c & 0xFFU);
    }
    packet.insert(packet.end(), head.begin(), head.end());
    packet.insert(packet.end(), payload.begin(), payload.end());
}

} // namespace

byte_vector pcap_head() {
    byte_vector head;
    byte_writer out(head);
    out.u32le(0xA1B2C3D4);
    out.u16le(2);
    out.u16le(4);
    out.u32le(0);
    out.u32le(0);
    out.u32le(262144); // longest record
    out.u32le(101);
    return head;
}

byte_vector pcap_record(const admin::trace_line& l) {
    auto server = l.local;
    server.port = 5060;
    const auto& from = l.incoming ? l.peer : server;
    const auto& to = l.incoming ? server : l.peer;
    // A socket for every address tells none of its own: that is no reason to leave the peer's
    // family.
    const auto fits_v4 = [](const ip_address& a) { return a.is_v4() || a.is_any(); };
    const bool v4 = fits_v4(from.address) && fits_v4(to.address);
    auto payload = as_bytes(l.text);
    payload = payload.first(std::min(payload.size(), largest_payload));

    byte_vector packet;
    v4 ? put_ipv4(packet, from.address, to.address, payload.size())
       : put_ipv6(packet, from.address, to.address, payload.size());
    put_udp(packet, from, to, payload, v4);

    const auto time = l.time.time_since_epoch().count();
    byte_vector record;
    byte_writer out(record);
    out.u32le(static_cast<std::uint32_t>(time / 1000));
    out.u32le(static_cast<std::uint32_t>(time % 1000 * 1000));
    out.u32le(static_cast<std::uint32_t>(packet.size()));
    out.u32le(static_cast<std::uint32_t>(packet.size() + l.text.size() - payload.size()));
    out.bytes(packet);
    return record;
}

} // namespace lyceum::apps::console
