#include "sipstack/reachable.h"

#include <gtest/gtest.h>

namespace lyceum::sipstack {
namespace {

using sip::header;

TEST(reachable, nothing_but_the_place_changes) { // [MS-SIPRE], digest MS-SIPRE 4 rule 3
    const path here{net::transport::tls, {0x12}, {*ip_address::parse("192.0.2.7"), 40000}};
    const std::string cid = "ms-received-cid=0000000000000012";
    const struct {
        const char* what;
        std::string given, made; ///< made: empty, it is refused
    } rows[] = {
        {"address and port",
         "<sip:bob@10.0.0.5:5060;transport=tls>;proxy=replace",
         "<sip:bob@192.0.2.7:40000;transport=tls;" + cid + ">"},
        {"nobody asked", "<sip:bob@10.0.0.5>;q=0.5", "<sip:bob@10.0.0.5>;q=0.5"},
        {"its maddr only",
         "<sip:bob@contoso.test:5060;maddr=10.0.0.5;transport=TLS>;proxy=replace",
         "<sip:bob@contoso.test:5060;maddr=192.0.2.7;transport=TLS;" + cid + ">"},
        {"display name, parameters and their blanks stay",
         "\"Bob, <B>\" <sip:10.0.0.5;transport=tls;ms-opaque=d3> ; q=0.7;Proxy=Replace; "
         "text=\"a;proxy=x\" ;+sip.instance=\"<urn:uuid:1>\"",
         "\"Bob, <B>\" <sip:192.0.2.7:40000;transport=tls;ms-opaque=d3;" + cid +
             "> ; q=0.7; text=\"a;proxy=x\" ;+sip.instance=\"<urn:uuid:1>\""},
        {"a bare URI",
         "sip:bob@10.0.0.5;proxy=replace",
         "<sip:bob@192.0.2.7:40000;transport=tls;" + cid + ">"},
        {"headers of the URI",
         "<sip:bob@h.test?subject=x>;proxy=replace",
         "<sip:bob@192.0.2.7:40000;transport=tls;" + cid + "?subject=x>"},
        {"a cid of its own is not believed",
         "<sip:bob@h.test;ms-received-cid=FF;x=1>;proxy=replace",
         "<sip:bob@192.0.2.7:40000;x=1;transport=tls;" + cid + ">"},
        {"IPv6 there",
         "<sip:bob@[2001:db8::1]:5060>;proxy=replace",
         "<sip:bob@192.0.2.7:40000;transport=tls;" + cid + ">"},
        {"further contacts of a 3xx stay",
         "<sip:a@h.test>;proxy=replace;q=1,  <sip:b@other.test>;q=0.5 , sip:c@d.test",
         "<sip:a@192.0.2.7:40000;transport=tls;" + cid +
             ">;q=1,  <sip:b@other.test>;q=0.5 , sip:c@d.test"},
        {"the second one asks",
         "<sip:b@other.test>;q=0.5 , <sip:a@h.test>;proxy=replace",
         "<sip:b@other.test>;q=0.5 , <sip:a@192.0.2.7:40000;transport=tls;" + cid + ">"},
        {"all", "*", "*"},
        {"it asks for something else", "<sip:bob@h.test>;proxy=keep", ""},
        {"the second one does", "<sip:a@h.test>;proxy=replace, <sip:bob@h.test>;proxy=keep", ""},
        {"another transport", "<sip:bob@h.test;transport=tcp>;proxy=replace", ""},
        {"no SIP", "<tel:+4930>;proxy=replace", ""},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        auto m = sip::message::response(302);
        m.append(header::contact, row.given);
        m.append("X-Next", "1");
        EXPECT_EQ(make_reachable(m, here), !row.made.empty());
        EXPECT_EQ(m.value(header::contact), row.made.empty() ? row.given : row.made);
        EXPECT_EQ(m.value("X-Next"), "1");
    }
}

TEST(reachable, each_line_for_itself) {
    const path here{net::transport::tcp, {1}, {*ip_address::parse("2001:db8::7"), 1}};
    auto m = sip::message::response(300);
    m.append(header::contact, "<sip:a@h.test>, <sip:b@h.test>");
    m.append(header::contact, "<sip:c@h.test;transport=tcp>;proxy=replace;expires=5");
    EXPECT_TRUE(make_reachable(m, here));
    const auto all = m.values(header::contact);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0], "<sip:a@h.test>");
    EXPECT_EQ(all[1], "<sip:b@h.test>");
    EXPECT_EQ(all[2],
              "<sip:c@[2001:db8::7]:1;transport=tcp;ms-received-cid=0000000000000001>;expires=5");
}

} // namespace
} // namespace lyceum::sipstack
