#include "protocol/ntlm/signer.h"

#include "base/crypto/checksum.h"
#include "base/crypto/rc4.h"

#include <algorithm>
#include <string_view>

namespace lyceum::ntlm {
namespace {

using namespace std::string_view_literals;

std::array<std::uint8_t, 4> little(std::uint32_t v) {
    return {static_cast<std::uint8_t>(v),
            static_cast<std::uint8_t>(v >> 8U),
            static_cast<std::uint8_t>(v >> 16U),
            static_cast<std::uint8_t>(v >> 24U)};
}

} // namespace

octets16 sign_key(const octets16& exported_session_key, side s) {
    // The constants count with the zero behind them.
    const auto magic = s == side::client
                           ? "session key to client-to-server signing key magic constant\0"sv
                           : "session key to server-to-client signing key magic constant\0"sv;
    return crypto::md5({exported_session_key, as_bytes(magic)});
}

octets16 seal_key(const octets16& exported_session_key, std::uint32_t flags, side s) {
    if (!all_set(flags, negotiate_extended_session_security)) return exported_session_key;
    const auto magic = s == side::client
                           ? "session key to client-to-server sealing key magic constant\0"sv
                           : "session key to server-to-client sealing key magic constant\0"sv;
    const std::size_t used = all_set(flags, negotiate_128)  ? 16
                             : all_set(flags, negotiate_56) ? 7
                                                            : 5;
    return crypto::md5({byte_view(exported_session_key).first(used), as_bytes(magic)});
}

octets16 message_seal_key(const octets16& seal_key, std::uint32_t sequence) {
    return crypto::md5({seal_key, little(sequence)});
}

signer::signer(const octets16& exported_session_key,
               std::uint32_t flags,
               side s,
               std::uint32_t sequence)
    : extended_(all_set(flags, negotiate_extended_session_security)), sequence_(sequence) {
    const auto key = seal_key(exported_session_key, flags, s);
    if (extended_) {
        sign_key_ = crypto::hmac_md5_key(sign_key(exported_session_key, s));
        crypto::rc4(message_seal_key(key, sequence)).apply(stream_);
    } else {
        std::array<std::uint8_t, 12> stream{};
        crypto::rc4(key).apply(stream);
        std::ranges::copy(byte_view(stream).subspan(4),
                          stream_.begin()); // the first four veil the random pad
    }
}

octets16 signer::sign(byte_view message) const {
    octets16 out{1}; // version 1
    if (extended_) {
        const auto checksum = sign_key_.digest({little(sequence_), message});
        for (std::size_t i = 0; i < stream_.size(); ++i) {
            out[4 + i] = static_cast<std::uint8_t>(checksum[i] ^ stream_[i]);
        }
        std::ranges::copy(little(sequence_), out.begin() + 12);
        return out;
    }
    // Random pad 0, sent in clear.
    std::ranges::copy(little(crypto::crc32(message)), out.begin() + 8);
    std::ranges::copy(little(sequence_), out.begin() + 12);
    for (std::size_t i = 0; i < stream_.size(); ++i)
        out[8 + i] = static_cast<std::uint8_t>(out[8 + i] ^ stream_[i]);
    return out;
}

bool signer::verify(byte_view message, byte_view signature) const {
    return crypto::constant_time_equal(sign(message), signature);
}

} // namespace lyceum::ntlm
