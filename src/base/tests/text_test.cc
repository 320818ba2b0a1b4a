#include "base/text.h"

#include <gtest/gtest.h>

namespace lyceum {
namespace {

using namespace std::string_view_literals;
using words = std::vector<std::string_view>;

TEST(text, case_is_ascii_only) {
    const struct {
        std::string_view a, b;
        bool same;
    } rows[] = {
        {"", "", true},
        {"Via", "vIA", true},
        {"Via", "Vi", false},
        {"a[", "A{", false}, // 0x5B and 0x7B differ by the case bit alone
        {"@", "`", false},
        {"\xC3\x84", "\xC3\xA4", false}, // Ä and ä: not ASCII, so different
        {"a\0b"sv, "A\0B"sv, true},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(iequals(row.a, row.b), row.same) << row.a << ' ' << row.b;
        EXPECT_EQ(iequals(row.b, row.a), row.same) << row.a << ' ' << row.b;
        EXPECT_EQ(to_lower(row.a) == to_lower(row.b), row.same) << row.a << ' ' << row.b;
    }
    EXPECT_EQ(to_lower("AbZ[\xC3\x84"), "abz[\xC3\x84");
    EXPECT_EQ(upper('q'), 'Q');
    EXPECT_EQ(upper('1'), '1');
    EXPECT_TRUE(istarts_with("SIP:alice", "sip:"));
    EXPECT_TRUE(istarts_with("sip", ""));
    EXPECT_FALSE(istarts_with("si", "sip"));
    EXPECT_FALSE(istarts_with("tel:1", "sip:"));
}

TEST(text, splitting) {
    const struct {
        std::string_view in;
        char at;
        words parts;
    } rows[] = {
        {"", ',', {}},
        {",", ',', {}},
        {" , ,", ',', {}},
        {"a", ',', {"a"}},
        {"a,b", ',', {"a", "b"}},
        {" a ,\tb c\r\n,, d", ',', {"a", "b c", "d"}},
        {"a;b", ',', {"a;b"}},
    };
    for (const auto& row : rows)
        EXPECT_EQ(split(row.in, row.at), row.parts) << row.in;

    std::string_view s = "a=b=c";
    EXPECT_EQ(split_first(s, '='), "a");
    EXPECT_EQ(s, "b=c");
    s = "none";
    EXPECT_EQ(split_first(s, '='), "none");
    EXPECT_EQ(s, "");
    s = "=x";
    EXPECT_EQ(split_first(s, '='), "");
    EXPECT_EQ(s, "x");

    EXPECT_EQ(trim(" \t\r\n a b \n"), "a b");
    EXPECT_EQ(trim(" \t "), "");
}

TEST(text, numbers) {
    const struct {
        std::string_view digits;
        std::optional<std::uint32_t> u32;
        std::optional<std::uint64_t> u64;
        std::optional<std::int64_t> i64;
    } rows[] = {
        {"0", 0, 0, 0},
        {"007", 7, 7, 7},
        {"4294967295", 4294967295U, 4294967295U, 4294967295},
        {"4294967296", {}, 4294967296U, 4294967296},
        {"9223372036854775808", {}, 9223372036854775808U, {}},
        {"18446744073709551615", {}, 18446744073709551615U, {}},
        {"18446744073709551616", {}, {}, {}},
        {"-1", {}, {}, -1},
        {"", {}, {}, {}},
        {"-", {}, {}, {}},
        {"+1", {}, {}, {}},
        {" 1", {}, {}, {}},
        {"1 ", {}, {}, {}},
        {"1a", {}, {}, {}},
        {"0x10", {}, {}, {}},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(to_u32(row.digits), row.u32) << row.digits;
        EXPECT_EQ(to_u64(row.digits), row.u64) << row.digits;
        EXPECT_EQ(to_i64(row.digits), row.i64) << row.digits;
    }
    std::string out = "n=";
    append_number(out, 0);
    append_number(out, UINT64_MAX);
    EXPECT_EQ(out, "n=018446744073709551615");
}

TEST(text, hex) {
    const struct {
        std::string_view hex;
        std::optional<byte_vector> octets;
    } rows[] = {
        {"", byte_vector{}},
        {"00ff1a", byte_vector{0x00, 0xFF, 0x1A}},
        {"aBCd", byte_vector{0xAB, 0xCD}},
        {"0", {}},
        {"0g", {}},
        {"g0", {}},
        {" 0", {}},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(from_hex(row.hex), row.octets) << row.hex;
        if (row.octets) {
            EXPECT_EQ(to_hex(*row.octets), to_lower(row.hex));
        }
    }
    EXPECT_EQ(to_upper_hex(byte_vector{0xDE, 0xAD}), "DEAD");
}

TEST(text, base64) {
    // RFC 4648 10
    const struct {
        std::string_view plain, encoded, url;
    } rows[] = {
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"foob", "Zm9vYg==", "Zm9vYg"},
        {"fooba", "Zm9vYmE=", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        {"\xFB\xFF", "+/8=", "-_8"},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(to_base64(as_bytes(row.plain)), row.encoded);
        EXPECT_EQ(to_base64url(as_bytes(row.plain)), row.url);
        const byte_vector octets(row.plain.begin(), row.plain.end());
        EXPECT_EQ(from_base64(row.encoded), octets);
        const auto bare = row.encoded.substr(0, row.encoded.find('='));
        EXPECT_EQ(from_base64(bare), octets) << "padding may be absent";
    }
    for (const auto bad :
         {"Z", "Zm9v Zg==", "Zm9vYg===", "Zg=a", "-_8=", "Zm9v\n", "Zm9vZ", "Z==="}) {
        EXPECT_EQ(from_base64(bad), std::nullopt) << bad;
    }
}

TEST(text, utf8_to_utf16_and_back) {
    const struct {
        std::string_view utf8, utf16_hex;
    } rows[] = {
        {"", ""},
        {"aZ", "61005a00"},
        {"\x7F", "7f00"},
        {"\xC2\x80", "8000"},
        {"\xDF\xBF", "ff07"},
        {"\xE0\xA0\x80", "0008"},
        {"\xED\x9F\xBF", "ffd7"},
        {"\xEE\x80\x80", "00e0"},
        {"\xEF\xBF\xBF", "ffff"},
        {"\xF0\x90\x80\x80", "00d800dc"},
        {"\xF4\x8F\xBF\xBF", "ffdbffdf"},
        {"a\0b"sv, "610000006200"},
    };
    for (const auto& row : rows) {
        const auto units = utf16le(row.utf8);
        ASSERT_TRUE(units.has_value()) << row.utf16_hex;
        EXPECT_EQ(to_hex(*units), row.utf16_hex);
        EXPECT_EQ(from_utf16le(*units), row.utf8);
        EXPECT_TRUE(is_utf8(row.utf8));
    }
}

TEST(text, what_is_not_utf8_is_refused) {
    // RFC 3629 3 and 10: overlong forms, surrogates, past U+10FFFF, lone and missing continuations.
    const std::string_view rows[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC1\xBF",
        "\xC2",
        "\xC2\x41",
        "\xE0\x9F\xBF",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xE2\x82",
        "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xFF",
        "ok\xFE",
        "\xF0\x90\x80",
    };
    for (const auto row : rows) {
        EXPECT_FALSE(is_utf8(row)) << to_hex(as_bytes(row));
        EXPECT_EQ(utf16le(row), std::nullopt) << to_hex(as_bytes(row));
    }
}

TEST(text, what_is_not_utf16_is_refused) {
    for (const auto hex : {"61", "00d8", "00d84100", "00dc", "00d800d8", "4100 00dc"}) {
        std::string digits(hex);
        std::erase(digits, ' ');
        EXPECT_EQ(from_utf16le(*from_hex(digits)), std::nullopt) << hex;
    }
}

TEST(text, maps_keyed_by_string_are_asked_with_views) {
    const std::unordered_map<std::string, int, text_hash, std::equal_to<>> m{{"one", 1}};
    EXPECT_TRUE(m.contains("one"sv));
    EXPECT_FALSE(m.contains("two"sv));
}

} // namespace
} // namespace lyceum
