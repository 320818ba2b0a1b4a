#include "protocol/sip/remains.h"
#include "protocol/sip/respond.h"
#include "protocol/sip/tests/sample_messages.h"

#include <gtest/gtest.h>

namespace lyceum::sip {
namespace {

const std::string head = "Via: SIP/2.0/UDP a.test;branch=z9hG4bK1\n"
                         "From: <sip:a@a.test>;tag=1\n"
                         "To: <sip:b@b.test>\n"
                         "Call-ID: c1\n"
                         "CSeq: 7 INVITE\n";

TEST(remains, what_a_response_repeats_is_found) {
    const struct {
        std::string octets;
        std::string_view uri;
        std::string_view call_id;
        std::size_t vias;
    } rows[] = {
        {crlf("INVITE sip:b@b.test SIP/2.0\n" + head + "Content-Length: 9\n\nshort"),
         "sip:b@b.test",
         "c1",
         1},
        {crlf("INVITE sip:b@b.test SIP/7.0\n" + head + "\n"), "sip:b@b.test", "c1", 1},
        {crlf("INVITE  sip:b@b.test  SIP/2.0 \n" + head + "\n"), "sip:b@b.test", "c1", 1},
        {crlf("INVITE sip:b@b.test; lr SIP/2.0\n" + head + "\n"), "sip:b@b.test;%20lr", "c1", 1},
        {crlf("INVITE SIP/2.0\n" + head + "\n"), "sip:invalid", "c1", 1},
        {crlf("INVITE \x01 SIP/2.0\n" + head + "\n"), "sip:invalid", "c1", 1},
        {crlf("INVITE sip:b SIP/2.0\nnonsense\n: none\n" + head + "\n"), "sip:b", "c1", 1},
        {"INVITE sip:b SIP/2.0\n" + head + "\n", "sip:b", "c1", 1}, // bare LF
        {crlf("INVITE sip:b SIP/2.0\n" + head), "sip:b", "c1", 1},  // no end of the head
        {crlf("INVITE sip:b SIP/2.0\nv: SIP/2.0/UDP\n z.test\n" + head + "\n"), "sip:b", "c1", 2},
        {crlf("INVITE sip:b SIP/2.0\n" + head + "i: other\n\n"), "sip:b", "c1", 1},
    };
    for (const auto& row : rows) {
        const auto m = remains_of_request(row.octets);
        ASSERT_TRUE(m) << row.octets;
        EXPECT_EQ(m->uri(), row.uri);
        EXPECT_EQ(m->call_id(), row.call_id);
        EXPECT_EQ(m->fields().size(), 4 + row.vias);
        EXPECT_EQ(m->values(header::via).size(), row.vias) << row.octets;
        EXPECT_EQ(m->cseq_number(), 7U);
        EXPECT_TRUE(message::parse(make_response(*m, 400).text()));
    }
}

TEST(remains, folds_are_undone) {
    const auto m = remains_of_request(
        crlf("BYE sip:b SIP/3.0\nv: SIP/2.0/UDP\n\ta.test\n  ;branch=x\nf: <sip:a@a>\n ;tag=1\n"
             "t: <sip:b@b>\ni: c\nCSEQ :\n 7\n BYE\n\n"));
    ASSERT_TRUE(m);
    EXPECT_EQ(m->first(header::via), "SIP/2.0/UDP a.test ;branch=x");
    EXPECT_EQ(m->from_tag(), "1");
    EXPECT_EQ(m->cseq_method(), "BYE");
}

// It is inside of a line as soon as the fold is undone, and message::parse() undoes folds before it
// refuses: both readings have to say the same.
TEST(remains, a_bare_cr_in_a_fold_is_not_passed_over) {
    for (const std::string fold : {"\r\n \rb", "\r\n\t\r b", "\r\n b\r \r\n c"}) {
        const auto octets = crlf("BYE sip:b SIP/2.0\nv: SIP/2.0/UDP") + fold + "\r\n" +
                            crlf(head.substr(head.find('\n') + 1) + "\n");
        std::string refused;
        ASSERT_FALSE(message::parse(octets, {}, &refused));
        EXPECT_NE(refused, octets);
        EXPECT_FALSE(remains_of_request(octets));
        EXPECT_FALSE(remains_of_request(refused));
    }
}

TEST(remains, what_nobody_waits_for_an_answer_to_is_nothing) {
    const std::string rows[] = {
        "",
        "\r\n",
        "nonsense",
        "INVITE",
        crlf("SIP/2.0 200 OK\n" + head + "\n"),
        crlf("sip/7.0 200 OK\n" + head + "\n"),
        crlf("ACK sip:b SIP/7.0\n" + head + "\n"),
        crlf("IN,VITE sip:b SIP/2.0\n" + head + "\n"),
        crlf("INVITE sip:b SIP/2.0\n\n" + head + "\n"), // a body
        crlf("INVITE sip:b SIP/2.0\n" + head.substr(head.find('\n') + 1) + "\n"),
        crlf("INVITE sip:b SIP/2.0\n" + head.substr(0, head.find("CSeq")) + "\n"),
        crlf("INVITE sip:b SIP/2.0\n" + head.substr(0, head.find("CSeq")) + "CSeq:\n\n"),
        crlf("INVITE sip:b SIP/2.0\nFrom: \"\\\x01\" <sip:a@a>\n" + head + "\n"),
    };
    for (const auto& octets : rows)
        EXPECT_FALSE(remains_of_request(octets)) << octets;
}

TEST(remains, limits_hold) {
    const auto octets = crlf("INVITE sip:b SIP/2.0\n" + head + "\n");
    EXPECT_TRUE(remains_of_request(octets, {.max_fields = 5}));
    EXPECT_FALSE(remains_of_request(octets, {.max_fields = 4}));
    EXPECT_FALSE(remains_of_request(octets, {.max_header_bytes = 60}));
}

TEST(remains, how_it_is_refused) {
    const struct {
        std::string octets;
        int status;
    } rows[] = {
        {crlf("INVITE sip:b SIP/7.0\n" + head + "\n"), 505},
        {crlf("INVITE sip:b SIP/2.0\n" + head + "l: 9\n\n"), 400},
        {crlf("INVITE sip:b SIP/2.0\n" + head + "l: -9\n\n"), 400},
        {crlf("INVITE  sip:b SIP/2.0\n" + head + "\n"), 400},
        {crlf("INVITE sip:b SIP/2.0\n" + head + "a: b\nc: d\n\n"), 513},
    };
    for (const auto& row : rows) {
        std::string refused;
        const auto m = message::parse(row.octets, {.max_fields = 6}, &refused);
        ASSERT_FALSE(m) << row.octets;
        EXPECT_EQ(refused, row.octets);
        EXPECT_EQ(refusal_of(m.error()).status, row.status) << row.octets;
    }
}

} // namespace
} // namespace lyceum::sip
