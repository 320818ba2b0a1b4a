#include "base/bytes.h"

namespace lyceum {
namespace {

template <class T>
T load(byte_view b, bool little) {
    T v = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        const auto octet = b[little ? sizeof(T) - 1 - i : i];
        v = static_cast<T>(static_cast<T>(v << 8U) | octet);
    }
    return v;
}

template <class T>
void store(byte_writer& out, T v, bool little) {
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        const auto shift = 8 * (little ? i : sizeof(T) - 1 - i);
        out.u8(static_cast<std::uint8_t>(v >> shift));
    }
}

} // namespace

parsed<byte_view> byte_reader::take(std::size_t n, const char* rule) {
    if (left() < n) return std::unexpected(parse_error{malformed::truncated, at(), rule});
    const auto out = in_.subspan(at_, n);
    at_ += n;
    return out;
}

parsed<std::uint8_t> byte_reader::u8(const char* rule) {
    LYCEUM_TRY(const auto b, take(1, rule));
    return b[0];
}
parsed<std::uint16_t> byte_reader::u16(const char* rule) {
    LYCEUM_TRY(const auto b, take(2, rule));
    return load<std::uint16_t>(b, false);
}
parsed<std::uint32_t> byte_reader::u32(const char* rule) {
    LYCEUM_TRY(const auto b, take(4, rule));
    return load<std::uint32_t>(b, false);
}
parsed<std::uint16_t> byte_reader::u16le(const char* rule) {
    LYCEUM_TRY(const auto b, take(2, rule));
    return load<std::uint16_t>(b, true);
}
parsed<std::uint32_t> byte_reader::u32le(const char* rule) {
    LYCEUM_TRY(const auto b, take(4, rule));
    return load<std::uint32_t>(b, true);
}
parsed<std::uint64_t> byte_reader::u64le(const char* rule) {
    LYCEUM_TRY(const auto b, take(8, rule));
    return load<std::uint64_t>(b, true);
}

void byte_writer::u16(std::uint16_t v) {
    store(*this, v, false);
}
void byte_writer::u32(std::uint32_t v) {
    store(*this, v, false);
}
void byte_writer::u16le(std::uint16_t v) {
    store(*this, v, true);
}
void byte_writer::u32le(std::uint32_t v) {
    store(*this, v, true);
}
void byte_writer::u64le(std::uint64_t v) {
    store(*this, v, true);
}

} // namespace lyceum
