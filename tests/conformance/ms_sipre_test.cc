// [MS-SIPRE]: endpoints, GRUUs, the way to and from a client's connection.
#include "protocol/sip/address.h"
#include "protocol/sip/gruu.h"
#include "tests/conformance/rows.h"
#include "tests/conformance/scene.h"

namespace lyceum::conformance {
namespace {

std::string instance_of(client& c) {
    return sip::make_gruu(*sip::aor::from(c.aor()), sip::instance_id::from_epid(c.epid()));
}

/// A REGISTER of bob's with another Contact; what he hears.
std::string registers(scene& x, std::string_view contact) {
    x.bob.send(with(x.bob.request("REGISTER", "sip:contoso.test"), header::contact, contact));
    return x.bob_hears();
}

std::string instance_param(const client& c) {
    return ";+sip.instance=\"<" + sip::instance_id::from_epid(c.epid()).urn() + ">\"";
}

const row rows[] = {
    {"[MS-SIPRE] 2.2.5",
     "an instance is made of the epid as it is spelled: the documents' own pair",
     [] {
         EXPECT_EQ(sip::instance_id::from_epid("01010101").urn(),
                   "urn:uuid:4b1682a8-f968-5701-83fc-7c6741dc6697");
         EXPECT_EQ(sip::instance_id::from_epid("1D19090AED").urn(),
                   "urn:uuid:0dc28647-23a5-56e7-b4e8-f51b92b692d1");
         EXPECT_NE(sip::instance_id::from_epid("1d19090aed").urn(),
                   sip::instance_id::from_epid("1D19090AED").urn());
     }},
    {"[MS-SIPRE] 2.2.3",
     "a GRUU is made of user and instance, and always the same",
     [] {
         const auto gruu = sip::make_gruu(*sip::aor::from("sip:user1@contoso.test"),
                                          sip::instance_id::from_epid("01010101"));
         EXPECT_TRUE(gruu.contains("opaque=user:epid:qIIWS2j5AVeD_HxnQdxmlwAA")) << gruu;
         EXPECT_TRUE(gruu.ends_with(";gruu")) << gruu;
     }},
    {"digest MS-SIPRE 4",
     "rule 3a: proxy=replace behind another hop: 400",
     [] {
         scene x;
         auto m = x.bob.request("REGISTER", "sip:contoso.test");
         m.append(header::via, "SIP/2.0/TLS 10.9.9.9");
         x.bob.send(m);
         EXPECT_EQ(x.bob_hears(), "400 ");
     }},
    {"digest MS-SIPRE 4",
     "rule 3b: proxy with another value: 400",
     [] {
         scene x;
         EXPECT_EQ(registers(x, "<sip:10.0.2.1;transport=tls>;proxy=keep" + instance_param(x.bob)),
                   "400 ");
     }},
    {"digest MS-SIPRE 4",
     "rule 3c: a transport that is not the connection's: 400",
     [] {
         scene x;
         EXPECT_EQ(
             registers(x, "<sip:10.0.2.1;transport=tcp>;proxy=replace" + instance_param(x.bob)),
             "400 ");
     }},
    {"digest MS-SIPRE 4",
     "rule 3d to 3f: the contact becomes what the house saw, and names the connection",
     [] {
         scene x;
         EXPECT_EQ(registers(x,
                             "<sip:192.168.7.7:1234;transport=tls>;proxy=replace" +
                                 instance_param(x.bob)),
                   "200 ");
         const auto r = x.bob.expect("200");
         const auto c = r.value(header::contact);
         EXPECT_FALSE(c.contains("proxy=replace")) << c;
         EXPECT_TRUE(c.contains("sip:10.0.2.1:")) << c;
         EXPECT_TRUE(c.contains("ms-received-cid=")) << c;
     }},
    {"digest MS-SIPRE 4",
     "rule 3e: maddr gets the address, the rest stays",
     [] {
         scene x;
         EXPECT_EQ(registers(x,
                             "<sip:bob@b.test:1234;maddr=192.168.7.7;transport=tls>;proxy=replace" +
                                 instance_param(x.bob)),
                   "200 ");
         const auto r = x.bob.expect("200");
         const auto c = r.value(header::contact);
         EXPECT_TRUE(c.contains("sip:bob@b.test:1234")) << c;
         EXPECT_TRUE(c.contains("maddr=10.0.2.1")) << c;
     }},
    {"digest MS-SIPRE 4",
     "rule 4: the client's Via says which port and which connection we saw",
     [] {
         scene x;
         x.bob.send(x.bob.request("OPTIONS", "sip:contoso.test"));
         x.h.run_for(100ms);
         const auto r = x.bob.expect("200");
         const auto via = sip::parse_via(r.first(header::via));
         ASSERT_TRUE(via);
         EXPECT_TRUE(via->params.has("ms-received-port"));
         EXPECT_TRUE(via->params.has("ms-received-cid"));
     }},
    {"digest MS-SIPRE 4",
     "rule 4: no connection is opened to a client: who hung up is away",
     [] {
         scene x;
         x.bob.hang_up();
         x.h.run_for(1s);
         EXPECT_EQ(x.answer_to(x.ask("MESSAGE")).status(), 480);
     }},
    {"digest MS-SIPRE 4",
     "rule 5: a GRUU leads to that endpoint alone",
     [] {
         scene x;
         client second(x.h, "bob", "10.0.2.2");
         second.sign_in();
         x.gw.send(x.gw.request("MESSAGE", instance_of(second)));
         EXPECT_EQ(x.bob_hears(), "");
         EXPECT_EQ(second.heard(), "MESSAGE ");
     }},
    {"digest MS-SIPRE 4",
     "rule 5: 480 when it is not registered",
     [] {
         scene x;
         const auto gone =
             sip::make_gruu(*sip::aor::from(x.bob.aor()), sip::instance_id::from_epid("gone"));
         EXPECT_EQ(x.answer_to(x.gw.request("MESSAGE", gone)).status(), 480);
     }},
    {"digest MS-SIPRE 4",
     "rule 5: a component that is not here: 404",
     [] {
         scene x;
         EXPECT_EQ(x.answer_to(x.gw.request("INVITE",
                                            "sip:bob@contoso.test;gruu;opaque=app:conf:focus:id:1"))
                       .status(),
                   404);
     }},
    {"digest MS-SIPRE 4",
     "rule 5: an AOR with the epid of To leads to that endpoint alone",
     [] {
         scene x;
         client second(x.h, "bob", "10.0.2.2");
         second.sign_in();
         x.gw.send(
             with(x.ask("MESSAGE"), header::to, "<sip:bob@contoso.test>;epid=" + second.epid()));
         EXPECT_EQ(x.bob_hears(), "");
         EXPECT_EQ(second.heard(), "MESSAGE ");
     }},
    {"digest MS-SIPRE 4",
     "rule 5: an AOR leads to all endpoints",
     [] {
         scene x;
         client second(x.h, "bob", "10.0.2.2");
         second.sign_in();
         x.gw.send(x.ask("MESSAGE"));
         EXPECT_EQ(x.bob_hears(), "MESSAGE ");
         EXPECT_EQ(second.heard(), "MESSAGE ");
     }},
    {"digest MS-SIPRE 4",
     "rule 6: what arrives by a GRUU has the registered contact as its Request-URI",
     [] {
         scene x;
         x.gw.send(x.gw.request("MESSAGE", instance_of(x.bob)));
         x.h.run_for(100ms);
         EXPECT_TRUE(x.bob.expect("MESSAGE").uri().contains("ms-received-cid="));
     }},
    {"digest MS-SIPRE 4",
     "rule 7: the Via of a branch says whether there are others",
     [] {
         scene x;
         x.gw.send(x.ask("MESSAGE"));
         x.h.run_for(100ms);
         EXPECT_TRUE(x.bob.expect("MESSAGE").first(header::via).contains("branched="));
     }},
    {"digest MS-SIPRE 4",
     "rule 8: INVITE, SUBSCRIBE and REFER are record-routed, with lr",
     [] {
         scene x;
         for (const auto* method : {"INVITE", "REFER"}) {
             const auto there = x.delivered(x.ask(method));
             EXPECT_TRUE(there.value(header::record_route).contains(";lr")) << method;
         }
     }},
    {"digest MS-SIPRE 4",
     "rule 10: in a dialog whose connection is gone: 481, and 430 to who can recover",
     [] {
         scene x;
         const auto there = x.delivered(x.ask("MESSAGE"));
         const std::string way(there.uri());
         x.bob.hang_up();
         x.h.run_for(1s);
         auto m = x.gw.request("BYE", way);
         m.set(header::to, "<sip:bob@contoso.test>;tag=1");
         EXPECT_EQ(x.answer_to(m).status(), 481);
         m.set(header::via, "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKagain");
         m.append(header::supported, "ms-dialog-route-set-update");
         const auto r = x.answer_to(m);
         EXPECT_EQ(r.status(), 430);
         EXPECT_FALSE(r.value("P-Dialog-Recovery-Action").empty());
     }},
    {"digest MS-SIPRE 4",
     "rule 12: of all endpoints the first 2xx wins, the others are cancelled",
     [] {
         scene x;
         client second(x.h, "bob", "10.0.2.2");
         second.sign_in();
         x.gw.send(x.ask("INVITE"));
         x.h.run_for(100ms);
         const auto one = x.bob.expect("INVITE");
         const auto two = second.expect("INVITE");
         x.bob.send(x.bob.answer(one, 180));
         second.send(second.answer(two, 180));
         x.h.run_for(100ms);
         x.bob.send(x.bob.answer(one, 200));
         x.h.run_for(100ms);
         EXPECT_TRUE(second.heard().contains("CANCEL"));
     }},
    {"digest MS-SIPRE 4",
     "rule 12: and that CANCEL says why: Reason SIP;cause=200",
     [] {
         scene x;
         client second(x.h, "bob", "10.0.2.2");
         second.sign_in();
         x.gw.send(x.ask("INVITE"));
         x.h.run_for(100ms);
         const auto one = x.bob.expect("INVITE");
         second.send(second.answer(second.expect("INVITE"), 180));
         x.h.run_for(100ms);
         x.bob.send(x.bob.answer(one, 200));
         x.h.run_for(100ms);
         EXPECT_TRUE(second.expect("CANCEL").value(header::reason).contains("cause=200"));
     }},
    {"digest MS-SIPRE 4",
     "rule 15: 100 at once; 180 and 183 go on with the tags of their endpoints",
     [] {
         scene x;
         const auto m = x.ask("INVITE");
         x.gw.send(m);
         EXPECT_EQ(x.gateway_hears(10ms), "100 ");
         x.bob.tag = "endpoint-one";
         x.h.run_for(100ms);
         x.bob.send(x.bob.answer(x.bob.expect("INVITE"), 180));
         x.h.run_for(100ms);
         EXPECT_EQ(x.gw.expect("180").to_tag(), "endpoint-one");
     }},
    {"digest MS-SIPRE 7",
     "a connection that somebody else names is not used",
     [] {
         scene x;
         x.h.add_user("eve");
         client eve(x.h, "eve", "10.0.3.1");
         eve.sign_in();
         x.gw.send(x.ask("MESSAGE"));
         x.h.run_for(100ms);
         const std::string way(x.bob.expect("MESSAGE").uri());
         (void)x.bob.heard();
         eve.send(eve.request("MESSAGE",
                              "sip:eve@contoso.test" + way.substr(way.find(";ms-received-cid"))));
         EXPECT_EQ(x.bob_hears(), "");
         EXPECT_EQ(eve.heard(), "480 ");
     }},
};

TEST(ms_sipre, rows) {
    play(rows);
}

} // namespace
} // namespace lyceum::conformance
