#include "protocol/sip/gruu.h"

#include "base/bytes.h"
#include "base/crypto/digest.h"
#include "base/text.h"

#include <algorithm>

namespace lyceum::sip {

namespace {

constexpr std::string_view opaque_prefix = "user:epid:";

/// Between the order of a UUID's text and the little-endian layout that Windows keeps a GUID in:
/// its first three fields (4, 2 and 2 octets) are turned round. Its own inverse.
std::array<std::uint8_t, 16> turn_guid(std::array<std::uint8_t, 16> octets) {
    std::reverse(octets.begin(), octets.begin() + 4);
    std::reverse(octets.begin() + 4, octets.begin() + 6);
    std::reverse(octets.begin() + 6, octets.begin() + 8);
    return octets;
}

} // namespace

std::optional<instance_id> instance_id::parse(std::string_view text) {
    text = trim(text);
    // Each pair of marks may be absent, but one without its partner is an error: the digits tell.
    if (text.starts_with('"') && text.ends_with('"') && text.size() > 1)
        text = text.substr(1, text.size() - 2);
    if (text.starts_with('<') && text.ends_with('>')) text = text.substr(1, text.size() - 2);
    if (!istarts_with(text, "urn:uuid:")) return std::nullopt;
    text.remove_prefix(9);

    std::string digits;
    if (text.size() == 36) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            const bool hyphen_due = i == 8 || i == 13 || i == 18 || i == 23;
            if ((text[i] == '-') != hyphen_due) return std::nullopt;
            if (!hyphen_due) digits += text[i];
        }
    } else {
        digits = text;
    }
    const auto octets = from_hex(digits);
    if (!octets || octets->size() != 16) return std::nullopt;
    std::array<std::uint8_t, 16> value{};
    std::ranges::copy(*octets, value.begin());
    return from_octets(value);
}

instance_id instance_id::from_epid(std::string_view epid) {
    // The name space fcacfb03-8a73-46ef-91b1-e5ebeeaba4fe in its little-endian layout.
    static constexpr std::array<std::uint8_t, 16> name_space{0x03,
                                                             0xfb,
                                                             0xac,
                                                             0xfc,
                                                             0x73,
                                                             0x8a,
                                                             0xef,
                                                             0x46,
                                                             0x91,
                                                             0xb1,
                                                             0xe5,
                                                             0xeb,
                                                             0xee,
                                                             0xab,
                                                             0xa4,
                                                             0xfe};
    const auto hash = crypto::sha1({byte_view(name_space), as_bytes(epid)});
    std::array<std::uint8_t, 16> guid{};
    std::copy_n(hash.begin(), guid.size(), guid.begin());
    guid[7] = static_cast<std::uint8_t>((guid[7] & 0x0FU) | 0x50U);
    guid[8] = static_cast<std::uint8_t>((guid[8] & 0x3FU) | 0x80U);
    return from_octets(turn_guid(guid));
}

std::string instance_id::text() const {
    std::string out = to_hex(octets_);
    for (const std::size_t at : {8U, 13U, 18U, 23U})
        out.insert(at, 1, '-');
    return out;
}

std::string instance_id::urn() const {
    return "urn:uuid:" + text();
}

std::string make_gruu(const aor& user, const instance_id& instance) {
    // Two zero octets follow the 16: seen in every published GRUU (digest MS-SIPRE 9).
    std::array<std::uint8_t, 18> octets{};
    std::ranges::copy(turn_guid(instance.octets()), octets.begin());
    std::string out = user.text();
    out.append(";opaque=").append(opaque_prefix).append(to_base64url(octets)).append(";gruu");
    return out;
}

std::optional<instance_id> instance_of(std::string_view opaque) {
    if (!istarts_with(opaque, opaque_prefix)) return std::nullopt;
    std::string standard(opaque.substr(opaque_prefix.size()));
    if (standard.find_first_of("+/=") != std::string::npos) return std::nullopt;
    std::ranges::replace(standard, '-', '+');
    std::ranges::replace(standard, '_', '/');
    const auto octets = from_base64(standard);
    if (!octets || octets->size() != 18 || (*octets)[16] != 0 || (*octets)[17] != 0)
        return std::nullopt;
    std::array<std::uint8_t, 16> guid{};
    std::copy_n(octets->begin(), guid.size(), guid.begin());
    return instance_id::from_octets(turn_guid(guid));
}

} // namespace lyceum::sip
