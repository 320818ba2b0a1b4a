#include "base/random/random.h"
#include "protocol/sip/framer.h"
#include "protocol/sip/tests/sample_messages.h"

#include <gtest/gtest.h>

#include <functional>

namespace lyceum::sip {
namespace {

using namespace std::string_view_literals;

struct outcome {
    std::vector<std::string> messages;
    std::size_t keep_alives = 0;
    std::optional<parse_error> error;
    friend bool operator==(const outcome&, const outcome&) = default;
};

/// What a framer makes of a stream that arrives in chunks of the sizes that next_size gives.
outcome frame(std::string_view stream,
              const std::function<std::size_t()>& next_size,
              const limits& most = {}) {
    framer f(most);
    outcome out;
    while (!stream.empty()) {
        // A chunk of its own, so that a view kept too long is caught by the sanitisers.
        const std::string chunk(stream.substr(0, next_size()));
        stream.remove_prefix(chunk.size());
        f.feed(chunk);
        while (true) {
            auto next = f.next();
            if (!next) out.error = next.error();
            if (!next || !*next) break;
            out.messages.push_back(**std::move(next));
        }
        out.keep_alives += f.take_keep_alives();
    }
    return out;
}

outcome frame_whole(std::string_view stream, const limits& most = {}) {
    return frame(stream, [] { return std::string_view::npos; }, most);
}
outcome frame_bytewise(std::string_view stream, const limits& most = {}) {
    return frame(stream, [] { return std::size_t{1}; }, most);
}

/// The same message as it may stand in a stream.
std::string streamable(std::string_view text) {
    auto m = *message::parse(std::string(text));
    if (!m.has(header::content_length))
        m.set(header::content_length, std::to_string(m.body().size()));
    return m.text();
}

TEST(framer, cuts_where_the_lengths_say) {
    const std::string a = "A sip:a SIP/2.0\r\nContent-Length: 3\r\n\r\nabc";
    const std::string b = "B sip:b SIP/2.0\r\nX: y\r\n\r\n";
    const struct {
        std::string stream;
        std::vector<std::string> messages;
        std::size_t keep_alives;
    } rows[] = {
        {"", {}, 0},
        {"\r\n\r\n", {}, 4},
        {"\r\n\r\n\r\n\r\n\r", {}, 9},
        {a, {a}, 0},
        {a + b, {a, b}, 0},
        {a + "\r\n\r\n" + b + "\r\n" + a, {a, b, a}, 6},
        {"\r\n" + a, {a}, 2},
        {a.substr(0, a.size() - 1), {}, 0},
        {a + b + a.substr(0, 10), {a, b}, 0},
    };
    for (const auto& row : rows) {
        const outcome expected{row.messages, row.keep_alives, {}};
        EXPECT_EQ(frame_whole(row.stream), expected) << row.stream;
        EXPECT_EQ(frame_bytewise(row.stream), expected) << row.stream;
    }
}

// Each head is followed by "ab" and a second message; the body is what the length says.
TEST(framer, spellings_of_content_length) {
    const struct {
        std::string_view fields;
        std::size_t body;
    } rows[] = {
        {"Content-Length: 2\r\n", 2},
        {"content-LENGTH:2\r\n", 2},
        {"l: 2\r\n", 2},
        {"L:2\r\n", 2},
        {"l \t : \t 002 \t\r\n", 2},
        {"l:\r\n 2\r\n", 2},
        {"Content-Length :\r\n\t\r\n 2\r\nX: y\r\n", 2},
        {"X: y\r\nl: 2\r\nContent-Length: 2\r\n", 2},
        {"Content-Lengthy: 9\r\nlx: 9\r\nl: 2\r\n", 2},
        {"X: y\r\n l: 9\r\nl: 2\r\n", 2},
        {"X: y\r\n Content-Length: 9\r\nl: 2\r\n", 2},
        {"X: \"\r\nl: 2\r\n", 2},
        {"Cseq: 9\r\nContact: 9\r\nc: 9\r\nLl: 9\r\nl: 2\r\n", 2},
    };
    const std::string next = "B sip:b SIP/2.0\r\n\r\n";
    for (const auto& row : rows) {
        const auto first =
            "A sip:a SIP/2.0\r\n" + std::string(row.fields) + "\r\n" + std::string(row.body, 'a');
        const outcome expected{{first, next}, 0, {}};
        EXPECT_EQ(frame_whole(first + next), expected) << row.fields;
        EXPECT_EQ(frame_bytewise(first + next), expected) << row.fields;
        const auto m = message::parse(first);
        ASSERT_TRUE(m) << row.fields;
        EXPECT_EQ(m->body().size(), row.body) << "the parser reads the same length";
    }
}

TEST(framer, refused) {
    const limits small{.max_bytes = 100, .max_header_bytes = 60};
    const struct {
        std::string_view stream;
        malformed why;
        std::uint32_t at;
    } rows[] = {
        {"A sip:a SIP/2.0\r\nl: -1\r\n\r\n", malformed::bad_length, 17},
        {"A sip:a SIP/2.0\r\nl: 1x\r\n\r\n", malformed::bad_length, 17},
        {"A sip:a SIP/2.0\r\nl: 1\r\n 0\r\n\r\n", malformed::bad_length, 17},
        {"A sip:a SIP/2.0\r\nl:\r\n\r\n", malformed::bad_length, 17},
        {"A sip:a SIP/2.0\r\nl: 1\r\nContent-Length: 0\r\n\r\nx", malformed::bad_length, 23},
        {"A sip:a SIP/2.0\r\nl: 4294967296\r\n\r\n", malformed::bad_length, 17},
        {"A sip:a SIP/2.0\r\nl: 99999999999999999999\r\n\r\n", malformed::bad_length, 17},
        {"A sip:a SIP/2.0\r\nl: 4294967295\r\n\r\n", malformed::too_large, 34},
        {"A sip:a SIP/2.0\r\nl: 76\r\n\r\n", malformed::too_large, 26},
        {"A sip:a SIP/2.0\nl: 0\n\n", malformed::bad_value, 15},
        {"A sip:a SIP/2.0\r\nX: y\nl: 0\r\n\r\n", malformed::bad_value, 21},
        {"A sip:a SIP/2.0\r\nX: 012345678901234567890123456789012345678\r\n\r\n",
         malformed::too_large,
         60},
        {"0123456789012345678901234567890123456789012345678901234567890", malformed::too_large, 60},
    };
    for (const auto& row : rows) {
        const auto whole = frame_whole(row.stream, small);
        ASSERT_TRUE(whole.error) << row.stream;
        EXPECT_EQ(whole.error->why, row.why) << row.stream << " " << name(whole.error->why);
        EXPECT_EQ(whole.error->at, row.at) << row.stream;
        EXPECT_EQ(frame_bytewise(row.stream, small), whole) << row.stream;
    }
}

TEST(framer, limits_are_what_still_fits) {
    const std::string head = "A sip:a SIP/2.0\r\nX: y\r\nContent-Length: 4\r\n";
    const auto whole = head + "\r\nbody";
    const limits exact{.max_bytes = whole.size(), .max_header_bytes = head.size()};
    EXPECT_EQ(frame_whole(whole, exact).messages.size(), 1u);
    EXPECT_EQ(frame_bytewise(whole, exact).messages.size(), 1u);
    EXPECT_TRUE(message::parse(whole, exact)) << "the parser draws the same line";
    for (const auto& most :
         {limits{.max_bytes = whole.size() - 1}, limits{.max_header_bytes = head.size() - 1}}) {
        EXPECT_EQ(frame_whole(whole, most).error->why, malformed::too_large);
        EXPECT_EQ(frame_bytewise(whole, most), frame_whole(whole, most));
        EXPECT_EQ(message::parse(whole, most).error().why, malformed::too_large);
    }
}

TEST(framer, an_error_stays_and_frees_all) {
    framer f;
    f.feed("A sip:a SIP/2.0\r\n");
    EXPECT_FALSE(*f.next());
    EXPECT_GT(f.kept(), 0u);
    f.feed("l: x\r\n\r\nA sip:a SIP/2.0\r\n\r\n");
    const auto first = f.next();
    ASSERT_FALSE(first);
    EXPECT_EQ(f.kept(), 0u);
    f.feed("B sip:b SIP/2.0\r\n\r\n");
    const auto second = f.next();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error(), first.error());
}

TEST(framer, owns_nothing_when_idle) {
    framer f;
    EXPECT_TRUE(f.idle());
    const auto start = "\r\n\r\nA sip:a SIP/2.0\r\nl: 100\r\n\r\n" + std::string(50, 'x');
    f.feed(start);
    EXPECT_FALSE(*f.next());
    EXPECT_FALSE(f.idle());
    EXPECT_EQ(f.kept(), 77u);
    const auto rest = std::string(50, 'x') + "\r\n\r\n";
    f.feed(rest);
    EXPECT_TRUE(*f.next());
    EXPECT_FALSE(*f.next());
    EXPECT_TRUE(f.idle());
    EXPECT_EQ(f.kept(), 0u);
    EXPECT_EQ(f.take_keep_alives(), 8u);
    EXPECT_EQ(f.take_keep_alives(), 0u);
}

TEST(framer, chunks_make_no_difference) {
    std::string stream;
    outcome expected;
    for (int round = 0; round < 3; ++round) {
        for (const auto& sample : samples) {
            expected.messages.push_back(streamable(sample));
            stream += expected.messages.back();
            for (int i = 0; i < round; ++i, expected.keep_alives += 4)
                stream += "\r\n\r\n";
        }
    }
    EXPECT_EQ(frame_whole(stream), expected);
    EXPECT_EQ(frame_bytewise(stream), expected);
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        random::seeded dice(seed);
        const auto most = 1 + dice.below(seed % 4 == 0 ? 5000 : 100);
        const auto got =
            frame(stream, [&] { return static_cast<std::size_t>(1 + dice.below(most)); });
        ASSERT_EQ(got.messages.size(), expected.messages.size()) << seed;
        ASSERT_EQ(got == expected, true) << seed;
    }
}

} // namespace
} // namespace lyceum::sip
