#include "protocol/sip/message.h"

#include <gtest/gtest.h>

#include <functional>
#include <utility>

namespace lyceum::sip {
namespace {

message sample() {
    const std::string text = "MESSAGE sip:bob@b.test SIP/2.0\r\n"
                             "Via: SIP/2.0/TLS p.test:5061;branch=z9hG4bK1, SIP/2.0/TCP c.test\r\n"
                             "From: \"A\" <sip:a@a.test>;tag=1;epid=e\r\n"
                             "To: <sip:bob@b.test>\r\n"
                             "Call-ID: 1\r\n"
                             "CSeq: 7 MESSAGE\r\n"
                             "Content-Length: 0\r\n\r\n";
    auto m = message::parse(text);
    EXPECT_TRUE(m);
    return *std::move(m);
}

/// What is kept of a message, asked for anew.
std::string readings(const message& m) {
    std::string out;
    const auto add = [&](std::string_view part) { out.append(part).append("|"); };
    if (const auto from = m.from()) {
        add(from->display);
        add(from->uri);
        add(from->params.text());
    }
    if (const auto to = m.to()) {
        add(to->uri);
        add(to->params.text());
    }
    if (const auto via = m.via()) {
        add(via->transport);
        add(via->host);
        add(std::to_string(via->port));
        add(via->branch());
    }
    if (const auto cseq = m.cseq()) {
        add(std::to_string(cseq->number));
        add(cseq->method);
    }
    return out;
}

/// The same of its URIs and tags, and which headers it has.
std::string more_readings(const message& m) {
    std::string out(m.from_tag());
    out.append("|").append(m.to_tag());
    for (const auto& uri : {m.request_uri(), m.from_uri(), m.to_uri()}) {
        if (!uri) {
            out += "|none";
            continue;
        }
        out.append("|").append(uri->scheme).append(":").append(uri->user).append("@");
        out.append(uri->host).append(":").append(std::to_string(uri->port));
        out.append(";").append(uri->params.text()).append("?").append(uri->headers);
    }
    for (auto i = 1; i <= std::to_underlying(header::www_authenticate); ++i) {
        const auto h = static_cast<header>(i);
        if (m.has(h)) out.append("|").append(name(h));
    }
    return out;
}

constexpr std::string_view as_it_came =
    "A|sip:a@a.test|tag=1;epid=e|sip:bob@b.test||TLS|p.test|5061|z9hG4bK1|7|MESSAGE|";

TEST(message_readings, what_is_kept_is_what_stands_there) {
    const auto m = sample();
    EXPECT_EQ(readings(m), as_it_came);
    EXPECT_EQ(readings(m), as_it_came); // the second time it is not read again
    constexpr auto more = "1||sip:bob@b.test:0;?|sip:a@a.test:0;?|sip:bob@b.test:0;?"
                          "|Call-ID|Content-Length|CSeq|From|To|Via";
    EXPECT_EQ(more_readings(m), more);
    EXPECT_EQ(more_readings(m), more);
}

TEST(message_readings, of_a_uri) {
    auto m = sample();
    m.set_uri("sips:a:b@[::1]:5062;lr?x=y");
    for (int i = 0; i < 2; ++i) {
        const auto uri = m.request_uri();
        ASSERT_TRUE(uri);
        EXPECT_TRUE(uri->is_sips());
        EXPECT_EQ(uri->user, "a");
        EXPECT_EQ(uri->password, "b");
        EXPECT_EQ(uri->host, "[::1]");
        EXPECT_EQ(uri->port, 5062);
        EXPECT_EQ(uri->params.text(), "lr");
        EXPECT_EQ(uri->headers, "x=y");
        EXPECT_EQ(uri->opaque, "a:b@[::1]:5062;lr?x=y");
    }
    m.set_uri("sip:a b@c");
    EXPECT_EQ(m.request_uri()->user, "a%20b");
    m.set(header::to, "*");
    EXPECT_FALSE(m.to_uri());
}

// Each change is made after everything was read: what is kept may not outlive it.
TEST(message_readings, a_change_is_seen) {
    const struct {
        const char* what;
        std::function<void(message&)> change;
    } rows[] = {
        {"set From", [](message& m) { m.set(header::from, "sip:x@x.test;tag=2"); }},
        {"set the Request-URI", [](message& m) { m.set_uri("sips:x.test:5061;y?z"); }},
        {"a header that was not there", [](message& m) { m.append("Date", "now"); }},
        {"one that was, twice",
         [](message& m) {
             m.set(header::route, "<sip:r.test>");
             m.append(header::route, "<sip:s.test>");
             m.remove_first(header::route);
             m.remove_first(header::route);
         }},
        {"one that was, by name",
         [](message& m) {
             m.append(header::event, "x");
             m.remove("o");
         }},
        {"set by name", [](message& m) { m.set("f", "<sip:x@x.test>"); }},
        {"remove From", [](message& m) { m.remove(header::from); }},
        {"set To", [](message& m) { m.set(header::to, "<sip:x@x.test>;tag=3"); }},
        {"remove To by name", [](message& m) { m.remove("t"); }},
        {"a To that is none", [](message& m) { m.set(header::to, "<sip:x"); }},
        {"set CSeq", [](message& m) { m.set(header::cseq, "8 INFO"); }},
        {"prepend Via", [](message& m) { m.prepend(header::via, "SIP/2.0/UDP x.test"); }},
        {"pop Via", [](message& m) { m.remove_first(header::via); }},
        {"replace Via", [](message& m) { m.replace_first(header::via, "SIP/2.0/UDP x.test"); }},
        {"an earlier From",
         [](message& m) { m.prepend(header::from, "<sip:x@x.test>;tag=first"); }},
        {"others, until the octets move",
         [](message& m) {
             for (int i = 0; i < 100; ++i)
                 m.append("X-Much", std::string(100, 'x'));
         }},
    };
    for (const auto& row : rows) {
        auto m = sample();
        ASSERT_EQ(readings(m), as_it_came);
        ASSERT_FALSE(more_readings(m).empty());
        row.change(m);
        const auto fresh = message::parse(m.text());
        ASSERT_TRUE(fresh) << row.what;
        EXPECT_EQ(readings(m), readings(*fresh)) << row.what;
        EXPECT_EQ(more_readings(m), more_readings(*fresh)) << row.what;
    }
}

TEST(message_readings, copies_have_their_own) {
    auto m = sample();
    ASSERT_EQ(readings(m), as_it_came);
    auto copy = m;
    copy.set(header::from, "<sip:x@x.test>");
    m.set_uri("sip:somebody@else.test");
    EXPECT_EQ(readings(m), as_it_came);
    EXPECT_EQ(copy.from()->uri, "sip:x@x.test");
    const auto moved = std::move(m);
    EXPECT_EQ(readings(moved), as_it_came);
}

TEST(message_readings, one_field_with_one_value) {
    const auto m = sample();
    EXPECT_TRUE(m.has_one(header::from));
    EXPECT_FALSE(m.has_one(header::via));     // two values
    EXPECT_FALSE(m.has_one(header::contact)); // none
    auto two = m;
    two.append(header::from, "<sip:x@x.test>");
    EXPECT_FALSE(two.has_one(header::from));
    auto one = m;
    one.remove_first(header::via);
    EXPECT_TRUE(one.has_one(header::via));
}

TEST(message_readings, pieces_are_one_value) {
    auto m = sample();
    m.append_joined(header::contact, {"<", m.from()->uri, ">", ";x=\r\n1", ""});
    EXPECT_EQ(m.value(header::contact), "<sip:a@a.test>;x=  1");
    m.replace_first_joined(header::via, {m.first(header::via), ";received=192.0.2.1"});
    EXPECT_EQ(m.value(header::via),
              "SIP/2.0/TLS p.test:5061;branch=z9hG4bK1;received=192.0.2.1, SIP/2.0/TCP c.test");
    m.prepend_joined(header::via, {"SIP/2.0/UDP", " ", "x.test"});
    EXPECT_EQ(m.via()->host, "x.test");
}

TEST(message_readings, lines_of_another_message) {
    const struct {
        std::string_view line, copy;
    } rows[] = {
        {"To: <sip:bob@b.test>\r\n", "To: <sip:bob@b.test>\r\n"},
        {"t: <sip:bob@b.test>\r\n", "To: <sip:bob@b.test>\r\n"},
        {"to: <sip:bob@b.test>\r\n", "To: <sip:bob@b.test>\r\n"},
        {"To:  <sip:bob@b.test>\r\n", "To: <sip:bob@b.test>\r\n"},
        {"To: <sip:bob@b.test>  \r\n", "To: <sip:bob@b.test>  \r\n"},
        {"To:\r\n", "To: \r\n"},
    };
    for (const auto& row : rows) {
        const auto from = message::parse("OPTIONS sip:b.test SIP/2.0\r\n" + std::string(row.line) +
                                         "Content-Length: 0\r\n\r\n");
        ASSERT_TRUE(from) << row.line;
        auto m = message::response(200);
        m.append_line(*from, from->fields().front());
        EXPECT_EQ(m.value(header::to), from->value(header::to)) << row.line;
        EXPECT_TRUE(m.text().contains("\r\n" + std::string(row.copy))) << m.text();
    }
}

} // namespace
} // namespace lyceum::sip
