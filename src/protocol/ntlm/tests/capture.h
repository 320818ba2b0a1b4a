#pragma once

#include "base/text.h"
#include "protocol/ntlm/payload.h"

#include <algorithm>
#include <string_view>

/// The handshake of a real client with a real server. digest MS-SIPAE 9.1
namespace lyceum::ntlm::capture {

inline constexpr std::string_view challenge =
    "TlRMTVNTUAACAAAAAAAAADgAAADzgpji3Ruq9OfiGNEAAAAAAAAAAJYAlgA4AAAABQLODgAAAA8CAAoAQwBPAFMATQBPAA"
    "EAGABDAE8AUwBNAE8"
    "ALQBPAEMAUwAtAFIAMgAEABYAYwBvAHMAbQBvAC4AbABvAGMAYQBsAAMAMABjAG8AcwBtAG8ALQBvAGMAcwAtAHIAMgAuA"
    "GMAbwBzAG0AbwAuAG"
    "wAbwBjAGEAbAAFABYAYwBvAHMAbQBvAC4AbABvAGMAYQBsAAAAAAA=";
inline constexpr std::string_view authenticate =
    "TlRMTVNTUAADAAAAGAAYAHIAAADGAMYAigAAAAoACgBIAAAACAAIAFIAAAAYABgAWgAAABAAEABQAQAAVYKYYgUCzg4AAA"
    "APQwBPAFMATQBPAFU"
    "AcwBlAHIAQwBPAFMATQBPAC0ATwBDAFMALQBSADIAoeku/k4Hi/fFwASazGFmwtauh1yw/"
    "apBjcDIAK527KYG0rn769BHMQEBAAAAAAAAWVGaFy"
    "e5ygHWrodcsP2qQQAAAAACAAoAQwBPAFMATQBPAAEAGABDAE8AUwBNAE8ALQBPAEMAUwAtAFIAMgAEABYAYwBvAHMAbQBv"
    "AC4AbABvAGMAYQBsA"
    "AMAMABjAG8AcwBtAG8ALQBvAGMAcwAtAHIAMgAuAGMAbwBzAG0AbwAuAGwAbwBjAGEAbAAFABYAYwBvAHMAbQBvAC4AbAB"
    "vAGMAYQBsAAAAAAAA"
    "AAAAMctznhyoCkmFkeiueXEV5A==";
inline constexpr std::string_view session_key = "6742fbe37bb1946b49d86a525bd29a9b";
inline constexpr std::uint32_t client_flags = 0x62988255;

inline byte_vector octets(std::string_view base64) {
    return from_base64(base64).value_or(byte_vector{});
}

template <std::size_t N>
std::array<std::uint8_t, N> fixed(std::string_view hex) {
    const auto bytes = from_hex(hex);
    std::array<std::uint8_t, N> out{};
    if (bytes && bytes->size() == N) std::ranges::copy(*bytes, out.begin());
    return out;
}

/// A message or a part of one as it goes out.
template <class T>
byte_vector written(const T& v) {
    byte_vector out;
    byte_writer w(out);
    serialise(v, w);
    return out;
}

} // namespace lyceum::ntlm::capture
