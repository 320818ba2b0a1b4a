// RFC 4475, what its sections say of an element: the whole house, on a virtual network.
#include "protocol/sip/address.h"
#include "tests/conformance/messages.h"
#include "tests/conformance/rows.h"
#include "tests/conformance/scene.h"

namespace lyceum::conformance {
namespace {

/// A house that owns example.com and example.org, a phone that is user@example.com, and a trusted
/// caller who sends what the RFC prints.
struct torture {
    torture() : caller(h, "10.0.0.8"), phone(h, "10.0.0.9") {
        h.own_domain("example.com");
        h.own_domain("example.org");
        h.names().add_host("services.example.com", "10.0.0.9");
        for (const auto* name : {"user@example.com",
                                 "j.user@example.com",
                                 "watson@example.com",
                                 "joe@example.com",
                                 "null-%00-null@example.com",
                                 "t.watson@example.org"})
            h.add_user(name);
        auto m = phone.request("REGISTER", "sip:example.com");
        m.set(header::from, "<sip:user@example.com>;tag=1");
        m.set(header::to, "<sip:user@example.com>");
        m.set(header::contact, "<sip:user@10.0.0.9>");
        phone.send(m);
        h.run_for(100ms);
        EXPECT_EQ(phone.heard(), "200 ");
    }
    /// What the caller hears, and what the phone hears, within a second of a datagram.
    std::string datagram(const std::string& name) { return outcome(octets(name), false); }
    std::string stream(const std::string& name) { return outcome(octets(name), true); }
    std::string outcome(const std::string& octets, bool over_stream) {
        if (over_stream) {
            caller.send_stream(octets);
        } else {
            caller.send(octets);
        }
        h.run_for(400ms); // less than T1: nothing is repeated
        const auto there = phone.heard();
        return caller.heard() + (there.empty() ? "" : "> " + there);
    }
    /// What a REGISTER without a contact says of a user's contacts, all in one line.
    std::string fetched(std::string_view user) {
        auto m = phone.request("REGISTER", "sip:example.com");
        m.set(header::from, "<sip:" + std::string(user) + ">;tag=1");
        m.set(header::to, "<sip:" + std::string(user) + ">");
        m.remove(header::contact);
        phone.begin_anew(); // no older 200 is meant
        phone.send(m);
        h.run_for(100ms);
        std::string out;
        const auto ok = phone.expect("200");
        for (const auto v : ok.values(header::contact))
            out.append(v).append("\n");
        (void)phone.heard();
        return out;
    }
    static const std::string& octets(const std::string& name) {
        static const auto all = read_messages("rfc4475.txt");
        return all.at(name);
    }
    house h;
    sender caller;
    gateway phone;
};

/// Somebody whom nobody trusts, over UDP.
class stranger final : public sipstack::test::party {
public:
    stranger(house& h, std::string_view address) : party(h, address) {
        host_.listen(net::transport::udp, net::audience::trusted, 5060);
    }
    void send(std::string_view octets) {
        using sipstack::test::at;
        using sipstack::test::house_address;
        host_.links(0).send_datagram(host_.links(0).udp_socket(), at(house_address, 5060), octets);
    }
};

/// What becomes of a message: what its sender hears, and after ">" what goes on to the phone.
struct outcome {
    std::string_view rule;
    std::string_view says;
    const char* name;
    bool over_stream;
    std::string_view heard;
};

const outcome outcomes[] = {
    {"RFC 4475 3.1.1.1", "goes where its Route says", "wsinv", false, "100 > INVITE "},
    {"RFC 4475 3.1.1.2", "a user that is not here", "intmeth", false, "404 "},
    {"RFC 4475 3.1.1.3",
     "goes where its host says, which is nowhere: the user part is that domain's business",
     "esc01",
     false,
     "100 504 "},
    {"RFC 4475 3.1.1.4", "registers", "escnull", false, "200 "},
    {"RFC 4475 3.1.1.5", "no REGISTER, and its Request-URI leads nowhere", "esc02", false, "504 "},
    {"RFC 4475 3.1.1.6", "goes on", "lwsdisp", false, "> OPTIONS "},
    {"RFC 4475 3.1.1.7", "goes on", "longreq", true, "100 > INVITE "},
    {"RFC 4475 3.1.1.8", "one request, not two", "dblreq", false, "200 "},
    {"RFC 4475 3.1.1.9", "a user that is not here", "semiuri", false, "404 "},
    {"RFC 4475 3.1.1.10",
     "goes on, whatever the older Vias say",
     "transports",
     false,
     "> OPTIONS "},
    {"RFC 4475 3.1.1.11",
     "its Route leads nowhere; well formed all the same",
     "mpart01",
     false,
     "404 "},
    {"RFC 4475 3.1.1.12", "an answer to nothing", "unreason", false, ""},
    {"RFC 4475 3.1.1.13", "an answer to nothing", "noreason", false, ""},
    {"RFC 4475 3.1.2.1", "400", "badinv01", false, "400 "},
    {"RFC 4475 3.1.2.2", "400 over UDP", "clerr", false, "400 "},
    {"RFC 4475 3.1.2.3", "an error over UDP", "ncl", false, "400 "},
    {"RFC 4475 3.1.2.4", "400 for the CSeq", "scalar02", false, "400 "},
    {"RFC 4475 3.1.2.5", "an answer that is dropped", "scalarlg", false, ""},
    {"RFC 4475 3.1.2.6", "400", "quotbal", false, "400 "},
    {"RFC 4475 3.1.2.7", "400", "ltgtruri", false, "400 "},
    {"RFC 4475 3.1.2.8", "400", "lwsruri", false, "400 "},
    {"RFC 4475 3.1.2.9", "may be refused as malformed", "lwsstart", false, "400 "},
    {"RFC 4475 3.1.2.10", "may be refused as malformed", "trws", false, "400 "},
    {"RFC 4475 3.1.2.11", "goes on, without what was escaped", "escruri", false, "100 > INVITE "},
    {"RFC 4475 3.1.2.12",
     "a date that nobody needs is nobody's business",
     "baddate",
     false,
     "100 > INVITE "},
    {"RFC 4475 3.1.2.13", "400", "regbadct", false, "400 "},
    {"RFC 4475 3.1.2.14", "400", "badaspec", false, "400 "},
    {"RFC 4475 3.1.2.15", "400", "baddn", false, "400 "},
    {"RFC 4475 3.1.2.16", "505", "badvers", false, "505 "},
    {"RFC 4475 3.1.2.16", "505", "badvers", true, "505 "},
    {"RFC 4475 3.1.2.17", "400", "mismatch01", false, "400 "},
    {"RFC 4475 3.1.2.18", "400 or 501", "mismatch02", false, "400 "},
    {"RFC 4475 3.1.2.19", "an answer that is dropped", "bigcode", false, ""},
    {"RFC 4475 3.2.1", "taken as a request of RFC 2543", "badbranch", false, "> OPTIONS "},
    {"RFC 4475 3.3.1", "400", "insuf", false, "400 "},
    {"RFC 4475 3.3.2", "416", "unkscm", false, "416 "},
    {"RFC 4475 3.3.3", "416", "novelsc", false, "416 "},
    {"RFC 4475 3.3.4", "a registrar answers 400: To is no SIP URI", "unksm2", false, "400 "},
    {"RFC 4475 3.3.5", "420", "bext01", false, "420 "},
    {"RFC 4475 3.3.6",
     "goes on: the body is for the callee to judge",
     "invut",
     false,
     "100 > INVITE "},
    {"RFC 4475 3.3.7",
     "from who is trusted it needs no credentials, and unknown ones are ignored",
     "regaut01",
     true,
     "200 "},
    {"RFC 4475 3.3.8", "400", "multi01", false, "400 "},
    {"RFC 4475 3.3.9", "400", "mcl01", false, "400 "},
    {"RFC 4475 3.3.10", "an answer that is dropped, and sent on to nobody", "bcast", false, ""},
    {"RFC 4475 3.3.11", "483, or an answer as if it were for us", "zeromf", false, "200 "},
    {"RFC 4475 3.3.12", "registers", "cparam01", false, "200 "},
    {"RFC 4475 3.3.13", "registers", "cparam02", false, "200 "},
    {"RFC 4475 3.3.14", "registers", "regescrt", false, "200 "},
    {"RFC 4475 3.3.15",
     "goes on: what is accepted is for the callee to judge",
     "sdp01",
     false,
     "100 > INVITE "},
    {"RFC 4475 3.4.1",
     "a user that is not here; no error for its age",
     "inv2543",
     false,
     "100 404 "},
};

TEST(rfc4475, every_message_has_an_outcome) {
    for (const auto& [name, octets] : read_messages("rfc4475.txt")) {
        EXPECT_TRUE(std::ranges::any_of(outcomes, [&](const outcome& o) { return name == o.name; }))
            << name;
    }
}

TEST(rfc4475, outcomes) {
    for (const auto& o : outcomes) {
        static const outcome* now;
        now = &o;
        const row one{
            o.rule, o.says, [] {
                torture x;
                EXPECT_EQ(x.outcome(torture::octets(now->name), now->over_stream), now->heard)
                    << now->name;
            }};
        play(std::span(&one, 1));
    }
}

const row rows[] = {
    {"RFC 4475 3.1.1.1",
     "an unknown header goes on as it came, and no value is lost",
     [] {
         torture x;
         x.datagram("wsinv");
         const auto there = x.phone.expect("INVITE");
         EXPECT_EQ(there.value("UnknownHeaderWithUnusualValue"), ";;,,;;,;");
         EXPECT_EQ(there.values(header::via).size(), 4U);
         EXPECT_EQ(there.value(header::max_forwards), "67");
         EXPECT_EQ(there.body().size(), 150U);
     }},
    {"RFC 4475 3.1.1.4",
     "both contacts are registered, each as it was written",
     [] {
         torture x;
         x.datagram("escnull");
         const auto ok = x.caller.expect("200");
         const auto contacts = ok.values(header::contact);
         ASSERT_EQ(contacts.size(), 2U);
         EXPECT_TRUE(contacts[0].starts_with("<sip:%00@host5.example.com>"));
         EXPECT_TRUE(contacts[1].starts_with("<sip:%00%00@host5.example.com>"));
     }},
    {"RFC 4475 3.1.1.8",
     "and the INVITE behind it stays unheard",
     [] {
         torture x;
         x.datagram("dblreq");
         EXPECT_EQ(x.caller.expect("200").cseq_method(), "REGISTER");
         x.h.run_for(2s);
         EXPECT_EQ(x.caller.heard(), "");
     }},
    {"RFC 4475 3.1.2.2",
     "over a stream the rest is waited for, but not for ever",
     [] {
         torture x;
         EXPECT_EQ(x.stream("clerr"), "");
         x.h.run_for(60s);
         EXPECT_EQ(x.caller.closed_by().size(), 1U);
     }},
    {"RFC 4475 3.1.2.2",
     "the 400 finds its way by what could be read, and the ACK of it ends here",
     [] {
         torture x;
         auto octets = torture::octets("clerr");
         octets.replace(octets.find("host5.example.com"), 17, "192.0.2.1:5050");
         x.caller.send(octets);
         x.h.run_for(400ms);
         const auto r = x.caller.expect("400");
         EXPECT_EQ(r.call_id(), "clerr.0ha0isndaksdjweiafasdk3");
         EXPECT_EQ(r.value(header::cseq), "8 INVITE");
         EXPECT_EQ(sip::parse_via(r.first(header::via))->params.value_or("received", {}),
                   "10.0.0.8");
         EXPECT_FALSE(r.to_tag().empty());
         auto invite = sip::message::request("INVITE", "sip:user@example.com");
         for (const auto h : {header::via, header::from, header::call_id, header::cseq})
             invite.append(h, r.value(h));
         x.caller.send(ack_of(invite, r).text());
         x.h.run_for(400ms);
         EXPECT_EQ(x.phone.heard(), "");
     }},
    {"RFC 4475 3.1.2.2",
     "but only who is trusted hears it: a datagram's sender may be forged",
     [] {
         torture x;
         stranger somebody(x.h, "10.0.0.66");
         somebody.send(torture::octets("clerr"));
         x.h.run_for(400ms);
         EXPECT_EQ(somebody.heard(), "");
         EXPECT_EQ(x.h.metric("lyceum_sipstack_malformed_total"), 1);
     }},
    {"RFC 4475 3.1.2.16",
     "over a stream the 505 is the last that is heard",
     [] {
         torture x;
         EXPECT_EQ(x.stream("badvers"), "505 ");
         EXPECT_EQ(x.caller.closed_by().size(), 1U);
     }},
    {"RFC 4475 3.1.2.3",
     "over a stream a length that is none ends the connection",
     [] {
         torture x;
         x.stream("ncl");
         EXPECT_EQ(x.caller.closed_by().size(), 1U);
     }},
    {"RFC 4475 3.1.2.11",
     "what is escaped in the Request-URI goes no further, neither there nor as a field",
     [] {
         torture x;
         x.datagram("escruri");
         const auto there = x.phone.expect("INVITE");
         EXPECT_EQ(there.uri(), "sip:user@10.0.0.9");
         EXPECT_FALSE(there.has(header::route));
     }},
    {"RFC 4475 3.3.7",
     "a registrar that wants credentials challenges by a scheme that it knows: 401",
     [] {
         torture x;
         x.h.add_user("carol");
         client carol(x.h, "carol", "10.0.2.2");
         carol.connect();
         x.h.run_for(100ms);
         carol.send_raw(torture::octets("regaut01"));
         x.h.run_for(100ms);
         EXPECT_TRUE(
             carol.expect("401").value(header::www_authenticate).starts_with("NTLM realm="));
     }},
    {"RFC 4475 3.3.9",
     "over a stream lengths that differ end the connection",
     [] {
         torture x;
         x.stream("mcl01");
         EXPECT_EQ(x.caller.closed_by().size(), 1U);
     }},
    {"RFC 4475 3.3.5",
     "420 names what a proxy is asked for in vain",
     [] {
         torture x;
         x.datagram("bext01");
         const auto r = x.caller.expect("420");
         EXPECT_TRUE(r.lists(header::unsupported, "noProxiesSupportThis"));
         EXPECT_TRUE(r.lists(header::unsupported, "norDoAnyProxiesSupportThis"));
     }},
    {"RFC 4475 3.3.1",
     "the 400 repeats what there is to repeat",
     [] {
         torture x;
         x.datagram("insuf");
         const auto r = x.caller.expect("400");
         EXPECT_EQ(r.value(header::cseq), "193942 INVITE");
         EXPECT_TRUE(r.has(header::via));
     }},
    {"RFC 4475 3.3.12",
     "the contact's parameter comes back behind the brackets",
     [] {
         torture x;
         x.datagram("cparam01");
         const auto ok = x.caller.expect("200");
         EXPECT_TRUE(ok.value(header::contact)
                         .starts_with("<sip:+19725552222@gw1.example.net>;unknownparam"))
             << ok.value(header::contact);
         EXPECT_TRUE(x.fetched("watson@example.com")
                         .starts_with("<sip:+19725552222@gw1.example.net>;unknownparam"));
     }},
    {"RFC 4475 3.3.13",
     "the URI's parameter comes back within them",
     [] {
         torture x;
         x.datagram("cparam02");
         const auto ok = x.caller.expect("200");
         EXPECT_TRUE(ok.value(header::contact)
                         .starts_with("<sip:+19725552222@gw1.example.net;unknownparam>"))
             << ok.value(header::contact);
         EXPECT_TRUE(x.fetched("watson@example.com")
                         .starts_with("<sip:+19725552222@gw1.example.net;unknownparam>"));
     }},
    {"RFC 4475 3.3.14",
     "whoever asks later is told the contact with its escaped Route",
     [] {
         torture x;
         EXPECT_EQ(x.datagram("regescrt"), "200 ");
         EXPECT_TRUE(x.fetched("user@example.com")
                         .contains("<sip:user@example.com?Route=%3Csip:sip.example.com%3E>"))
             << x.fetched("user@example.com");
     }},
    {"RFC 4475 3.4.1",
     "is accepted, rings, comes again without ringing twice, and gets a Max-Forwards",
     [] {
         torture x;
         x.h.add_user("userb@example.com");
         auto reg = x.phone.request("REGISTER", "sip:example.com");
         reg.set(header::from, "<sip:userb@example.com>;tag=1");
         reg.set(header::to, "<sip:userb@example.com>");
         x.phone.send(reg);
         x.h.run_for(100ms);
         (void)x.phone.heard();
         EXPECT_EQ(x.datagram("inv2543"), "100 > INVITE ");
         const auto there = x.phone.expect("INVITE");
         EXPECT_EQ(there.value(header::max_forwards), "70");
         EXPECT_EQ(there.body().size(), 105U);
         x.phone.send(x.phone.answer(there, 180));
         x.h.run_for(100ms);
         EXPECT_EQ(x.caller.heard(), "180 ");
         EXPECT_EQ(x.datagram("inv2543"), "180 ");
     }},
};

TEST(rfc4475, elements) {
    play(rows);
}

} // namespace
} // namespace lyceum::conformance
