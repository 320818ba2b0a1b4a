#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace lyceum::ntlm {

/// What an attribute is about; unknown ones are kept. [MS-NLMP] 2.2.2.1; digest MS-SIPAE 3.7
enum class av_id : std::uint16_t {
    end = 0,
    netbios_computer = 1, ///< text values are UTF-16LE
    netbios_domain = 2,
    dns_computer = 3,
    dns_domain = 4,
    dns_tree = 5,
    flags = 6,     ///< 32 bits; 0x2: the AUTHENTICATE_MESSAGE has a MIC
    timestamp = 7, ///< FILETIME; who offers it asks for a MIC
    target_name = 9,
    channel_bindings = 10,
};

/// One attribute of the target.
struct av_pair {
    av_id id = av_id::end;
    byte_vector value{};

    /// A text attribute. text: UTF-8, valid.
    [[nodiscard]] static av_pair name(av_id, std::string_view text);
    friend bool operator==(const av_pair&, const av_pair&) = default;
};

/// A list that ends with av_id::end; what follows is ignored. At most 32 pairs.
parsed<std::vector<av_pair>> parse_av_pairs(byte_view);
/// The pairs and the end behind them.
void serialise(const std::vector<av_pair>&, byte_writer& out);

/// The value of the flags attribute; 0 without one, or when it is not 32 bits.
[[nodiscard]] std::uint32_t av_flags(const std::vector<av_pair>&);
/// The value of the timestamp attribute.
[[nodiscard]] std::optional<std::uint64_t> av_timestamp(const std::vector<av_pair>&);

} // namespace lyceum::ntlm
