#pragma once

#include <array>
#include <string>
#include <string_view>

namespace lyceum::sip {

/// The same text with CRLF at the ends of its lines.
inline std::string crlf(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') out += '\r';
        out += c;
    }
    return out;
}

/// seen: pidgin-sipe 1.25, shape of its REGISTER: no branch in the Via.
inline const std::string pidgin_register =
    crlf("REGISTER sip:contoso.test SIP/2.0\n"
         "Via: SIP/2.0/tls 192.0.2.10:40122\n"
         "From: <sip:alice@contoso.test>;tag=1804289383;epid=8248ca9ebb01\n"
         "To: <sip:alice@contoso.test>\n"
         "Max-Forwards: 70\n"
         "CSeq: 1 REGISTER\n"
         "User-Agent: Purple/2.14.12 Sipe/1.25.0 (linux-x86_64)\n"
         "Call-ID: 6B8Bg4567i327Bm643Ct9869b6633x66BEx48BEx\n"
         "Contact: <sip:192.0.2.10:40122;transport=tls;ms-opaque=d3470f2e1d>;methods=\"INVITE, "
         "MESSAGE, INFO, "
         "SUBSCRIBE, OPTIONS, BYE, CANCEL, NOTIFY, ACK, REFER, BENOTIFY\";proxy=replace;"
         "+sip.instance=\"<urn:uuid:4233fd41-093b-5fd6-b5d2-651ed55969e6>\"\n"
         "Supported: gruu-10, adhoclist, msrtc-event-categories, com.microsoft.msrtc.presence\n"
         "Event: registration\n"
         "Allow-Events: presence\n"
         "ms-keep-alive: UAC;hop-hop=yes\n"
         "Content-Length: 0\n"
         "Authorization: NTLM qop=\"auth\", realm=\"SIP Communications Service\", "
         "targetname=\"sip.contoso.test\", "
         "gssapi-data=\"\", version=4\n"
         "\n");

/// An IM through a proxy: several Via in one line, compact names, blanks where they may be.
inline const std::string relayed_message =
    crlf("MESSAGE sip:bob@contoso.test;opaque=user:epid:Qf0zQjsJ1l-10mUe1Vlp5gAA;gruu SIP/2.0\n"
         "v: SIP/2.0/TLS edge.contoso.test:5061;branch=z9hG4bK.1;branched=FALSE , SIP/2.0/TLS "
         "192.0.2.10:40122\n"
         "VIA : SIP/2.0/TCP 192.0.2.11;branch=z9hG4bK.2;received=192.0.2.12\n"
         "Route:<sip:a.test;lr>,<sip:b.test;lr>\n"
         "Max-Forwards:69\n"
         "f: \"Alice, the \\\"Great\\\"\" <sip:alice@contoso.test>;tag=a1;epid=8248ca9ebb01\n"
         "t: <sip:bob@contoso.test>;tag=b1;epid=c8ca638a15\n"
         "i: call-1@192.0.2.10\n"
         "CSeq: 2 MESSAGE\n"
         "X-Unknown:   kept as it is \t\n"
         "Empty:\n"
         "c: text/plain; charset=UTF-8\n"
         "l: 12\n"
         "\n"
         "Gr\xC3\xBC\xC3\x9F Gott!");

inline const std::string answer =
    crlf("SIP/2.0 200 OK\n"
         "Via: SIP/2.0/TLS 192.0.2.10:40122;ms-received-port=40122;ms-received-cid=2600\n"
         "From: <sip:alice@contoso.test>;tag=1804289383;epid=8248ca9ebb01\n"
         "To: <sip:alice@contoso.test>;tag=77\n"
         "Call-ID: 6B8Bg4567\n"
         "CSeq: 3 REGISTER\n"
         "Expires: 7200\n"
         "Supported: adhoclist\n"
         "Supported: msrtc-event-categories\n"
         "ms-keep-alive: UAS; tcp=no; hop-hop=yes; end-end=no; timeout=300\n"
         "Content-Length: 0\n"
         "\n");

/// A datagram may do without Content-Length: its body ends where it does.
inline const std::string no_length = crlf("NOTIFY sip:alice@192.0.2.10 SIP/2.0\n"
                                          "Event: presence\n"
                                          "\n"
                                          "<presence/>\n");

inline std::string with_body(std::string_view body) {
    return crlf("SERVICE sip:alice@contoso.test SIP/2.0\nContent-Type: application/octet-stream\n"
                "Content-Length: ") +
           std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

inline constexpr char nuls[] = "\0\r\n\r\nnul and \xC3\xBC\0";
inline constexpr std::string_view body_with_nuls(nuls, sizeof nuls - 1);

/// What comes in and goes out unchanged.
inline const std::array samples{
    pidgin_register,
    relayed_message,
    answer,
    no_length,
    with_body(std::string(65536, 'x')),
    with_body(body_with_nuls),
    crlf("OPTIONS sip:a.test SIP/2.0\n\n"),
    crlf("SIP/2.0 100 \n\n"),
    crlf("SIP/2.0 183\nx: y\n\n"),
    crlf("!odd-Method0123456789_*+`.%in~ tel:+15551234;phone-context=x SIP/2.0\n.odd~Name: "
         "\xE5\xA4\xA7\n\n"),
    crlf("INVITE sip:a@b SIP/2.0\nTo: \"BEL:\\\x07 DEL:\\\x7F\" <sip:a@b>\n\n"),
};

} // namespace lyceum::sip
