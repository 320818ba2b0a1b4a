#include "protocol/sip/message.h"
#include "protocol/sip/tests/sample_messages.h"

#include <gtest/gtest.h>

namespace lyceum::sip {
namespace {

using namespace std::string_view_literals;

TEST(message_parse, what_is_not_changed_goes_out_as_it_came) {
    for (const auto& sample : samples) {
        const auto m = message::parse(sample);
        ASSERT_TRUE(m) << sample.substr(0, 200);
        EXPECT_EQ(m->text(), sample);
        const auto copy = *m; // NOLINT(performance-unnecessary-copy-initialization): what is tested
        EXPECT_EQ(copy.text(), sample);
        EXPECT_EQ(message::parse(copy.text())->fields().size(), m->fields().size());
    }
}

TEST(message_parse, start_lines) {
    const struct {
        std::string_view line;
        int status;
        std::string_view a; ///< method, or reason
        std::string_view uri;
        method id;
    } rows[] = {
        {"INVITE sip:bob@b.test SIP/2.0", 0, "INVITE", "sip:bob@b.test", method::invite},
        {"invite sip:bob@b.test SIP/2.0", 0, "invite", "sip:bob@b.test", method::other},
        {"BENOTIFY sip:b.test sip/2.0", 0, "BENOTIFY", "sip:b.test", method::benotify},
        {"FOO tel:+1 SIP/2.0", 0, "FOO", "tel:+1", method::other},
        {"OPTIONS nobodyKnowsThis:ok SIP/2.0", 0, "OPTIONS", "nobodyKnowsThis:ok", method::options},
        {"SIP/2.0 200 OK", 200, "OK", "", method::other},
        {"sip/2.0 404 Not  Found at\tall ", 404, "Not  Found at\tall ", "", method::other},
        {"SIP/2.0 100 ", 100, "", "", method::other},
        {"SIP/2.0 699", 699, "", "", method::other},
        {"SIP/2.0 200 = 2**3 * 5**2 \xD0\xBD\xD0\xBE",
         200,
         "= 2**3 * 5**2 \xD0\xBD\xD0\xBE",
         "",
         method::other},
    };
    for (const auto& row : rows) {
        const auto m = message::parse(std::string(row.line) + "\r\n\r\n");
        ASSERT_TRUE(m) << row.line;
        EXPECT_EQ(m->status(), row.status) << row.line;
        EXPECT_EQ(m->is_request(), row.status == 0) << row.line;
        EXPECT_EQ(m->method_id(), row.id) << row.line;
        EXPECT_EQ(m->is_request() ? m->method_name() : m->reason(), row.a) << row.line;
        EXPECT_EQ(m->uri(), row.uri) << row.line;
        EXPECT_EQ(m->is_request() ? m->reason() : m->method_name(), "") << row.line;
        EXPECT_TRUE(m->text().contains("SIP/2.0"))
            << "sent in upper case, whatever came: " << row.line;
    }
}

TEST(message_parse, refused) {
    const struct {
        std::string_view bytes;
        malformed why;
        std::uint32_t at;
    } rows[] = {
        // Start lines. RFC 3261 7.1, 7.2
        {"", malformed::truncated, 0},
        {"INVITE", malformed::truncated, 6},
        {"INVITE sip:a SIP/2.0\r", malformed::truncated, 21},
        {"INVITE sip:a SIP/2.0\r\n", malformed::truncated, 22},
        {"\r\nINVITE sip:a SIP/2.0\r\n\r\n", malformed::bad_value, 0},
        {"INVITE sip:a\r\n\r\n", malformed::bad_value, 12},
        {"INVITE  sip:a SIP/2.0\r\n\r\n", malformed::bad_value, 7},
        {"INVITE sip:a  SIP/2.0\r\n\r\n", malformed::bad_value, 13},
        {"INVITE sip:a SIP/2.0 \r\n\r\n", malformed::bad_value, 13},
        {"INVITE sip:a b SIP/2.0\r\n\r\n", malformed::bad_value, 13},
        {"INVITE sip:a\tb SIP/2.0\r\n\r\n", malformed::bad_value, 7},
        {" INVITE sip:a SIP/2.0\r\n\r\n", malformed::bad_value, 0},
        {"IN\"VITE sip:a SIP/2.0\r\n\r\n", malformed::bad_value, 0},
        {"INVITE sip:a SIP/7.0\r\n\r\n", malformed::unsupported, 13},
        {"INVITE sip:a SIP/2.00\r\n\r\n", malformed::unsupported, 13},
        {"INVITE sip:a HTTP/1.1\r\n\r\n", malformed::bad_value, 13},
        {"INVITE sip:a SIP/2.x\r\n\r\n", malformed::bad_value, 13},
        {"SIP/3.0 200 OK\r\n\r\n", malformed::unsupported, 0},
        {"SIP/x 200 OK\r\n\r\n", malformed::bad_value, 0},
        {"SIP/2.0\r\n\r\n", malformed::bad_value, 8},
        {"SIP/2.0 \r\n\r\n", malformed::bad_value, 8},
        {"SIP/2.0 99 OK\r\n\r\n", malformed::bad_value, 8},
        {"SIP/2.0 099 OK\r\n\r\n", malformed::bad_value, 8},
        {"SIP/2.0 700 OK\r\n\r\n", malformed::bad_value, 8},
        {"SIP/2.0 4294967301 better not break the receiver\r\n\r\n", malformed::bad_value, 8},
        {"SIP/2.0 2x0 OK\r\n\r\n", malformed::bad_value, 8},
        {"INVITE sip:a\0b SIP/2.0\r\n\r\n"sv, malformed::bad_value, 12},
        {"SIP/2.0 200 \"\\\x07\"\r\n\r\n", malformed::bad_value, 14},
        // Lines. RFC 3261 7, 7.3.1
        {"A sip:a SIP/2.0\n\n", malformed::bad_value, 15},
        {"A sip:a SIP/2.0\r\nB: c\n\r\n", malformed::bad_value, 21},
        {"A sip:a SIP/2.0\r\nB: c\rd\r\n\r\n", malformed::bad_value, 21},
        {"A sip:a SIP/2.0\r\nB: c\r\n", malformed::truncated, 23},
        {"A sip:a SIP/2.0\r\nB: c\r\n\r", malformed::truncated, 23},
        {"A sip:a SIP/2.0\r\n B: c\r\n\r\n", malformed::bad_value, 17},
        {"A sip:a SIP/2.0\r\nB\r\n\r\n", malformed::bad_value, 17},
        {"A sip:a SIP/2.0\r\n: c\r\n\r\n", malformed::bad_value, 17},
        {"A sip:a SIP/2.0\r\nB b: c\r\n\r\n", malformed::bad_value, 17},
        {"A sip:a SIP/2.0\r\nB@: c\r\n\r\n", malformed::bad_value, 17},
        {"A sip:a SIP/2.0\r\nB\xC3\xBC: c\r\n\r\n", malformed::bad_value, 17},
        {"A sip:a SIP/2.0\r\nB: \0\r\n\r\n"sv, malformed::bad_value, 20},
        {"A sip:a SIP/2.0\r\nB: \x7F\r\n\r\n", malformed::bad_value, 20},
        {"A sip:a SIP/2.0\r\nB: \x1B[0m\r\n\r\n", malformed::bad_value, 20},
        // A quoted pair stands in a quoted string and nowhere else; CR and LF are in none. RFC
        // 3261 25.1
        {"A sip:a SIP/2.0\r\nB: \\\x07\r\n\r\n", malformed::bad_value, 17},
        {"A sip:a SIP/2.0\r\nB: \"\" \\\x07\r\n\r\n", malformed::bad_value, 17},
        {"A sip:a SIP/2.0\r\nB: \"\\\\\x07\"\r\n\r\n", malformed::bad_value, 17},
        {"A sip:a SIP/2.0\r\nB: \"\\\x07\r\n\r\n", malformed::bad_value, 17},
        // Quoted in the line, and not in a value that is taken from it.
        {"A sip:a SIP/2.0\r\nB: <\">, \\\x07 \"\r\n\r\n", malformed::bad_value, 17},
        {"A sip:a SIP/2.0\r\nB: \"\\\n\"\r\n\r\n", malformed::bad_value, 22},
        {"A sip:a SIP/2.0\r\nB: \"\\\r\"\r\n\r\n", malformed::bad_value, 22},
        // Content-Length. RFC 3261 18.3, 20.14
        {"A sip:a SIP/2.0\r\nl: 1\r\n\r\n", malformed::truncated, 25},
        {"A sip:a SIP/2.0\r\nl: -1\r\n\r\nxx", malformed::bad_length, 17},
        {"A sip:a SIP/2.0\r\nl: +1\r\n\r\nxx", malformed::bad_length, 17},
        {"A sip:a SIP/2.0\r\nl:\r\n\r\nxx", malformed::bad_length, 17},
        {"A sip:a SIP/2.0\r\nl: 1, 1\r\n\r\nxx", malformed::bad_length, 17},
        {"A sip:a SIP/2.0\r\nl: 1 1\r\n\r\nxx", malformed::bad_length, 17},
        {"A sip:a SIP/2.0\r\nl: 0x1\r\n\r\nxx", malformed::bad_length, 17},
        {"A sip:a SIP/2.0\r\nl: 4294967296\r\n\r\nxx", malformed::bad_length, 17},
        {"A sip:a SIP/2.0\r\nl: 18446744073709551617\r\n\r\nxx", malformed::bad_length, 17},
        {"A sip:a SIP/2.0\r\nl: 1\r\nContent-Length : 2\r\n\r\nxx", malformed::bad_length, 23},
    };
    for (const auto& row : rows) {
        const auto m = message::parse(std::string(row.bytes));
        ASSERT_FALSE(m) << row.bytes;
        EXPECT_EQ(m.error().why, row.why)
            << row.bytes << " " << name(m.error().why) << " " << m.error().rule;
        EXPECT_EQ(m.error().at, row.at) << row.bytes << " " << m.error().rule;
    }
}

TEST(message_parse, limits) {
    const std::string small = "A sip:a SIP/2.0\r\nB: c\r\nD: e\r\n\r\nbody";
    const struct {
        limits most;
        bool fits;
    } rows[] = {
        {{.max_bytes = small.size()}, true},
        {{.max_bytes = small.size() - 1}, false},
        {{.max_header_bytes = 29}, true},
        {{.max_header_bytes = 28}, false},
        {{.max_header_bytes = 16}, false},
        {{.max_fields = 2}, true},
        {{.max_fields = 1}, false},
    };
    for (const auto& row : rows) {
        const auto m = message::parse(small, row.most);
        EXPECT_EQ(m.has_value(), row.fits);
        if (!m) {
            EXPECT_EQ(m.error().why, malformed::too_large);
        }
    }
}

TEST(message_parse, lengths_and_bodies) {
    const struct {
        std::string_view headers;
        std::string_view rest;
        std::string_view body;
    } rows[] = {
        {"", "all of it\r\n", "all of it\r\n"},
        {"", "", ""},
        {"Content-Length: 3\r\n", "abcdef", "abc"},
        {"CONTENT-LENGTH:003\r\n", "abcdef", "abc"},
        {"l: 0\r\n", "dropped", ""},
        {"l \t:\r\n\t3\r\n", "abcdef", "abc"},
        {"Content-Length: 3\r\nl: 03\r\n", "abcdef", "abc"},
        {"L: 3\r\n  \r\n", "abcdef", "abc"},
        {"X-Content-Length: 3\r\nContent-Lengths: 4\r\n", "abcdef", "abcdef"},
    };
    for (const auto& row : rows) {
        const auto m = message::parse("A sip:a SIP/2.0\r\n" + std::string(row.headers) + "\r\n" +
                                      std::string(row.rest));
        ASSERT_TRUE(m) << row.headers;
        EXPECT_EQ(m->body(), row.body) << row.headers;
    }
}

TEST(message_parse, folds_are_joined_by_blanks) {
    const struct {
        std::string_view line;
        std::string_view value;
    } rows[] = {
        {"Subject: one\r\n two\r\n", "one   two"},
        {"Subject:\r\n\t one\r\n", "one"},
        {"Subject: one\r\n \r\n\ttwo \r\n", "one     \ttwo"},
        {"Subject : one,\r\n  two\r\n", "one,    two"},
        {"s:\r\n \r\n", ""},
        {"SUBJECT\t:\tone\ttwo\t\r\n", "one\ttwo"},
    };
    for (const auto& row : rows) {
        const auto bytes = "A sip:a SIP/2.0\r\n" + std::string(row.line) + "Next: 1\r\n\r\n";
        const auto m = message::parse(bytes);
        ASSERT_TRUE(m) << row.line;
        EXPECT_EQ(m->value(header::subject), row.value) << row.line;
        EXPECT_EQ(m->value("next"), "1");
        EXPECT_EQ(m->text().size(), bytes.size())
            << "only the line break is replaced, by as many blanks";
        EXPECT_EQ(message::parse(m->text())->text(), m->text());
    }
}

// The first message of RFC 4475 3.1.1.1, in shape: everything that blanks and folds may do.
TEST(message_parse, tortuous_blanks) {
    const auto m =
        message::parse(crlf("INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\n"
                            "TO :\n"
                            " sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\n"
                            "from   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\n"
                            "  ;\n"
                            "  tag = 98asjd8\n"
                            "MaX-fOrWaRdS: 0068\n"
                            "Content-Length   : 4\n"
                            "cseq: 0009\n"
                            "  INVITE\n"
                            "Via  : SIP  /   2.0\n"
                            " /UDP\n"
                            "    192.0.2.2;branch=390skdjuw\n"
                            "s :\n"
                            "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\n"
                            "  branch  =   z9hG4bK9ikj8  ,\n"
                            " SIP  /    2.0   / UDP  192.168.255.111   ; branch=\n"
                            " z9hG4bK30239\n"
                            "\n"
                            "body"));
    ASSERT_TRUE(m);
    EXPECT_EQ(m->to_tag(), "1918181833n");
    EXPECT_EQ(m->from_tag(), "98asjd8");
    EXPECT_EQ(m->cseq_number(), 9u);
    EXPECT_EQ(m->cseq_method(), "INVITE");
    EXPECT_EQ(m->body(), "body");
    EXPECT_TRUE(m->has(header::subject));
    EXPECT_EQ(m->value(header::subject), "");
    EXPECT_EQ(m->values(header::via).size(), 3u);
}

TEST(message_parse, questions) {
    const auto m = message::parse(relayed_message);
    ASSERT_TRUE(m);
    EXPECT_EQ(m->call_id(), "call-1@192.0.2.10");
    EXPECT_EQ(m->from_tag(), "a1");
    EXPECT_EQ(m->to_tag(), "b1");
    EXPECT_EQ(m->cseq_number(), 2u);
    EXPECT_EQ(m->cseq_method(), "MESSAGE");
    EXPECT_EQ(m->value("x-UNKNOWN"), "kept as it is");
    EXPECT_EQ(m->value("Content-Type"), "text/plain; charset=UTF-8");
    EXPECT_EQ(m->value("nobody"), "");
    EXPECT_EQ(m->value(header::route), "<sip:a.test;lr>,<sip:b.test;lr>");
    EXPECT_EQ(m->first(header::route), "<sip:a.test;lr>");
    EXPECT_EQ(m->first(header::from), m->value(header::from))
        << "not a list, whatever commas it holds";
    EXPECT_EQ(m->first(header::contact), "");
    EXPECT_EQ(m->values(header::via),
              (std::vector<std::string_view>{
                  "SIP/2.0/TLS edge.contoso.test:5061;branch=z9hG4bK.1;branched=FALSE",
                  "SIP/2.0/TLS 192.0.2.10:40122",
                  "SIP/2.0/TCP 192.0.2.11;branch=z9hG4bK.2;received=192.0.2.12"}));
    EXPECT_TRUE(m->has(header::to));
    EXPECT_FALSE(m->has(header::event));

    const auto r = message::parse(pidgin_register);
    ASSERT_TRUE(r);
    EXPECT_TRUE(r->lists(header::supported, "ADHOCLIST"));
    EXPECT_TRUE(r->lists(header::supported, "com.microsoft.msrtc.presence"));
    EXPECT_FALSE(r->lists(header::supported, "adhoc"));
    EXPECT_EQ(r->values(header::contact).size(), 1u) << "its commas are quoted";

    const auto none = message::parse("A sip:a SIP/2.0\r\nFrom: \"\r\nCSeq: x\r\n\r\n");
    ASSERT_TRUE(none);
    EXPECT_EQ(none->from_tag(), "");
    EXPECT_EQ(none->to_tag(), "");
    EXPECT_EQ(none->cseq_method(), "");
    EXPECT_EQ(none->cseq_number(), 0u);
    EXPECT_EQ(none->call_id(), "");
}

} // namespace
} // namespace lyceum::sip
