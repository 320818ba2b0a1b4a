// RFC 3261 10, with a plain SIP phone behind a gateway that may register.
#include "protocol/sip/address.h"
#include "tests/conformance/rows.h"
#include "tests/conformance/scene.h"

namespace lyceum::conformance {
namespace {

struct registering : scene {
    registering() { h.add_user("phone"); }

    /// A REGISTER of the phone; every one has the next CSeq.
    sip::message reg(std::initializer_list<std::string_view> contacts) {
        auto m = gw.request("REGISTER", "sip:contoso.test");
        m.set(header::from, "<sip:phone@contoso.test>;tag=1");
        m.set(header::to, "<sip:phone@contoso.test>");
        m.set(header::call_id, "boot@10.0.0.9");
        m.set(header::cseq, std::to_string(++cseq) + " REGISTER");
        m.remove(header::contact);
        for (const auto c : contacts)
            m.append(header::contact, c);
        return m;
    }
    /// What is registered now.
    std::vector<std::string> bindings() {
        const auto r = answer_to(reg({}));
        EXPECT_EQ(r.status(), 200);
        std::vector<std::string> out;
        for (const auto v : r.values(header::contact)) {
            const auto a = sip::parse_address(v);
            out.emplace_back(a ? a->uri : v);
        }
        return out;
    }
    int cseq = 0;
};

using uris = std::vector<std::string>;

std::string expires_of(const sip::message& r) {
    const auto a = sip::parse_address(r.value(header::contact));
    return a ? std::string(a->params.value_or("expires", {})) : "";
}

const row rows[] = {
    {"RFC 3261 10.2",
     "the Request-URI of a REGISTER names a domain, no user",
     [] {
         registering x;
         auto m = x.reg({"<sip:phone@10.0.0.9>"});
         m.set_uri("sip:phone@contoso.test");
         EXPECT_EQ(x.answer_to(m).status(), 400);
     }},
    {"RFC 3261 10.2.1",
     "several contacts in one request",
     [] {
         registering x;
         EXPECT_EQ(x.answer_to(x.reg({"<sip:a@10.0.0.9>, <sip:b@10.0.0.9>", "<sip:c@10.0.0.9>"}))
                       .status(),
                   200);
         EXPECT_EQ(x.bindings(), (uris{"sip:a@10.0.0.9", "sip:b@10.0.0.9", "sip:c@10.0.0.9"}));
     }},
    {"RFC 3261 10.2.1.1",
     "the contact's expires counts before the header",
     [] {
         registering x;
         auto m = x.reg({"<sip:phone@10.0.0.9>;expires=300"});
         m.append(header::expires, "600");
         EXPECT_EQ(expires_of(x.answer_to(m)), "300");
     }},
    {"RFC 3261 10.2.1.1",
     "the header counts for a contact that says nothing",
     [] {
         registering x;
         auto m = x.reg({"<sip:phone@10.0.0.9>"});
         m.append(header::expires, "600");
         EXPECT_EQ(expires_of(x.answer_to(m)), "600");
     }},
    {"RFC 3261 10.2",
     "an interval that is no number counts as an hour",
     [] {
         registering x;
         EXPECT_EQ(expires_of(x.answer_to(x.reg({"<sip:phone@10.0.0.9>;expires=soon"}))), "3600");
     }},
    {"RFC 3261 10.2",
     "To has to be a SIP URI",
     [] {
         registering x;
         auto m = x.reg({"<sip:a@10.0.0.9>"});
         m.set(header::to, "<tel:+15551234>");
         EXPECT_EQ(x.answer_to(m).status(), 400);
     }},
    {"RFC 3261 10.2.2",
     "expires=0 removes that contact alone",
     [] {
         registering x;
         (void)x.answer_to(x.reg({"<sip:a@10.0.0.9>", "<sip:b@10.0.0.9>"}));
         EXPECT_EQ(x.answer_to(x.reg({"<sip:a@10.0.0.9>;expires=0"})).status(), 200);
         EXPECT_EQ(x.bindings(), uris{"sip:b@10.0.0.9"});
     }},
    {"RFC 3261 10.2.2",
     "a star with Expires 0 removes all of them",
     [] {
         registering x;
         (void)x.answer_to(x.reg({"<sip:a@10.0.0.9>", "<sip:b@10.0.0.9>"}));
         auto m = x.reg({"*"});
         m.append(header::expires, "0");
         EXPECT_EQ(x.answer_to(m).status(), 200);
         EXPECT_EQ(x.bindings(), uris{});
     }},
    {"RFC 3261 10.3",
     "step 6: a star without Expires 0, or in company, is 400",
     [] {
         registering x;
         EXPECT_EQ(x.answer_to(x.reg({"*"})).status(), 400);
         auto m = x.reg({"*", "<sip:a@10.0.0.9>"});
         m.append(header::expires, "0");
         EXPECT_EQ(x.answer_to(m).status(), 400);
         EXPECT_EQ(x.bindings(), uris{});
     }},
    {"RFC 3261 10.2.3",
     "without a contact nothing changes, and the answer lists what there is",
     [] {
         registering x;
         (void)x.answer_to(x.reg({"<sip:a@10.0.0.9>"}));
         EXPECT_EQ(x.bindings(), uris{"sip:a@10.0.0.9"});
         EXPECT_EQ(x.bindings(), uris{"sip:a@10.0.0.9"});
     }},
    {"RFC 3261 10.3",
     "Record-Route means nothing here, and no answer has it",
     [] {
         registering x;
         auto m = x.reg({"<sip:a@10.0.0.9>"});
         m.append(header::record_route, "<sip:before.test;lr>");
         const auto r = x.answer_to(m);
         EXPECT_EQ(r.status(), 200);
         EXPECT_FALSE(r.has(header::record_route));
     }},
    {"RFC 3261 10.3",
     "step 1: a domain that is not ours goes elsewhere, or nowhere",
     [] {
         registering x;
         auto m = x.reg({"<sip:a@10.0.0.9>"});
         m.set_uri("sip:elsewhere.test");
         EXPECT_NE(x.answer_to(m).status(), 200);
         EXPECT_EQ(x.bindings(), uris{});
     }},
    {"RFC 3261 10.3",
     "step 2: an extension that is required and not known: 420",
     [] {
         registering x;
         auto m = x.reg({"<sip:a@10.0.0.9>"});
         m.append(header::require, "unheard-of");
         EXPECT_EQ(x.answer_to(m).status(), 420);
         EXPECT_EQ(x.bindings(), uris{});
     }},
    {"RFC 3261 10.3",
     "step 4: who may not change that address of record: 403",
     [] {
         scene x;
         gateway poor(x.h, "10.0.0.10", false);
         auto m = poor.request("REGISTER", "sip:contoso.test");
         m.set(header::to, "<sip:bob@contoso.test>");
         poor.send(m);
         x.h.run_for(100ms);
         EXPECT_EQ(poor.heard(), "403 ");
     }},
    {"RFC 3261 10.3",
     "step 5: an address of record that is not here: 404",
     [] {
         registering x;
         auto m = x.reg({"<sip:a@10.0.0.9>"});
         m.set(header::to, "<sip:nobody@contoso.test>");
         m.set(header::from, "<sip:nobody@contoso.test>;tag=1");
         EXPECT_EQ(x.answer_to(m).status(), 404);
     }},
    {"RFC 3261 10.3",
     "step 5: escapes in the address of record are undone",
     [] {
         registering x;
         auto m = x.reg({"<sip:a@10.0.0.9>"});
         m.set(header::to, "<sip:ph%6fne@contoso.test>");
         EXPECT_EQ(x.answer_to(m).status(), 200);
         EXPECT_EQ(x.bindings(), uris{"sip:a@10.0.0.9"});
     }},
    {"RFC 3261 10.3",
     "step 5: parameters of the address of record do not count",
     [] {
         registering x;
         auto m = x.reg({"<sip:a@10.0.0.9>"});
         m.set(header::to, "<sip:phone@contoso.test;user=phone>");
         EXPECT_EQ(x.answer_to(m).status(), 200);
         EXPECT_EQ(x.bindings(), uris{"sip:a@10.0.0.9"});
     }},
    {"RFC 3261 10.3",
     "step 7: an interval that is too brief: 423 with Min-Expires, and nothing is changed",
     [] {
         registering x;
         const auto r = x.answer_to(x.reg({"<sip:a@10.0.0.9>;expires=5"}));
         EXPECT_EQ(r.status(), 423);
         EXPECT_EQ(r.value(header::min_expires), "60");
         EXPECT_EQ(x.bindings(), uris{});
     }},
    {"RFC 3261 10.3",
     "step 7: all or nothing",
     [] {
         registering x;
         EXPECT_EQ(x.answer_to(x.reg({"<sip:a@10.0.0.9>", "<mailto:a@10.0.0.9>"})).status() / 100,
                   4);
         EXPECT_EQ(x.bindings(), uris{});
     }},
    {"RFC 3261 10.3",
     "step 7: all or nothing, also when one interval is too brief",
     [] {
         registering x;
         EXPECT_EQ(x.answer_to(x.reg({"<sip:a@10.0.0.9>", "<sip:b@10.0.0.9>;expires=5"})).status(),
                   423);
         EXPECT_EQ(x.bindings(), uris{});
     }},
    {"RFC 3261 10.3",
     "step 7: a registrar may grant less than was asked for, and says so",
     [] {
         registering x;
         EXPECT_EQ(expires_of(x.answer_to(x.reg({"<sip:a@10.0.0.9>;expires=999999"}))), "7200");
     }},
    {"RFC 3261 10.3",
     "step 7: but never more, also to a phone that has a +sip.instance (RFC 5626)",
     [] {
         registering x;
         EXPECT_EQ(
             expires_of(x.answer_to(x.reg({"<sip:a@10.0.0.9>;expires=600;+sip.instance=\"<urn:uuid:"
                                           "bed47a4a-b17e-5a44-d397-0dba41195890>\""}))),
             "600");
     }},
    {"RFC 3261 10.3",
     "step 7: the same Call-ID with a CSeq that is not higher changes nothing",
     [] {
         registering x;
         (void)x.answer_to(x.reg({"<sip:a@10.0.0.9>"}));
         x.h.run_for(40s); // longer than timer J: until then it is a merged request, 8.2.2.2
         x.cseq = 0;
         auto m = x.reg({"<sip:a@10.0.0.9>;expires=600"});
         m.set(header::via, "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKlate");
         EXPECT_EQ(x.answer_to(m).status(), 500);
     }},
    {"RFC 3261 10.3",
     "step 7: an unregistration that is out of order changes nothing either",
     [] {
         registering x;
         x.cseq = 5;
         (void)x.answer_to(x.reg({"<sip:a@10.0.0.9>"}));
         x.cseq = 2;
         auto m = x.reg({"<sip:a@10.0.0.9>;expires=0"});
         m.set(header::via, "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKlate");
         EXPECT_EQ(x.answer_to(m).status(), 500);
         x.cseq = 10;
         EXPECT_EQ(x.bindings(), uris{"sip:a@10.0.0.9"});
     }},
    {"RFC 3261 10.3",
     "step 7: another Call-ID counts anew: its CSeq may be lower",
     [] {
         registering x;
         x.cseq = 5;
         (void)x.answer_to(x.reg({"<sip:a@10.0.0.9>"}));
         x.cseq = 0;
         auto m = x.reg({"<sip:a@10.0.0.9>;expires=600"});
         m.set(header::call_id, "next-boot@10.0.0.9");
         EXPECT_EQ(expires_of(x.answer_to(m)), "600");
     }},
    {"RFC 3261 10.3",
     "step 7: contacts are compared as URIs, not as text",
     [] {
         registering x;
         (void)x.answer_to(x.reg({"<sip:a@Phones.Test;transport=udp>"}));
         (void)x.answer_to(x.reg({"<sip:%61@phones.test;Transport=UDP>"}));
         EXPECT_EQ(x.bindings().size(), 1U);
     }},
    {"RFC 3261 10.3",
     "step 8: the answer lists every contact with the time it has left",
     [] {
         registering x;
         (void)x.answer_to(x.reg({"<sip:a@10.0.0.9>;expires=600"}));
         x.h.run_for(100s);
         const auto r = x.answer_to(x.reg({}));
         const auto left = expires_of(r);
         EXPECT_TRUE(left == "499" || left == "500") << left;
     }},
    {"RFC 3261 10.3",
     "step 8: the answer should have a Date",
     [] {
         registering x;
         EXPECT_TRUE(x.answer_to(x.reg({"<sip:a@10.0.0.9>"})).has(header::date));
     }},
    {"RFC 3261 10.3",
     "a binding ends when its time is over",
     [] {
         registering x;
         (void)x.answer_to(x.reg({"<sip:a@10.0.0.9>;expires=60"}));
         x.h.run_for(61s);
         EXPECT_EQ(x.bindings(), uris{});
         EXPECT_EQ(x.answer_to(x.gw.request("MESSAGE", "sip:phone@contoso.test")).status(), 480);
     }},
    {"RFC 3261 10.2.4",
     "a refresh prolongs one binding and makes no second one",
     [] {
         registering x;
         (void)x.answer_to(x.reg({"<sip:a@10.0.0.9>;expires=60"}));
         x.h.run_for(50s);
         (void)x.answer_to(x.reg({"<sip:a@10.0.0.9>;expires=60"}));
         x.h.run_for(50s);
         EXPECT_EQ(x.bindings(), uris{"sip:a@10.0.0.9"});
     }},
    {"RFC 3261 10.2.1.2",
     "preferences between contacts: the higher q is asked first",
     [] {
         registering x;
         (void)x.answer_to(x.reg({"<sip:low@10.0.0.9>;q=0.2", "<sip:high@10.0.0.9>;q=0.9"}));
         x.bob.send(x.bob.request("MESSAGE", "sip:phone@contoso.test"));
         x.h.run_for(100ms);
         EXPECT_EQ(x.gw.heard(), "MESSAGE ");
         EXPECT_EQ(x.gw.expect("MESSAGE").uri(), "sip:high@10.0.0.9");
     }},
};

TEST(rfc3261, registrar) {
    play(rows);
}

} // namespace
} // namespace lyceum::conformance
