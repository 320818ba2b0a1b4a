#include "protocol/sipauth/signature_buffer.h"

#include <gtest/gtest.h>

namespace lyceum::sipauth {
namespace {

sip::message message(std::string_view start_line, std::string_view lines) {
    std::string text(start_line);
    text += "\r\n";
    text += lines;
    text += "\r\n";
    auto m = sip::message::parse(text);
    EXPECT_TRUE(m) << text;
    return m ? *std::move(m) : sip::message();
}

std::string buffer(const sip::message& m, const signed_with& by) {
    std::string out;
    append_signature_buffer(m, by, out);
    return out;
}

constexpr std::string_view cosmo_realm = "SIP Communications Service";

// digest MS-SIPAE 9.1 and 9.2: the messages that these buffers were made from.
TEST(signature_buffer, of_captures) {
    const struct {
        const char* what;
        std::string_view start, lines;
        signed_with by;
        std::string_view buffer;
    } rows[] = {
        {"9.1 REGISTER",
         "REGISTER sip:cosmo.local SIP/2.0",
         "Via: SIP/2.0/tcp 192.168.172.6:12723\r\n"
         "From: <sip:user@cosmo.local>;tag=3e49177a52;epid=c8ca638a15\r\n"
         "To: <sip:user@cosmo.local>\r\n"
         "CSeq: 3 REGISTER\r\n"
         "Call-ID: 4037df9284354df39065195bd57a4b14\r\n",
         {"NTLM", "13317733", "1", cosmo_realm, "cosmo-ocs-r2.cosmo.local", 4},
         "<NTLM><13317733><1><SIP Communications "
         "Service><cosmo-ocs-r2.cosmo.local><4037df9284354df39065195bd57a4b14><3>"
         "<REGISTER><sip:user@cosmo.local><3e49177a52><sip:user@cosmo.local><><><><>"},
        {"9.1 200",
         "SIP/2.0 200 OK",
         "From: \"User\"<sip:user@cosmo.local>;tag=3e49177a52;epid=c8ca638a15\r\n"
         "To: <sip:user@cosmo.local>;tag=5E61CCD925D17E043D9A74835A88F664\r\n"
         "CSeq: 3 REGISTER\r\n"
         "Call-ID: 4037df9284354df39065195bd57a4b14\r\n"
         "Expires: 7200\r\n",
         {"NTLM", "9616454F", "1", cosmo_realm, "cosmo-ocs-r2.cosmo.local", 4},
         "<NTLM><9616454F><1><SIP Communications "
         "Service><cosmo-ocs-r2.cosmo.local><4037df9284354df39065195bd57a4b14><3>"
         "<REGISTER><sip:user@cosmo.local><3e49177a52><sip:user@cosmo.local><"
         "5E61CCD925D17E043D9A74835A88F664><><><7200>"
         "<200>"},
        {"9.2 200, version 2",
         "SIP/2.0 200 OK",
         "From: <sip:gabriel@ocs.provo.novell.com>;tag=2947328781;epid=1234567890\r\n"
         "To: <sip:gabriel@ocs.provo.novell.com>;tag=B816D65C2300A32CFA6D371F2AF537FD\r\n"
         "CSeq: 3 REGISTER\r\n"
         "Call-ID: 8592g5DCBa1694i5887m0D0Bt2247b3F38xAE9Fx\r\n"
         "Expires: 900\r\n",
         {"NTLM", "0878F41B", "1", cosmo_realm, "ocs1.ocs.provo.novell.com", 2},
         "<NTLM><0878F41B><1><SIP Communications Service><ocs1.ocs.provo.novell.com>"
         "<8592g5DCBa1694i5887m0D0Bt2247b3F38xAE9Fx><3><REGISTER><sip:gabriel@ocs.provo.novell.com>"
         "<2947328781>"
         "<B816D65C2300A32CFA6D371F2AF537FD><900><200>"},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(buffer(message(row.start, row.lines), row.by), row.buffer) << row.what;
        // Version 3 and 4 have the same buffer. digest MS-SIPAE 3.5
        auto three = row.by;
        three.version = 3;
        if (row.by.version == 4) {
            EXPECT_EQ(buffer(message(row.start, row.lines), three), row.buffer) << row.what;
        }
    }
}

// What is written goes in as it is written.
TEST(signature_buffer, exact_text) {
    const struct {
        const char* what;
        std::string_view start, lines, buffer;
    } rows[] = {
        {"case, URI parameters, escapes, number",
         "MESSAGE sip:bob@contoso.test SIP/2.0",
         "f: \"A<b>\" <sip:Alice%20B@CONTOSO.test;opaque=user:epid:xyz;gruu>;epid=01;TAG=aBc\r\n"
         "t: <sips:Bob@contoso.test>;tag=D.1;epid=02\r\n"
         "i:  X@y \r\n"
         "CSeq: 007   MESSAGE\r\n"
         "Expires: 0\r\n",
         "<NTLM><r><n><re><ta><X@y><007><MESSAGE><sip:Alice%20B@CONTOSO.test;opaque=user:epid:xyz;"
         "gruu><aBc>"
         "<sips:Bob@contoso.test><D.1><><><0>"},
        {"no brackets",
         "SIP/2.0 180 Ringing",
         "From: sip:a@x.test;tag=1\r\nTo: sip:b@x.test\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n",
         "<NTLM><r><n><re><ta><c><1><INVITE><sip:a@x.test><1><sip:b@x.test><><><><><180>"},
        {"nothing there",
         "OPTIONS sip:x.test SIP/2.0",
         "Max-Forwards: 1\r\n",
         "<NTLM><r><n><re><ta><><><><><><><><><><>"},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(buffer(message(row.start, row.lines), {"NTLM", "r", "n", "re", "ta", 4}),
                  row.buffer)
            << row.what;
    }
}

// digest MS-SIPAE 3.4, 3.5 (13, 14)
TEST(signature_buffer, identities) {
    const struct {
        std::string_view lines, sip, tel;
    } rows[] = {
        {"", "", ""},
        {"P-Asserted-Identity: \"Alice\" <sip:alice@contoso.test>\r\n",
         "sip:alice@contoso.test",
         ""},
        {"P-Asserted-Identity: <sip:a@x.test>, <tel:+15550100;ext=1>\r\n",
         "sip:a@x.test",
         "tel:+15550100;ext=1"},
        {"P-Asserted-Identity: <tel:+1>\r\nP-Asserted-Identity: <SIP:a@x.test>\r\n",
         "SIP:a@x.test",
         "tel:+1"},
        {"P-Asserted-Identity: \"a, <b>\" <sip:a@x.test>, <sip:second@x.test>\r\n",
         "sip:a@x.test",
         ""},
        {"P-Asserted-Identity: tel:+1\r\n", "", "tel:+1"},
        {"P-Preferred-Identity: <sip:p@x.test>, <tel:+2>\r\n", "sip:p@x.test", "tel:+2"},
        {"P-Preferred-Identity: <sip:p@x.test>, <tel:+2>\r\nP-Asserted-Identity: "
         "<sip:a@x.test>\r\n",
         "sip:a@x.test",
         "tel:+2"},
        {"P-Asserted-Identity: <mailto:a@x.test>\r\n", "", ""},
    };
    for (const auto& row : rows) {
        const auto m = message("INFO sip:x.test SIP/2.0", row.lines);
        const auto found = signed_identities(m);
        EXPECT_EQ(found.sip, row.sip) << row.lines;
        EXPECT_EQ(found.tel, row.tel) << row.lines;
    }
}

TEST(signature_buffer, appends) {
    const auto m = message("ACK sip:x.test SIP/2.0", "Call-ID: 1\r\n");
    std::string out = "before";
    append_signature_buffer(m, {.scheme = "S"}, out);
    EXPECT_TRUE(out.starts_with("before<S><>"));
}

} // namespace
} // namespace lyceum::sipauth
