#include "machines/user_agent/im_body.h"

#include <gtest/gtest.h>

namespace lyceum::user_agent {
namespace {

TEST(im_body, recognises_offers) {
    const struct {
        std::string body;
        bool is_im;
    } rows[] = {
        {im_description(*ip_address::parse("192.0.2.1")), true},
        {im_description(*ip_address::parse("2001:db8::1")), true},
        {"v=0\r\nm=x-ms-message 5060 sip sip:bob@contoso.test\r\n", true},
        {"v=0\nm=message 5060 sip null\n", true},
        {"v=0\r\nm=audio 5060 RTP/AVP 0\r\n", false},
        {"v=0\r\na=m=message \r\n", false},
        {"", false},
    };
    for (const auto& row : rows)
        EXPECT_EQ(offers_im(row.body), row.is_im) << row.body;
    EXPECT_TRUE(
        im_description(*ip_address::parse("2001:db8::1")).contains("c=IN IP6 2001:db8::1\r\n"));
}

TEST(im_body, reads_first_texts) {
    const struct {
        std::string_view value;
        std::optional<first_text> want;
    } rows[] = {
        {"text/plain; charset=UTF-8;msgr=WAA;ms-body=aGVsbG8=",
         first_text{"text/plain;charset=UTF-8;msgr=WAA", "hello"}},
        {"text/plain;ms-body=aGVsbG8", first_text{"text/plain", "hello"}},
        {"text/plain;ms-body=", first_text{"text/plain", ""}},
        {"text/plain; charset=UTF-8", std::nullopt}, // no text
        {"text/plain;ms-body=a*b", std::nullopt},
        {"text/plain", std::nullopt},
        {"", std::nullopt},
    };
    for (const auto& row : rows)
        EXPECT_EQ(parse_text_format(row.value), row.want) << row.value;
}

TEST(im_body, writes_first_texts) {
    for (const std::string_view text : {"hello", "", "caf\xc3\xa9; a=b, \"c\"\r\n"}) {
        const first_text t{"text/plain;charset=UTF-8", std::string(text)};
        EXPECT_EQ(parse_text_format(text_format(t)), t);
    }
}

TEST(im_body, knows_who_types) {
    const struct {
        std::string document;
        std::optional<bool> typing;
    } rows[] = {
        {keyboard_activity(true), true},
        {keyboard_activity(false), false},
        {"<KeyboardActivity><status status='type'/></KeyboardActivity>", true},
        {"<KeyboardActivity/>", std::nullopt},
        {"<isComposing "
         "xmlns='urn:ietf:params:xml:ns:im-iscomposing'><state>active</state></isComposing>",
         true},
        {"<isComposing "
         "xmlns='urn:ietf:params:xml:ns:im-iscomposing'><state>idle</state></isComposing>",
         false},
        {"<action xmlns='http://schemas.microsoft.com/sip/multiparty/'/>", std::nullopt},
        {"type", std::nullopt},
        {"", std::nullopt},
    };
    for (const auto& row : rows)
        EXPECT_EQ(typing_of(row.document), row.typing) << row.document;
}

} // namespace
} // namespace lyceum::user_agent
