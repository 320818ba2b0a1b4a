#include "protocol/sip/respond.h"
#include "protocol/sip/tests/sample_messages.h"
#include "protocol/sip/validate.h"

#include <gtest/gtest.h>

namespace lyceum::sip {
namespace {

TEST(respond, repeats_what_it_must_in_order_and_under_long_names) {
    const auto request = message::parse(relayed_message);
    ASSERT_TRUE(request);
    EXPECT_EQ(
        make_response(*request, 200, {}, "t2").text(),
        crlf(
            "SIP/2.0 200 OK\n"
            "Via: SIP/2.0/TLS edge.contoso.test:5061;branch=z9hG4bK.1;branched=FALSE , SIP/2.0/TLS "
            "192.0.2.10:40122\n"
            "Via: SIP/2.0/TCP 192.0.2.11;branch=z9hG4bK.2;received=192.0.2.12\n"
            "From: \"Alice, the \\\"Great\\\"\" <sip:alice@contoso.test>;tag=a1;epid=8248ca9ebb01\n"
            "To: <sip:bob@contoso.test>;tag=b1;epid=c8ca638a15\n"
            "Call-ID: call-1@192.0.2.10\n"
            "CSeq: 2 MESSAGE\n"
            "Content-Length: 0\n"
            "\n"));
}

TEST(respond, tags) {
    const struct {
        std::string_view to;
        std::string_view tag;
        std::string_view answered;
    } rows[] = {
        {"<sip:a@b>", "t", "<sip:a@b>;tag=t"},
        {"<sip:a@b>;epid=1", "t", "<sip:a@b>;epid=1;tag=t"},
        {"sip:a@b", "t", "sip:a@b;tag=t"},
        {"<sip:a@b>", "", "<sip:a@b>"},
        {"<sip:a@b>;TAG=x", "t", "<sip:a@b>;TAG=x"},
        {"<sip:a@b;tag=x>", "t", "<sip:a@b;tag=x>;tag=t"},
    };
    for (const auto& row : rows) {
        auto request = message::request("OPTIONS", "sip:a@b");
        request.append(header::to, row.to);
        const auto response = make_response(request, 404, "Nobody", row.tag);
        EXPECT_EQ(response.value(header::to), row.answered);
        EXPECT_EQ(response.reason(), "Nobody");
    }
}

TEST(respond, timestamp_goes_into_a_100_only) {
    auto request = message::request("INVITE", "sip:a@b");
    request.append("Timestamp", "54");
    EXPECT_EQ(make_response(request, 100).value("timestamp"), "54");
    EXPECT_EQ(make_response(request, 180).value("timestamp"), "");
}

TEST(validate, real_requests_pass) {
    for (const auto& text : {pidgin_register, relayed_message}) {
        const auto m = message::parse(text);
        ASSERT_TRUE(m);
        const auto no = check_request(*m);
        EXPECT_FALSE(no) << no->reason;
    }
}

TEST(validate, what_is_wrong_is_named) {
    const struct {
        std::string_view line;        ///< of a good request...
        std::string_view replacement; ///< ...and what takes its place
        std::string_view reason;
    } rows[] = {
        {"Max-Forwards: 70\n", "", ""},
        {"Max-Forwards: 70\n", "Max-Forwards: 255\n", ""},
        {"Max-Forwards: 70\n", "Max-Forwards: 256\n", "Malformed Max-Forwards Header"},
        {"Max-Forwards: 70\n", "Max-Forwards: -1\n", "Malformed Max-Forwards Header"},
        {"Max-Forwards: 70\n",
         "Max-Forwards: 70\nMax-Forwards: 70\n",
         "Repeated Max-Forwards Header"},
        {"sip:b.test SIP", "b.test SIP", "Malformed Request-URI"},
        {"sip:b.test SIP", "<sip:b.test> SIP", "Malformed Request-URI"},
        {"sip:b.test SIP", "foo:bar SIP", ""},
        {"Via: SIP/2.0/TLS a\n", "", "Missing Via Header"},
        {"Via: SIP/2.0/TLS a\n", "Via:\n", "Malformed Via Header"},
        {"Via: SIP/2.0/TLS a\n", "Via: SIP/2.0/TLS a, b\n", "Malformed Via Header"},
        {"Via: SIP/2.0/TLS a\n", "Via: SIP/2.0/UDP 192.0.2.15;;,;,,\n", "Malformed Via Header"},
        {"Via: SIP/2.0/TLS a\n",
         "Via: SIP/2.0/TLS a, SIP/2.0/TCP b;branch=1\nVia: SIP/2.0/UDP c\n",
         ""},
        {"From: <sip:a@b>;tag=1\n", "", "Missing From Header"},
        {"From: <sip:a@b>;tag=1\n", "From: <sip:a@b>\n", ""},
        {"From: <sip:a@b>;tag=1\n", "From: \"a <sip:a@b>;tag=1\n", "Malformed From Header"},
        {"From: <sip:a@b>;tag=1\n", "From: *\n", "Malformed From Header"},
        {"From: <sip:a@b>;tag=1\n", "From: <sip:a@>\n", "Malformed From Header"},
        {"From: <sip:a@b>;tag=1\n",
         "From: <sip:a@b>;tag=1\nf: <sip:c@b>\n",
         "Repeated From Header"},
        {"To: <sip:a@b>\n", "", "Missing To Header"},
        {"To: <sip:a@b>\n", "To: ;;,;,,\n", "Malformed To Header"},
        {"To: <sip:a@b>\n", "To: <tel:+1>\n", ""},
        {"To: <sip:a@b>\n", "To: <sip:a@b>\nTo: <sip:a@b>\n", "Repeated To Header"},
        {"Call-ID: 1\n", "", "Missing Call-ID Header"},
        {"Call-ID: 1\n", "Call-ID:\n", "Malformed Call-ID Header"},
        {"Call-ID: 1\n", "Call-ID: 1 2\n", "Malformed Call-ID Header"},
        {"Call-ID: 1\n", "Call-ID: 1\ni: 1\n", "Repeated Call-ID Header"},
        {"CSeq: 1 OPTIONS\n", "", "Missing CSeq Header"},
        {"CSeq: 1 OPTIONS\n", "CSeq: OPTIONS\n", "Malformed CSeq Header"},
        {"CSeq: 1 OPTIONS\n", "CSeq: 36893488147419103232 OPTIONS\n", "Malformed CSeq Header"},
        {"CSeq: 1 OPTIONS\n", "CSeq: 1 INVITE\n", "CSeq Method Does Not Match"},
        {"CSeq: 1 OPTIONS\n", "CSeq: 1 options\n", "CSeq Method Does Not Match"},
        {"CSeq: 1 OPTIONS\n", "CSeq: 1 OPTIONS\nCSeq: 1 OPTIONS\n", "Repeated CSeq Header"},
    };
    for (const auto& row : rows) {
        std::string text =
            "OPTIONS sip:b.test SIP/2.0\nVia: SIP/2.0/TLS a\nFrom: <sip:a@b>;tag=1\nTo: <sip:a@b>\n"
            "Call-ID: 1\nCSeq: 1 OPTIONS\nMax-Forwards: 70\n\n";
        const auto at = text.find(row.line);
        ASSERT_NE(at, std::string::npos) << row.line;
        text.replace(at, row.line.size(), row.replacement);
        const auto m = message::parse(crlf(text));
        ASSERT_TRUE(m) << row.replacement;
        const auto no = check_request(*m);
        EXPECT_EQ(no.has_value(), !row.reason.empty()) << row.replacement << (no ? no->reason : "");
        if (no) {
            EXPECT_EQ(*no, (refusal{400, std::string(row.reason)}))
                << row.replacement << " " << no->reason;
        }
    }
}

} // namespace
} // namespace lyceum::sip
