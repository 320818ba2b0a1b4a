#include "base/bytes.h"
#include "base/text.h"

#include <gtest/gtest.h>

namespace lyceum {
namespace {

constexpr auto rule = "bytes_test";

TEST(bytes, fields_come_back_as_they_were_written) {
    byte_vector octets;
    byte_writer out(octets);
    out.u8(0x01);
    out.u16(0x0203);
    out.u32(0x04050607);
    out.u16le(0x0908);
    out.u32le(0x0D0C0B0A);
    out.u64le(0x1514131211100F0E);
    out.bytes(as_bytes("\x16\x17"));
    EXPECT_EQ(to_hex(octets),
              "0102030405060708090a0b0c0d0e0f101112131415"
              "1617");
    EXPECT_EQ(out.size(), octets.size());

    byte_reader in(octets);
    EXPECT_EQ(in.u8(rule), 0x01);
    EXPECT_EQ(in.u16(rule), 0x0203);
    EXPECT_EQ(in.u32(rule), 0x04050607U);
    EXPECT_EQ(in.u16le(rule), 0x0908);
    EXPECT_EQ(in.u32le(rule), 0x0D0C0B0AU);
    EXPECT_EQ(in.u64le(rule), 0x1514131211100F0EU);
    EXPECT_EQ(in.left(), 2U);
    EXPECT_EQ(in.at(), 21U);
    const auto rest = in.take(2, rule);
    ASSERT_TRUE(rest.has_value());
    EXPECT_EQ(as_text(*rest), "\x16\x17");
    EXPECT_EQ(in.left(), 0U);
}

TEST(bytes, a_reader_never_passes_the_end_and_says_where_it_stood) {
    // Every field, on an input one octet too short, after one octet was read.
    const struct {
        const char* what;
        std::size_t width;
        bool (*reads)(byte_reader&, parse_error&);
    } rows[] = {
        {"u8",
         1,
         [](byte_reader& r, parse_error& e) {
             const auto v = r.u8(rule);
             if (!v) e = v.error();
             return v.has_value();
         }},
        {"u16",
         2,
         [](byte_reader& r, parse_error& e) {
             const auto v = r.u16(rule);
             if (!v) e = v.error();
             return v.has_value();
         }},
        {"u32",
         4,
         [](byte_reader& r, parse_error& e) {
             const auto v = r.u32(rule);
             if (!v) e = v.error();
             return v.has_value();
         }},
        {"u16le",
         2,
         [](byte_reader& r, parse_error& e) {
             const auto v = r.u16le(rule);
             if (!v) e = v.error();
             return v.has_value();
         }},
        {"u32le",
         4,
         [](byte_reader& r, parse_error& e) {
             const auto v = r.u32le(rule);
             if (!v) e = v.error();
             return v.has_value();
         }},
        {"u64le",
         8,
         [](byte_reader& r, parse_error& e) {
             const auto v = r.u64le(rule);
             if (!v) e = v.error();
             return v.has_value();
         }},
        {"take",
         3,
         [](byte_reader& r, parse_error& e) {
             const auto v = r.take(3, rule);
             if (!v) e = v.error();
             return v.has_value();
         }},
    };
    for (const auto& row : rows) {
        for (std::size_t n = 0; n <= row.width; ++n) {
            const byte_vector octets(1 + n);
            byte_reader in(octets);
            ASSERT_TRUE(in.u8(rule).has_value());
            parse_error e{malformed::unsupported, 99, nullptr};
            EXPECT_EQ(row.reads(in, e), n == row.width) << row.what << ' ' << n;
            if (n == row.width) continue;
            EXPECT_EQ(e, (parse_error{malformed::truncated, 1, rule})) << row.what << ' ' << n;
            EXPECT_EQ(in.left(), n) << row.what << ": a refused field consumes nothing";
        }
    }
}

TEST(bytes, a_length_near_the_largest_does_not_wrap) {
    const byte_vector octets(4);
    byte_reader in(octets);
    ASSERT_TRUE(in.u16(rule).has_value());
    const auto v = in.take(SIZE_MAX, rule);
    ASSERT_FALSE(v.has_value());
    EXPECT_EQ(v.error().why, malformed::truncated);
}

parsed<int> add_one(parsed<int> given) {
    LYCEUM_TRY(const auto v, given);
    return v + 1;
}
std::expected<void, parse_error> pass_on(std::expected<void, parse_error> given) {
    LYCEUM_CHECKED(given);
    return {};
}

TEST(result, try_hands_on_the_value_or_the_error) {
    const parse_error e{malformed::bad_value, 7, rule};
    EXPECT_EQ(add_one(1), parsed<int>(2));
    EXPECT_EQ(add_one(std::unexpected(e)), parsed<int>(std::unexpected(e)));
    EXPECT_TRUE(pass_on({}).has_value());
    EXPECT_EQ(pass_on(std::unexpected(e)).error(), e);
}

TEST(result, every_malformed_has_its_own_word) {
    const struct {
        malformed why;
        std::string_view word;
    } rows[] = {
        {malformed::truncated, "truncated"},
        {malformed::bad_length, "bad_length"},
        {malformed::bad_value, "bad_value"},
        {malformed::too_large, "too_large"},
        {malformed::unsupported, "unsupported"},
    };
    for (const auto& row : rows)
        EXPECT_EQ(name(row.why), row.word);
}

} // namespace
} // namespace lyceum
