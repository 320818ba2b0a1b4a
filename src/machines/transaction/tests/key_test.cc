#include "machines/transaction/key.h"

#include <gtest/gtest.h>

namespace lyceum::transaction {
namespace {

struct parts {
    std::string method = "INVITE";
    std::string uri = "sip:bob@contoso.test";
    std::string via = "SIP/2.0/TLS 192.0.2.1:5061;branch=z9hG4bK77";
    std::string from_tag = "a1";
    std::string to_tag = {};
    std::string call_id = "c1";
    std::string cseq = "1";
    std::uint64_t flow = 0;
};

sip::message message(const parts& p) {
    auto m = sip::message::request(p.method, p.uri);
    m.append(sip::header::via, p.via);
    m.append(sip::header::via, "SIP/2.0/TCP 198.51.100.7;branch=z9hG4bKbelow");
    m.append(sip::header::from, "<sip:alice@contoso.test>;tag=" + p.from_tag);
    m.append(sip::header::to,
             "<sip:bob@contoso.test>" + (p.to_tag.empty() ? "" : ";tag=" + p.to_tag));
    m.append(sip::header::call_id, p.call_id);
    m.append(sip::header::cseq, p.cseq + " " + p.method);
    return m;
}

std::string key(const parts& p) {
    std::string out;
    EXPECT_TRUE(server_key(message(p), p.flow, out));
    return out;
}

constexpr auto no_branch = "SIP/2.0/TLS 192.0.2.1:5061";
constexpr auto no_cookie = "SIP/2.0/TLS 192.0.2.1:5061;branch=1";

TEST(key, of_a_server_transaction) {
    const struct {
        const char* rule;
        parts a;
        parts b;
        bool same;
    } rows[] = {
        // clang-format off
        {"17.2.3 item 1: same branch", {}, {}, true},
        {"17.2.3 item 1: other branch", {}, {.via = "SIP/2.0/TLS 192.0.2.1:5061;branch=z9hG4bK78"}, false},
        {"7.3.1: tokens have no case", {}, {.via = "SIP/2.0/TLS 192.0.2.1:5061;branch=Z9HG4BK77"}, true},
        {"17.2.3 item 2: other host", {}, {.via = "SIP/2.0/TLS 192.0.2.2:5061;branch=z9hG4bK77"}, false},
        {"17.2.3 item 2: other port", {}, {.via = "SIP/2.0/TLS 192.0.2.1:5062;branch=z9hG4bK77"}, false},
        {"17.2.3 item 3: other method", {}, {.method = "CANCEL"}, false},
        {"17.2.3 item 3: ACK leads to INVITE", {}, {.method = "ACK", .to_tag = "b1"}, true},
        {"17.2.3: with a cookie the rest does not count", {}, {.uri = "sip:carol@contoso.test", .from_tag = "a2", .call_id = "c2", .cseq = "9"}, true},
        {"seen: pidgin-sipe, two clients with the same numbers", {.flow = 1}, {.flow = 2}, false},

        {"17.2.3: no branch: all equal", {.via = no_branch}, {.via = no_branch}, true},
        {"17.2.3: a branch without the cookie is no branch", {.via = no_cookie}, {.via = no_cookie, .call_id = "c2"}, false},
        {"17.2.3: other Request-URI", {.via = no_branch}, {.uri = "sip:carol@contoso.test", .via = no_branch}, false},
        {"17.2.3: other From tag", {.via = no_branch}, {.via = no_branch, .from_tag = "a2"}, false},
        {"17.2.3: other Call-ID", {.via = no_branch}, {.via = no_branch, .call_id = "c2"}, false},
        {"17.2.3: other CSeq", {.via = no_branch}, {.via = no_branch, .cseq = "2"}, false},
        {"17.2.3: other Via", {.via = no_branch}, {.via = no_cookie}, false},
        {"17.2.3: ACK: CSeq number, not the method", {.via = no_branch}, {.method = "ACK", .via = no_branch, .to_tag = "b1"}, true},
        {"17.2.3: other methods: CSeq with the method", {.method = "INFO", .via = no_branch}, {.method = "MESSAGE", .via = no_branch}, false},
        {"17.2.3: other methods: To tag", {.method = "INFO", .via = no_branch, .to_tag = "b1"}, {.method = "INFO", .via = no_branch, .to_tag = "b2"}, false},
        {"seen: pidgin-sipe, two clients with the same numbers", {.via = no_branch, .flow = 1}, {.via = no_branch, .flow = 2}, false},
        // clang-format on
    };
    for (const auto& r : rows) {
        SCOPED_TRACE(r.rule);
        EXPECT_EQ(key(r.a) == key(r.b), r.same);
    }
}

TEST(key, of_the_invite_that_is_cancelled) {
    for (const auto* via : {"SIP/2.0/TLS 192.0.2.1:5061;branch=z9hG4bK77", no_branch}) {
        std::string out;
        ASSERT_TRUE(cancelled_key(message({.method = "CANCEL", .via = via, .flow = 3}), 3, out));
        EXPECT_EQ(out, key({.via = via, .flow = 3}));
    }
}

TEST(key, needs_a_via) {
    auto m = message({});
    m.remove(sip::header::via);
    std::string out = "old";
    EXPECT_FALSE(server_key(m, 0, out));
    EXPECT_EQ(out, "");
    out = "old";
    EXPECT_FALSE(cancelled_key(m, 0, out));
    EXPECT_FALSE(client_key(m, out));
    EXPECT_EQ(out, "");
}

TEST(key, is_short_however_long_its_parts_are) {
    const std::string longer = "SIP/2.0/TLS h;branch=z9hG4bK" + std::string(100'000, 'a');
    std::string one;
    std::string other;
    for (const auto& via :
         {longer, longer + "b", "SIP/2.0/TLS h;branch=" + std::string(9000, 'x')}) {
        ASSERT_TRUE(server_key(message({.via = via}), 7, one));
        EXPECT_LT(one.size(), 2000U);
        ASSERT_TRUE(server_key(message({.via = via}), 7, other));
        EXPECT_EQ(one, other);
        ASSERT_TRUE(server_key(message({.via = via + "c"}), 7, other));
        EXPECT_NE(one, other);
    }
    ASSERT_TRUE(server_key(message({.via = longer}), 7, one));
    ASSERT_TRUE(server_key(
        message({.via = "SIP/2.0/TLS h;branch=Z9HG4BK" + std::string(100'000, 'A')}), 7, other));
    EXPECT_EQ(one, other) << "7.3.1: without regard to case";
}

TEST(key, of_an_ack_tells_whose_response_it_confirms) {
    const struct {
        const char* rule;
        std::string via;
        std::string to_tag = {};
        bool ours;
    } rows[] = {
        {"17.2.3: To tag of the ACK matches the tag of the response", no_branch, "b1", true},
        {"17.2.3: an ACK for another's response", no_branch, "b2", false},
        {"17.2.3: an ACK without a tag", no_branch, "", false},
        {"17.2.3: with a cookie the branch has said it all",
         "SIP/2.0/TLS h;branch=z9hG4bK1",
         "b2",
         true},
    };
    for (const auto& r : rows) {
        SCOPED_TRACE(r.rule);
        EXPECT_EQ(acknowledges(message({.method = "ACK", .via = r.via, .to_tag = r.to_tag}), "b1"),
                  r.ours);
    }
}

TEST(key, of_a_client_transaction) {
    std::string request;
    ASSERT_TRUE(client_key(message({}), request));

    auto response = sip::message::response(180);
    response.append(sip::header::via,
                    "SIP/2.0/TLS 192.0.2.1:5061;branch=z9hG4bK77;received=192.0.2.9");
    response.append(sip::header::cseq, "1 INVITE");
    std::string out;
    ASSERT_TRUE(client_key(response, out));
    EXPECT_EQ(out, request) << "17.1.3 item 1";

    response.set(sip::header::cseq, "1 CANCEL");
    ASSERT_TRUE(client_key(response, out));
    EXPECT_NE(out, request) << "17.1.3 item 2: CANCEL shares the branch";

    response.set(sip::header::via, no_branch);
    EXPECT_FALSE(client_key(response, out));
}

} // namespace
} // namespace lyceum::transaction
