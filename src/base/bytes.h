#pragma once

#include "base/result.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace lyceum {

using byte_view = std::span<const std::uint8_t>; ///< borrowed octets
using byte_vector = std::vector<std::uint8_t>;   ///< owned octets

[[nodiscard]] inline byte_view as_bytes(std::string_view s) {
    return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()};
}
[[nodiscard]] inline std::string_view as_text(byte_view b) {
    return {reinterpret_cast<const char*>(b.data()), b.size()};
}

/// Reads little- and big-endian fields from borrowed octets; never past their end.
class byte_reader {
public:
    explicit byte_reader(byte_view in) : in_(in) {}

    [[nodiscard]] std::uint32_t at() const { return static_cast<std::uint32_t>(at_); }
    [[nodiscard]] std::size_t left() const { return in_.size() - at_; }

    parsed<std::uint8_t> u8(const char* rule);
    parsed<std::uint16_t> u16(const char* rule); ///< network order
    parsed<std::uint32_t> u32(const char* rule); ///< network order
    parsed<std::uint16_t> u16le(const char* rule);
    parsed<std::uint32_t> u32le(const char* rule);
    parsed<std::uint64_t> u64le(const char* rule);
    /// The next n octets, borrowed.
    parsed<byte_view> take(std::size_t n, const char* rule);

private:
    byte_view in_;
    std::size_t at_ = 0;
};

/// Appends fields to owned octets.
class byte_writer {
public:
    explicit byte_writer(byte_vector& out) : out_(out) {}

    void u8(std::uint8_t v) { out_.push_back(v); }
    void u16(std::uint16_t v); ///< network order
    void u32(std::uint32_t v); ///< network order
    void u16le(std::uint16_t v);
    void u32le(std::uint32_t v);
    void u64le(std::uint64_t v);
    void bytes(byte_view b) { out_.insert(out_.end(), b.begin(), b.end()); }
    [[nodiscard]] std::size_t size() const { return out_.size(); }

private:
    byte_vector& out_;
};

} // namespace lyceum
