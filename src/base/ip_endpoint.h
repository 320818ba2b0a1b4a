#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum {

/// An IPv4 or IPv6 address; IPv4 is kept as ::ffff:a.b.c.d so that comparison is plain.
class ip_address {
public:
    ip_address() = default; ///< ::
    explicit ip_address(const std::array<std::uint8_t, 16>& octets) : octets_(octets) {}
    /// Dotted IPv4, IPv6, or IPv6 in brackets; nothing otherwise.
    [[nodiscard]] static std::optional<ip_address> parse(std::string_view text);

    [[nodiscard]] bool is_v4() const;
    [[nodiscard]] bool is_loopback() const;
    [[nodiscard]] bool is_any() const;
    [[nodiscard]] const std::array<std::uint8_t, 16>& octets() const { return octets_; }
    [[nodiscard]] std::string text() const;
    /// As a SIP or HTTP host: IPv6 in brackets. RFC 3261 25.1
    [[nodiscard]] std::string host() const;

    friend auto operator<=>(const ip_address&, const ip_address&) = default;

private:
    std::array<std::uint8_t, 16> octets_{};
};

struct ip_endpoint {
    ip_address address;
    std::uint16_t port = 0; ///< host order

    /// 192.0.2.1:5061, [2001:db8::1]:5061
    [[nodiscard]] std::string text() const;
    friend auto operator<=>(const ip_endpoint&, const ip_endpoint&) = default;
};

} // namespace lyceum
