#include "protocol/sip/message.h"
#include "protocol/sip/tests/sample_messages.h"

#include <gtest/gtest.h>

#include <functional>

namespace lyceum::sip {
namespace {

constexpr std::string_view start = "MESSAGE sip:bob@b.test SIP/2.0\n";
constexpr std::string_view before = "v : SIP/2.0/TLS p.test;x=\"a,b\" , SIP/2.0/TLS c.test\n"
                                    "X-Odd:a \n"
                                    "Via: SIP/2.0/TCP d.test\n"
                                    "Route:  <sip:r,1.test;lr> ,<sip:r2.test>\n"
                                    "x-odd:b\n"
                                    "f: \"A, B\" <sip:a@a.test>\n"
                                    "l: 3\n";

// Every line that a change does not concern stays as it was, byte for byte.
TEST(message_edit, changes_concern_their_lines_only) {
    const struct {
        const char* what;
        std::function<void(message&)> change;
        std::string_view from; ///< these lines of `before`...
        std::string_view to;   ///< ...become these
    } rows[] = {
        {"nothing", [](message&) {}, "", ""},
        {"append",
         [](message& m) { m.append(header::expires, "60"); },
         "l: 3\n",
         "l: 3\nExpires: 60\n"},
        {"append by name",
         [](message& m) { m.append("X-New", "1, 2"); },
         "l: 3\n",
         "l: 3\nX-New: 1, 2\n"},
        {"append of a named header by compact name",
         [](message& m) { m.append("m", "*"); },
         "l: 3\n",
         "l: 3\nm: *\n"},
        {"append of nothing",
         [](message& m) { m.append("X-New", ""); },
         "l: 3\n",
         "l: 3\nX-New: \n"},
        {"prepend before its kind",
         [](message& m) { m.prepend(header::route, "<sip:new>"); },
         "Route:  ",
         "Route: <sip:new>\nRoute:  "},
        {"prepend before all",
         [](message& m) { m.prepend(header::record_route, "<sip:new>"); },
         "v :",
         "Record-Route: <sip:new>\nv :"},
        {"set of one",
         [](message& m) { m.set(header::from, "<sip:x@y>"); },
         "f: \"A, B\" <sip:a@a.test>\n",
         "From: <sip:x@y>\n"},
        {"set of none",
         [](message& m) { m.set(header::subject, "hi"); },
         "l: 3\n",
         "l: 3\nSubject: hi\n"},
        {"set by name of several",
         [](message& m) { m.set("x-ODD", "c"); },
         "X-Odd:a \n",
         "x-ODD: c\n"},
        {"remove",
         [](message& m) { EXPECT_EQ(m.remove(header::route), 1u); },
         "Route:  <sip:r,1.test;lr> ,<sip:r2.test>\n",
         ""},
        {"remove of none", [](message& m) { EXPECT_EQ(m.remove(header::date), 0u); }, "", ""},
        {"remove by name",
         [](message& m) { EXPECT_EQ(m.remove("FROM"), 1u); },
         "f: \"A, B\" <sip:a@a.test>\n",
         ""},
        {"remove_first of several in a line",
         [](message& m) { m.remove_first(header::via); },
         "v : SIP/2.0/TLS p.test;x=\"a,b\" , SIP/2.0/TLS c.test\n",
         "v : SIP/2.0/TLS c.test\n"},
        {"remove_first twice takes the line",
         [](message& m) {
             m.remove_first(header::via);
             m.remove_first(header::via);
         },
         "v : SIP/2.0/TLS p.test;x=\"a,b\" , SIP/2.0/TLS c.test\n",
         ""},
        {"remove_first respects brackets",
         [](message& m) { m.remove_first(header::route); },
         "<sip:r,1.test;lr> ,<sip:r2.test>",
         "<sip:r2.test>"},
        {"remove_first of what is no list",
         [](message& m) { m.remove_first(header::from); },
         "f: \"A, B\" <sip:a@a.test>\n",
         ""},
        {"remove_first of none", [](message& m) { m.remove_first(header::path); }, "", ""},
        {"replace_first",
         [](message& m) { m.replace_first(header::via, "SIP/2.0/TLS p.test;received=192.0.2.1"); },
         "SIP/2.0/TLS p.test;x=\"a,b\" ,",
         "SIP/2.0/TLS p.test;received=192.0.2.1,"},
        {"replace_first of what is no list",
         [](message& m) { m.replace_first(header::from, "<sip:x@y>"); },
         "\"A, B\" <sip:a@a.test>",
         "<sip:x@y>"},
        {"replace_first of none",
         [](message& m) { m.replace_first(header::path, "<sip:x>"); },
         "l: 3\n",
         "l: 3\nPath: <sip:x>\n"},
        {"a value out of the message itself",
         [](message& m) { m.set(header::to, m.value(header::from)); },
         "l: 3\n",
         "l: 3\nTo: \"A, B\" <sip:a@a.test>\n"},
        {"line breaks smuggled in",
         [](message& m) { m.set(header::subject, "a\r\nVia: b\nc\rd"); },
         "l: 3\n",
         "l: 3\nSubject: a  Via: b c d\n"},
    };
    for (const auto& row : rows) {
        auto m = message::parse(crlf(std::string(start) + std::string(before) + "\n") + "abc");
        ASSERT_TRUE(m);
        std::string expected(before);
        if (!row.from.empty()) {
            const auto at = expected.find(row.from);
            ASSERT_NE(at, std::string::npos) << row.what;
            expected.replace(at, row.from.size(), row.to);
        }
        if (std::string_view(row.what) == "set by name of several")
            expected.erase(expected.find("x-odd:b\n"), 8);
        row.change(*m);
        const auto text = crlf(std::string(start) + expected + "\n") + "abc";
        EXPECT_EQ(m->text(), text) << row.what;
        const auto again = message::parse(m->text());
        ASSERT_TRUE(again) << row.what;
        ASSERT_EQ(again->fields().size(), m->fields().size()) << row.what;
        for (std::size_t i = 0; i < m->fields().size(); ++i) {
            EXPECT_EQ(again->value(again->fields()[i]), m->value(m->fields()[i])) << row.what;
            EXPECT_EQ(again->name(again->fields()[i]), m->name(m->fields()[i])) << row.what;
            EXPECT_EQ(again->fields()[i].id, m->fields()[i].id) << row.what;
        }
    }
}

// Values are taken off where they stand: shorter than the name of their line, too.
TEST(message_edit, values_come_off_one_after_the_other) {
    const std::string_view lines[] = {"Require: a,b ,\tc,,d\n",
                                      "Require: b ,\tc,,d\n",
                                      "Require: c,,d\n",
                                      "Require: ,d\n",
                                      "Require: d\n",
                                      ""};
    const auto whole = [](std::string_view line) {
        return crlf(std::string(start) + "X-Before: 1\n" + std::string(line) + "l: 3\n\n") + "abc";
    };
    auto m = message::parse(whole(lines[0]));
    ASSERT_TRUE(m);
    for (const auto line : lines) {
        EXPECT_EQ(m->text(), whole(line));
        auto changed = *m;
        changed.prepend(header::require, "x");
        changed.append(header::require, "y");
        EXPECT_EQ(changed.values(header::require).size(), m->values(header::require).size() + 2);
        EXPECT_TRUE(message::parse(changed.text()));
        m->remove_first(header::require);
    }
}

TEST(message_edit, set_takes_the_place_of_the_first_and_removes_the_others) {
    auto m = message::parse(answer);
    ASSERT_TRUE(m);
    m->set(header::supported, "gruu-10");
    EXPECT_EQ(m->values(header::supported), std::vector<std::string_view>{"gruu-10"});
    EXPECT_TRUE(m->text().contains("Expires: 7200\r\nSupported: gruu-10\r\nms-keep-alive"));
}

TEST(message_edit, set_uri) {
    const struct {
        std::string_view uri;
        std::string_view line;
    } rows[] = {
        {"sip:bob@192.0.2.1;transport=tls", "MESSAGE sip:bob@192.0.2.1;transport=tls SIP/2.0\r\n"},
        {"sip:b", "MESSAGE sip:b SIP/2.0\r\n"},
        {"sip:a b\r\nVia: x", "MESSAGE sip:a%20b%0D%0AVia:%20x SIP/2.0\r\n"},
    };
    for (const auto& row : rows) {
        auto m = message::parse(relayed_message);
        ASSERT_TRUE(m);
        m->set_uri(row.uri);
        EXPECT_TRUE(m->text().starts_with(row.line)) << m->text().substr(0, 80);
        EXPECT_EQ(m->text().substr(row.line.size()),
                  relayed_message.substr(relayed_message.find('\n') + 1));
        EXPECT_EQ(m->method_name(), "MESSAGE");
        EXPECT_EQ(message::parse(m->text())->uri(), m->uri());
    }
}

TEST(message_edit, bodies) {
    auto m = message::parse(relayed_message);
    ASSERT_TRUE(m);
    m->set_body("application/sdp", "v=0\r\n");
    EXPECT_EQ(m->body(), "v=0\r\n");
    EXPECT_EQ(m->value(header::content_type), "application/sdp");
    EXPECT_EQ(m->value(header::content_length), "5");
    m->set_body({}, std::string(70000, 'y'));
    EXPECT_EQ(m->value(header::content_type), "application/sdp");
    EXPECT_EQ(m->body().size(), 70000u);
    m->set_body({}, m->body().substr(0, 3));
    EXPECT_EQ(m->body(), "yyy");
    EXPECT_TRUE(m->text().ends_with("\r\n\r\nyyy"));
    m->set_body({}, {});
    EXPECT_EQ(m->value(header::content_length), "0");
    EXPECT_TRUE(m->text().ends_with("\r\n\r\n"));
    EXPECT_EQ(message::parse(m->text())->text(), m->text());
}

TEST(message_edit, built_from_nothing) {
    auto request = message::request("INVITE", "sip:bob@b.test");
    request.append(header::call_id, "1");
    EXPECT_EQ(request.text(),
              "INVITE sip:bob@b.test SIP/2.0\r\nCall-ID: 1\r\nContent-Length: 0\r\n\r\n");
    request.set_body("text/plain", "hi");
    EXPECT_EQ(request.text(),
              "INVITE sip:bob@b.test SIP/2.0\r\nCall-ID: 1\r\nContent-Type: "
              "text/plain\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_EQ(request.method_id(), method::invite);

    EXPECT_EQ(message::response(200).text(), "SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(message::response(404, "Gone\r\nfishing").text(),
              "SIP/2.0 404 Gone  fishing\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(message::response(299).reason(), "Unknown");
    EXPECT_EQ(message::response(603).status(), 603);
}

// A datagram's body ends with the datagram; sent on over a stream it needs its length.
TEST(message_edit, a_changed_message_has_a_length) {
    auto m = message::parse(no_length);
    ASSERT_TRUE(m);
    m->prepend(header::via, "SIP/2.0/TCP p.test");
    EXPECT_EQ(m->text(),
              crlf("NOTIFY sip:alice@192.0.2.10 SIP/2.0\nVia: SIP/2.0/TCP p.test\nEvent: presence\n"
                   "Content-Length: 13\n\n<presence/>\n"));
}

} // namespace
} // namespace lyceum::sip
