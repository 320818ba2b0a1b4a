#include "base/text.h"

#include <charconv>

namespace lyceum {

std::string to_lower(std::string_view s) {
    std::string out(s);
    for (char& c : out)
        c = lower(c);
    return out;
}

std::vector<std::string_view> split(std::string_view s, char separator) {
    std::vector<std::string_view> out;
    while (!s.empty()) {
        if (const auto part = trim(split_first(s, separator)); !part.empty()) out.push_back(part);
    }
    return out;
}

namespace {

template <class T>
std::optional<T> to_number(std::string_view digits) {
    T v = 0;
    const auto* begin = digits.data();
    const auto* end = begin + digits.size();
    const auto [at, error] = std::from_chars(begin, end, v);
    if (error != std::errc{} || at != end || digits.empty()) return std::nullopt;
    return v;
}

std::string hex(byte_view b, const char* alphabet) {
    std::string out(2 * b.size(), '\0');
    auto at = out.begin();
    for (const auto octet : b) {
        *at++ = alphabet[octet >> 4U];
        *at++ = alphabet[octet & 15U];
    }
    return out;
}

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    const char l = lower(c);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base64url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string base64(byte_view b, std::string_view alphabet, bool pad) {
    std::string out;
    out.reserve((b.size() + 2) / 3 * 4);
    std::size_t i = 0;
    for (; i + 3 <= b.size(); i += 3) {
        const std::uint32_t v =
            (std::uint32_t{b[i]} << 16U) | (std::uint32_t{b[i + 1]} << 8U) | b[i + 2];
        for (const unsigned shift : {18U, 12U, 6U, 0U})
            out += alphabet[(v >> shift) & 63U];
    }
    const auto rest = b.size() - i;
    if (rest != 0) {
        const std::uint32_t v =
            (std::uint32_t{b[i]} << 16U) | (rest == 2 ? std::uint32_t{b[i + 1]} << 8U : 0U);
        out += alphabet[(v >> 18U) & 63U];
        out += alphabet[(v >> 12U) & 63U];
        if (rest == 2) out += alphabet[(v >> 6U) & 63U];
        if (pad) out.append(3 - rest, '=');
    }
    return out;
}

/// One code point, and s becomes the rest; nothing when s does not start with valid UTF-8 (RFC 3629
/// 4).
std::optional<char32_t> next_code_point(std::string_view& s) {
    const auto octet = [&](std::size_t i) { return static_cast<std::uint8_t>(s[i]); };
    const auto first = octet(0);
    std::size_t n = 0;
    char32_t v = 0;
    if (first < 0x80) {
        n = 1;
        v = first;
    } else if (first >= 0xC2 && first < 0xE0) {
        n = 2;
        v = first & 0x1FU;
    } else if (first >= 0xE0 && first < 0xF0) {
        n = 3;
        v = first & 0x0FU;
    } else if (first >= 0xF0 && first < 0xF5) {
        n = 4;
        v = first & 0x07U;
    }
    if (n == 0 || s.size() < n) return std::nullopt;
    for (std::size_t i = 1; i < n; ++i) {
        if ((octet(i) & 0xC0U) != 0x80U) return std::nullopt;
        v = (v << 6U) | (octet(i) & 0x3FU);
    }
    if ((n == 3 && (v < 0x800 || (v >= 0xD800 && v < 0xE000))) ||
        (n == 4 && (v < 0x10000 || v > 0x10FFFF))) {
        return std::nullopt;
    }
    s.remove_prefix(n);
    return v;
}

void append_utf8(std::string& out, char32_t v) {
    const auto put = [&](char32_t octet) {
        out += static_cast<char>(static_cast<std::uint8_t>(octet));
    };
    if (v < 0x80) {
        put(v);
    } else if (v < 0x800) {
        put(0xC0U | (v >> 6U));
        put(0x80U | (v & 63U));
    } else if (v < 0x10000) {
        put(0xE0U | (v >> 12U));
        put(0x80U | ((v >> 6U) & 63U));
        put(0x80U | (v & 63U));
    } else {
        put(0xF0U | (v >> 18U));
        put(0x80U | ((v >> 12U) & 63U));
        put(0x80U | ((v >> 6U) & 63U));
        put(0x80U | (v & 63U));
    }
}

} // namespace

std::optional<std::uint32_t> to_u32(std::string_view digits) {
    return to_number<std::uint32_t>(digits);
}
std::optional<std::uint64_t> to_u64(std::string_view digits) {
    return to_number<std::uint64_t>(digits);
}
std::optional<std::int64_t> to_i64(std::string_view digits) {
    return to_number<std::int64_t>(digits);
}

void append_number(std::string& out, std::uint64_t v) {
    char digits[20];
    char* const end = std::end(digits);
    char* at = end;
    do {
        *--at = static_cast<char>('0' + v % 10);
        v /= 10;
    } while (v != 0);
    out.append(at, end);
}

std::string to_hex(byte_view b) {
    return hex(b, "0123456789abcdef");
}
std::string to_upper_hex(byte_view b) {
    return hex(b, "0123456789ABCDEF");
}

std::optional<byte_vector> from_hex(std::string_view s) {
    if (s.size() % 2 != 0) return std::nullopt;
    byte_vector out;
    out.reserve(s.size() / 2);
    for (std::size_t i = 0; i < s.size(); i += 2) {
        const int high = hex_value(s[i]);
        const int low = hex_value(s[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    return out;
}

std::string to_base64(byte_view b) {
    return base64(b, base64_alphabet, true);
}
std::string to_base64url(byte_view b) {
    return base64(b, base64url_alphabet, false);
}

std::optional<byte_vector> from_base64(std::string_view s) {
    for (int i = 0; i < 2 && s.ends_with('='); ++i)
        s.remove_suffix(1);
    if (s.size() % 4 == 1) return std::nullopt;
    byte_vector out;
    out.reserve(s.size() * 3 / 4);
    std::uint32_t v = 0;
    unsigned bits = 0;
    for (const char c : s) {
        const auto digit = base64_alphabet.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        v = (v << 6U) | static_cast<std::uint32_t>(digit);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out.push_back(static_cast<std::uint8_t>(v >> bits));
        }
    }
    return out;
}

bool is_utf8(std::string_view s) {
    while (!s.empty()) {
        if (!next_code_point(s)) return false;
    }
    return true;
}

std::optional<byte_vector> utf16le(std::string_view s) {
    byte_vector out;
    out.reserve(2 * s.size());
    byte_writer w(out);
    while (!s.empty()) {
        const auto v = next_code_point(s);
        if (!v) return std::nullopt;
        if (*v < 0x10000) {
            w.u16le(static_cast<std::uint16_t>(*v));
        } else {
            w.u16le(static_cast<std::uint16_t>(0xD800 + ((*v - 0x10000) >> 10U)));
            w.u16le(static_cast<std::uint16_t>(0xDC00 + ((*v - 0x10000) & 0x3FFU)));
        }
    }
    return out;
}

std::optional<std::string> from_utf16le(byte_view b) {
    if (b.size() % 2 != 0) return std::nullopt;
    std::string out;
    const auto unit = [&](std::size_t i) { return static_cast<char32_t>(b[i] | (b[i + 1] << 8)); };
    for (std::size_t i = 0; i < b.size(); i += 2) {
        char32_t v = unit(i);
        if (v >= 0xD800 && v < 0xDC00) {
            if (i + 4 > b.size()) return std::nullopt;
            const char32_t low = unit(i + 2);
            if (low < 0xDC00 || low >= 0xE000) return std::nullopt;
            v = 0x10000 + ((v - 0xD800) << 10U) + (low - 0xDC00);
            i += 2;
        } else if (v >= 0xDC00 && v < 0xE000) {
            return std::nullopt;
        }
        append_utf8(out, v);
    }
    return out;
}

} // namespace lyceum
