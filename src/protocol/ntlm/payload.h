#pragma once

#include "base/bytes.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace lyceum::ntlm {

using octets8 = std::array<std::uint8_t, 8>;
using octets16 = std::array<std::uint8_t, 16>;

/// Which operating system speaks. Nobody decides anything by it. [MS-NLMP] 2.2.2.10
struct os_version {
    std::uint8_t major = 5;
    std::uint8_t minor = 2;
    std::uint16_t build = 3790;
    std::uint8_t revision = 15; ///< 15: NTLMSSP_REVISION_W2K3

    friend bool operator==(const os_version&, const os_version&) = default;
};

os_version read_version(byte_view eight);
void serialise(const os_version&, byte_writer& out);

/// Reads the fixed part's (length, maximum, offset) triples and finds what they point at.
/// Where fixed part and payload meet tells which optional fixed fields are there.
class payload_reader {
public:
    /// fixed: size of the fixed part that is always there.
    payload_reader(byte_view message, std::size_t fixed)
        : message_(message), fixed_(fixed), begin_(message.size()) {}

    /// One triple; what it points at, borrowed. Refused when that is not wholly behind the fixed
    /// part and inside the message.
    parsed<byte_view> next(byte_reader& in, const char* rule);
    /// Where the payload begins: after the last next().
    [[nodiscard]] std::size_t begin() const { return begin_; }

private:
    byte_view message_;
    std::size_t fixed_;
    std::size_t begin_;
};

/// Writes triples and collects what they point at, to be written behind the fixed part.
class payload_writer {
public:
    explicit payload_writer(std::size_t fixed) : at_(fixed) {}

    /// Lays out one item; a triple that points at it is written by write(). At most 65535 octets.
    struct slot {
        std::uint16_t size = 0;
        std::uint32_t at = 0;
    };
    [[nodiscard]] slot add(byte_view item);
    static void write(slot, byte_writer& out);
    [[nodiscard]] byte_view payload() const { return payload_; }

private:
    std::size_t at_;
    byte_vector payload_;
};

/// The eight octets and the type that every NTLM message starts with. [MS-NLMP] 2.2
parsed<byte_view> expect_header(byte_reader& in, std::uint32_t type, const char* rule);
void write_header(std::uint32_t type, byte_writer& out);

/// UTF-16LE names, refused when they are none.
parsed<std::string> read_name(byte_view utf16, const char* rule);

/// No message of a real client comes near this: three names, three responses, a handful of AV
/// pairs.
inline constexpr std::size_t max_message = 8192;

} // namespace lyceum::ntlm
