#include "protocol/ntlm/upper_case.h"

namespace lyceum::ntlm {
namespace {

/// Letters whose upper case stands at a fixed distance before them.
struct range {
    unsigned first, last, distance;
};
constexpr range ranges[] = {
    {'a', 'z', 32},
    {0x00E0, 0x00F6, 32},
    {0x00F8, 0x00FE, 32},
    {0x03AC, 0x03AC, 38},
    {0x03AD, 0x03AF, 37},
    {0x03B1, 0x03C1, 32},
    {0x03C3, 0x03CB, 32},
    {0x03CC, 0x03CC, 64},
    {0x03CD, 0x03CE, 63},
    {0x0430, 0x044F, 32},
    {0x0450, 0x045F, 80},
    {0x0561, 0x0586, 48},
};
/// Letters that come in pairs, upper case first: at even places, or at odd ones.
struct pairs {
    unsigned first, last;
    bool upper_even;
};
constexpr pairs paired[] = {
    {0x0100, 0x012F, true},
    {0x0132, 0x0137, true},
    {0x0139, 0x0148, false},
    {0x014A, 0x0177, true},
    {0x0179, 0x017E, false},
    {0x0460, 0x0481, true},
    {0x048A, 0x04BF, true},
    {0x04C1, 0x04CE, false},
    {0x04D0, 0x052F, true},
    {0x1E00, 0x1E95, true},
    {0x1EA0, 0x1EFF, true},
};

unsigned upper(unsigned c) {
    if (c == 0x00FF) return 0x0178;
    for (const auto& r : ranges) {
        if (c >= r.first && c <= r.last) return c - r.distance;
    }
    for (const auto& p : paired) {
        if (c >= p.first && c <= p.last) return (c % 2 == 0) == p.upper_even ? c : c - 1;
    }
    return c;
}

} // namespace

void upper_case(std::span<std::uint8_t> utf16) {
    for (std::size_t i = 0; i + 1 < utf16.size(); i += 2) {
        const auto c = upper(utf16[i] | static_cast<unsigned>(utf16[i + 1] << 8U));
        utf16[i] = static_cast<std::uint8_t>(c & 0xFFU);
        utf16[i + 1] = static_cast<std::uint8_t>(c >> 8U);
    }
}

} // namespace lyceum::ntlm
