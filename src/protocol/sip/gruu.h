#pragma once

#include "protocol/sip/uri.h"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::sip {

/// An endpoint's instance: the 16 octets of the urn:uuid in +sip.instance, in the order of its
/// text. [MS-SIPRE] 2.2.5
class instance_id {
public:
    /// From urn:uuid:xxxxxxxx-..., with or without < >, quotes and hyphens. digest MS-SIPRE 9
    /// (4.10)
    [[nodiscard]] static std::optional<instance_id> parse(std::string_view text);
    /// From 16 octets in the order of the text.
    [[nodiscard]] static instance_id from_octets(const std::array<std::uint8_t, 16>& octets) {
        instance_id id;
        id.octets_ = octets;
        return id;
    }
    /// From epid, as clients derive it. digest MS-SIPRE 3.2
    [[nodiscard]] static instance_id from_epid(std::string_view epid);

    [[nodiscard]] std::string text() const; ///< xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx, lower case
    [[nodiscard]] std::string urn() const;  ///< urn:uuid:...
    [[nodiscard]] const std::array<std::uint8_t, 16>& octets() const { return octets_; }

    friend auto operator<=>(const instance_id&, const instance_id&) = default;

private:
    std::array<std::uint8_t, 16> octets_{};
};

/// The user agent GRUU of an endpoint: sip:alice@contoso.test;opaque=user:epid:<enc>;gruu
/// digest MS-SIPRE 3.3
[[nodiscard]] std::string make_gruu(const aor&, const instance_id&);
/// The instance behind an `opaque` value user:epid:<enc>; nothing when it is none.
[[nodiscard]] std::optional<instance_id> instance_of(std::string_view opaque);

} // namespace lyceum::sip
