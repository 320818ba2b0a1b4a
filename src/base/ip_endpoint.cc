#include "base/ip_endpoint.h"

#include "base/text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <span>

namespace lyceum {

std::optional<ip_address> ip_address::parse(std::string_view text) {
    if (text.size() >= 2 && text.front() == '[' && text.back() == ']')
        text = text.substr(1, text.size() - 2);
    if (text.size() >= INET6_ADDRSTRLEN || text.contains('\0')) return std::nullopt;
    char name[INET6_ADDRSTRLEN] = {};
    std::ranges::copy(text, name);
    std::array<std::uint8_t, 16> octets{};
    if (inet_pton(AF_INET, name, octets.data() + 12) == 1) {
        octets[10] = octets[11] = 0xFF;
        return ip_address(octets);
    }
    if (inet_pton(AF_INET6, name, octets.data()) == 1) return ip_address(octets);
    return std::nullopt;
}

bool ip_address::is_v4() const {
    static constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    return std::memcmp(octets_.data(), mapped.data(), mapped.size()) == 0;
}

bool ip_address::is_loopback() const {
    if (is_v4()) return octets_[12] == 127;
    return std::all_of(octets_.begin(), octets_.begin() + 15, [](auto o) { return o == 0; }) &&
           octets_[15] == 1;
}

bool ip_address::is_any() const {
    const auto from = octets_.begin() + (is_v4() ? 12 : 0);
    return std::all_of(from, octets_.end(), [](auto o) { return o == 0; });
}

std::string ip_address::text() const {
    if (is_v4()) { // each message names its sender: inet_ntop() goes through printf for that
        char name[INET_ADDRSTRLEN] = {};
        char* end = name;
        for (const unsigned octet : std::span(octets_).subspan<12>()) {
            if (end != name) *end++ = '.';
            if (octet >= 100) *end++ = static_cast<char>('0' + octet / 100);
            if (octet >= 10) *end++ = static_cast<char>('0' + octet / 10 % 10);
            *end++ = static_cast<char>('0' + octet % 10);
        }
        return {name, end};
    }
    char name[INET6_ADDRSTRLEN] = {};
    inet_ntop(AF_INET6, octets_.data(), name, sizeof name);
    return name;
}

std::string ip_address::host() const {
    return is_v4() ? text() : "[" + text() + "]";
}

std::string ip_endpoint::text() const {
    return address.host() + ":" + std::to_string(port);
}

} // namespace lyceum
