#include "roles/registrar/register_request.h"

#include <gtest/gtest.h>

namespace lyceum::roles::registrar {
namespace {

using diagnostics::id;

const auto alice = *sip::aor::from("sip:alice@contoso.test");
constexpr std::string_view uuid =
    "34d859db-6585-5f91-a3b4-de853c15347d"; // of epid c8ca638a15, digest MS-SIPRE 9

observed client() {
    observed o;
    o.where.flow = 7;
    o.where.peer = {*ip_address::parse("192.0.2.7"), 40001};
    o.transport = "tls";
    o.cid = "7F";
    return o;
}

/// REGISTER as pidgin-sipe sends it, with some lines replaced. seen: pidgin-sipe 1.25
sip::message request(std::string_view from, std::string_view contact, std::string_view more = {}) {
    std::string text = "REGISTER sip:contoso.test SIP/2.0\r\n"
                       "Via: SIP/2.0/tls 10.0.0.1:40001;branch=z9hG4bK1\r\n"
                       "From: " +
                       std::string(from) +
                       "\r\n"
                       "To: <sip:alice@contoso.test>\r\n"
                       "Max-Forwards: 70\r\n"
                       "CSeq: 3 REGISTER\r\n"
                       "Call-ID: c1\r\n";
    if (!contact.empty()) text += "Contact: " + std::string(contact) + "\r\n";
    text += std::string(more) + "Content-Length: 0\r\n\r\n";
    return *sip::message::parse(text);
}

constexpr std::string_view from = "<sip:alice@contoso.test>;tag=1;epid=c8ca638a15";
constexpr std::string_view contact =
    "<sip:10.0.0.1:40001;transport=tls;ms-opaque=d3470f2e1d>;methods=\"INVITE, "
    "MESSAGE\";proxy=replace;"
    "+sip.instance=\"<urn:uuid:34D859DB-6585-5F91-A3B4-DE853C15347D>\"";

TEST(RegisterRequest, PidginSipe) {
    const auto r =
        read_register(request(from, contact, "Event: registration\r\n"), alice, client());
    ASSERT_TRUE(r);
    ASSERT_EQ(r->events.size(), 1U);
    const auto& b = std::get<endpoints::registered>(r->events[0]).wanted;
    EXPECT_EQ(b.contact,
              "sip:192.0.2.7:40001;transport=tls;ms-opaque=d3470f2e1d;ms-received-cid=7F");
    EXPECT_EQ(b.epid, "c8ca638a15");
    EXPECT_EQ(b.instance->text(), uuid);
    EXPECT_EQ(b.gruu, "sip:alice@contoso.test;opaque=user:epid:21nYNIVlkV-jtN6FPBU0fQAA;gruu");
    EXPECT_TRUE(b.wants_notices);
}

TEST(RegisterRequest, ContactOfThe200) { // [MS-SIPREGE] 4.1
    auto r = read_register(request(from, contact), alice, client());
    ASSERT_TRUE(r);
    auto b = std::get<endpoints::registered>(r->events[0]).wanted;
    b.expires = instant{10s};
    auto response = sip::message::response(200);
    append_contact(response, b, instant{3s});
    EXPECT_EQ(response.value(sip::header::contact),
              "<sip:192.0.2.7:40001;transport=tls;ms-opaque=d3470f2e1d;ms-received-cid=7F>;methods="
              "\"INVITE, MESSAGE\";expires=7"
              ";+sip.instance=\"<urn:uuid:34d859db-6585-5f91-a3b4-de853c15347d>\""
              ";gruu=\"sip:alice@contoso.test;opaque=user:epid:21nYNIVlkV-jtN6FPBU0fQAA;gruu\"");
}

TEST(RegisterRequest, TheSameWordsAreNotReadAgain) {
    auto before = read_register(request(from, contact), alice, client());
    ASSERT_TRUE(before);
    const std::vector live{std::get<endpoints::registered>(before->events[0]).wanted};
    const auto renewed = [&](const sip::message& m, const observed& seen) {
        const auto r = read_register(m, alice, seen, live);
        return r && std::holds_alternative<endpoints::renewed>(r->events.at(0));
    };
    const auto m = request(from, contact, "Expires: 300\r\nUser-Agent: new/2\r\n");
    const auto r = read_register(m, alice, client(), live);
    ASSERT_TRUE(r && r->events.size() == 1);
    const auto& same = std::get<endpoints::renewed>(r->events[0]);
    EXPECT_EQ(same.which, 0U);
    EXPECT_EQ(same.call_id, m.call_id());
    EXPECT_EQ(same.from_tag, m.from_tag());
    EXPECT_EQ(same.cseq, m.cseq_number());
    EXPECT_EQ(same.user_agent, "new/2");
    EXPECT_EQ(same.asked, 300s);

    auto elsewhere = client();
    elsewhere.where.flow += 1;
    EXPECT_FALSE(renewed(request(from, contact), elsewhere));
    EXPECT_FALSE(renewed(request("<sip:alice@contoso.test>;tag=1;epid=other", contact), client()));
    EXPECT_FALSE(renewed(request(from, contact, "Expires: 0\r\n"), client()));
    EXPECT_FALSE(renewed(request(from, contact, "Event: registration\r\n"), client()));
    const auto spelt_anew = std::string(contact) + ";q=1";
    EXPECT_FALSE(renewed(request(from, spelt_anew), client()));
    const auto second = "Contact: " + std::string(contact) + "\r\n";
    EXPECT_FALSE(renewed(request(from, contact, second), client()));
}

TEST(RegisterRequest, Refusals) { // digest MS-SIPREGE 4 rule 2, digest MS-SIPRE 4 rule 3
    const struct {
        std::string_view from, contact, more;
        int status;
        id why;
    } rows[] = {
        {from, contact, "Event: presence\r\n", 489, id::event_not_registration},
        {from, contact, "Supported: msrtc-event-categories\r\n", 421, id::gruu_required},
        {"<sip:alice@contoso.test>;tag=1",
         "<sip:10.0.0.1>;proxy=replace",
         "",
         400,
         id::no_endpoint_identifier},
        {from, "<sip:10.0.0.1;transport=tcp>;proxy=replace", "", 400, id::default_user_services},
        {from, "<sip:10.0.0.1;transport=tls>;proxy=keep", "", 400, id::default_user_services},
        {from,
         contact,
         "Via: SIP/2.0/TLS 10.0.0.2;branch=z9hG4bK2\r\n",
         400,
         id::default_user_services},
        {from, "<mailto:alice@contoso.test>", "", 400, id::default_user_services},
        {from, "*", "", 400, id::default_user_services},
        {from, "*, <sip:10.0.0.1>", "Expires: 0\r\n", 400, id::default_user_services},
        {"<sip:alice@contoso.test>;tag=1;epid="
         "11111111111111111111111111111111111111111111111111111111111111111",
         contact,
         "",
         400,
         id::epid_too_long},
    };
    for (const auto& row : rows) {
        const auto r = read_register(request(row.from, row.contact, row.more), alice, client());
        ASSERT_FALSE(r) << row.from << row.contact << row.more;
        EXPECT_EQ(r.error(), (diagnostics::refusal{row.status, row.why}))
            << row.from << row.contact << row.more;
    }
}

TEST(RegisterRequest, Preference) { // RFC 3261 10.2.1.2, 25.1 (qvalue)
    const struct {
        std::string_view parameter;
        std::uint16_t q;
    } rows[] = {
        {"", 1000},
        {";q=1", 1000},
        {";q=1.000", 1000},
        {";Q=0.5", 500},
        {";q=0.25", 250},
        {";q=0.001", 1},
        {";q=0.", 0},
        {";q=0", 0},
        {";q=0.0001", 1000}, // none of these is one
        {";q=.5", 1000},
        {";q=-1", 1000},
        {";q=0.x", 1000},
        {";q", 1000},
        {";q=2", 1000},
    };
    for (const auto& row : rows) {
        const auto value = "<sip:10.0.0.1;transport=tls>" + std::string(row.parameter);
        const auto r = read_register(request(from, value, ""), alice, client());
        ASSERT_TRUE(r) << value;
        EXPECT_EQ(std::get<endpoints::registered>(r->events[0]).wanted.q, row.q) << value;
    }
}

TEST(RegisterRequest, WhatItAsks) {
    const auto kind = [](std::string_view c, std::string_view more) {
        const auto r = read_register(request(from, c, more), alice, client());
        if (!r) return std::string("refused");
        if (r->events.empty()) return std::string("query");
        return std::string(
            std::holds_alternative<endpoints::unregistered>(r->events[0]) ? "leave" : "register");
    };
    const struct {
        std::string_view contact, more;
        const char* what;
    } rows[] = {
        {"", "", "query"}, // RFC 3261 10.3 step 8
        {contact, "Expires: 0\r\n", "leave"},
        {"<sip:10.0.0.1;transport=tls>;proxy=replace;expires=0",
         "Expires: 600\r\n",
         "leave"}, // the parameter wins
        {"<sip:10.0.0.1;transport=tls>;proxy=replace;expires=60", "Expires: 0\r\n", "register"},
        {"*", "Expires: 0\r\n", "leave"},
        {contact, "Expires: never\r\n", "register"}, // RFC 3261 10.3 step 7: an hour
    };
    for (const auto& row : rows)
        EXPECT_EQ(kind(row.contact, row.more), row.what) << row.contact << row.more;
}

TEST(RegisterRequest, MaddrIsReplacedToo) { // digest MS-SIPRE 4 rule 3e
    const auto r = read_register(
        request(from,
                "<sip:alice:5070;maddr=10.0.0.1;transport=tls;ms-received-cid=1>;proxy=replace"),
        alice,
        client());
    ASSERT_TRUE(r);
    EXPECT_EQ(std::get<endpoints::registered>(r->events[0]).wanted.contact,
              "sip:alice:5070;maddr=192.0.2.7;transport=tls;ms-received-cid=7F");
}

TEST(RegisterRequest, PlainUserAgentsAreReachedByTheirContact) { // RFC 3261 10.3
    const struct {
        std::string_view contact;
        std::uint8_t transport;
        std::string_view peer;
    } rows[] = {
        {"<sip:bob@192.0.2.8:6001>", 0, "192.0.2.8:6001"},
        {"<sip:bob@192.0.2.8:6001;transport=tcp>", 1, "192.0.2.8:6001"},
        {"<sip:bob@192.0.2.8;transport=tls>", 2, "192.0.2.8:5061"},
        {"<sip:bob@pbx.test>", 0, "192.0.2.7:5060"}, // a name: where it came from
    };
    auto seen = client();
    seen.is_client = false;
    for (const auto& row : rows) {
        const auto r =
            read_register(request("<sip:alice@contoso.test>;tag=1", row.contact), alice, seen);
        ASSERT_TRUE(r) << row.contact;
        const auto& b = std::get<endpoints::registered>(r->events[0]).wanted;
        EXPECT_EQ(b.where.flow, 0U);
        EXPECT_EQ(b.where.transport, row.transport) << row.contact;
        EXPECT_EQ(b.where.peer.text(), row.peer) << row.contact;
        EXPECT_FALSE(b.instance);
    }
}

} // namespace
} // namespace lyceum::roles::registrar
