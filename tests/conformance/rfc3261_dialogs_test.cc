// RFC 3261 12: the dialog as either side keeps it, and how the house carries one.
#include "machines/dialog/dialog.h"
#include "protocol/sip/address.h"
#include "protocol/sip/gruu.h"
#include "tests/conformance/rows.h"
#include "tests/conformance/scene.h"

namespace lyceum::conformance {
namespace {

using dialog::dialog_id;

sip::message invite() {
    auto m = sip::message::request("INVITE", "sip:bob@b.test");
    m.append(header::via, "SIP/2.0/UDP a.test;branch=z9hG4bK1");
    m.append(header::from, "Alice <sip:alice@a.test>;tag=a");
    m.append(header::to, "<sip:bob@b.test>");
    m.append(header::call_id, "c");
    m.append(header::cseq, "7 INVITE");
    m.append(header::contact, "<sip:alice@10.0.0.1>");
    return m;
}

sip::message answer(int status = 200) {
    auto m = sip::message::response(status);
    m.append(header::from, "Alice <sip:alice@a.test>;tag=a");
    m.append(header::to, "<sip:bob@b.test>;tag=b");
    m.append(header::call_id, "c");
    m.append(header::cseq, "7 INVITE");
    m.append(header::contact, "<sip:bob@10.0.0.2>");
    return m;
}

sip::message from_peer(std::string_view method, std::string_view cseq) {
    auto m = sip::message::request(method, "sip:alice@10.0.0.1");
    m.append(header::from, "<sip:bob@b.test>;tag=b");
    m.append(header::to, "<sip:alice@a.test>;tag=a");
    m.append(header::call_id, "c");
    m.append(header::cseq, cseq);
    return m;
}

dialog::dialog calling(const sip::message& response = answer()) {
    auto d = dialog::dialog::as_uac(invite(), response, false);
    EXPECT_TRUE(d);
    return *std::move(d);
}

const row rows[] = {
    {"RFC 3261 12",
     "Call-ID, our tag and theirs name a dialog",
     [] { EXPECT_EQ(calling().id(), (dialog_id{"c", "a", "b"})); }},
    {"RFC 3261 12.1.1",
     "who answers takes the route set from Record-Route in its order",
     [] {
         auto asked = invite();
         asked.append(header::record_route, "<sip:p2.test;lr>");
         asked.append(header::record_route, "<sip:p1.test;lr>");
         const auto d = dialog::dialog::as_uas(asked, answer(), false);
         ASSERT_TRUE(d);
         EXPECT_EQ(d->route_set(),
                   (std::vector<std::string>{"<sip:p2.test;lr>", "<sip:p1.test;lr>"}));
         EXPECT_EQ(d->remote_target(), "sip:alice@10.0.0.1");
         EXPECT_EQ(d->remote_cseq(), 7U);
         EXPECT_EQ(d->id(), (dialog_id{"c", "b", "a"}));
     }},
    {"RFC 3261 12.1.2",
     "who asked takes it in reverse",
     [] {
         auto r = answer();
         r.append(header::record_route, "<sip:p2.test;lr>, <sip:p1.test;lr>");
         const auto d = calling(r);
         EXPECT_EQ(d.route_set(),
                   (std::vector<std::string>{"<sip:p1.test;lr>", "<sip:p2.test;lr>"}));
         EXPECT_EQ(d.remote_target(), "sip:bob@10.0.0.2");
         EXPECT_FALSE(d.remote_cseq());
     }},
    {"RFC 3261 12.1.1",
     "a peer of RFC 2543 has no tag: an empty one",
     [] {
         auto asked = invite();
         asked.set(header::from, "Alice <sip:alice@a.test>");
         const auto d = dialog::dialog::as_uas(asked, answer(), false);
         ASSERT_TRUE(d);
         EXPECT_EQ(d->id().remote_tag, "");
     }},
    {"RFC 3261 12.1.2",
     "nor has a callee of RFC 2543: then requests in the dialog have no To tag. 12.2.1.1",
     [] {
         auto r = answer();
         r.set(header::to, "<sip:bob@b.test>");
         auto d = calling(r);
         EXPECT_EQ(d.id().remote_tag, "");
         EXPECT_EQ(d.make_bye().value(header::to), "<sip:bob@b.test>");
     }},
    {"RFC 3261 12.1.1",
     "the 2xx of the house that makes a dialog repeats Record-Route and has a Contact",
     [] {
         scene x;
         x.h.offer("presence", {});
         auto m = x.ask("SUBSCRIBE");
         m.append(header::event, "presence");
         m.append(header::record_route, "<sip:p2.test;lr;x=1>;y");
         m.append(header::record_route, "<sip:p1.test;lr>");
         x.gw.send(m);
         x.h.run_for(100ms);
         const auto r = x.gw.expect("200");
         const auto routes = r.values(header::record_route);
         ASSERT_EQ(routes.size(), 2U);
         EXPECT_EQ(routes[0], "<sip:p2.test;lr;x=1>;y");
         EXPECT_EQ(routes[1], "<sip:p1.test;lr>");
         EXPECT_TRUE(r.has(header::contact));
     }},
    {"RFC 3261 12.1",
     "a provisional answer makes an early dialog, the final one confirms it",
     [] {
         auto d = calling(answer(180));
         EXPECT_EQ(d.phase(), dialog::dialog_phase::early);
         d.confirm(answer());
         EXPECT_EQ(d.phase(), dialog::dialog_phase::confirmed);
     }},
    {"RFC 3261 12.2.1.1",
     "a request within: tags, Call-ID, the next CSeq, the remote target and the routes",
     [] {
         auto r = answer();
         r.append(header::record_route, "<sip:p1.test;lr>");
         auto d = calling(r);
         const auto bye = d.make_bye();
         EXPECT_EQ(bye.uri(), "sip:bob@10.0.0.2");
         EXPECT_EQ(bye.value(header::route), "<sip:p1.test;lr>");
         EXPECT_EQ(bye.from_tag(), "a");
         EXPECT_EQ(bye.to_tag(), "b");
         EXPECT_EQ(bye.call_id(), "c");
         EXPECT_EQ(bye.value(header::cseq), "8 BYE");
     }},
    {"RFC 3261 12.2.1.1",
     "before a strict router the Request-URI is the route, and the target goes last",
     [] {
         auto r = answer();
         r.append(header::record_route, "<sip:p2.test;lr>, <sip:p1.test>");
         auto d = calling(r);
         const auto bye = d.make_bye();
         EXPECT_EQ(bye.uri(), "sip:p1.test");
         const auto routes = bye.values(header::route);
         ASSERT_EQ(routes.size(), 2U);
         EXPECT_EQ(routes[0], "<sip:p2.test;lr>");
         EXPECT_EQ(routes[1], "<sip:bob@10.0.0.2>");
     }},
    {"RFC 3261 12.2.1.2",
     "a 2xx to a target refresh moves the remote target, and not the route set",
     [] {
         auto d = calling();
         auto moved = answer();
         moved.set(header::contact, "<sip:bob@10.0.0.3>");
         moved.append(header::record_route, "<sip:p9.test;lr>");
         d.refresh(moved);
         EXPECT_EQ(d.remote_target(), "sip:bob@10.0.0.3");
         EXPECT_TRUE(d.route_set().empty());
     }},
    {"RFC 3261 12.2.2",
     "a CSeq that falls behind: 500",
     [] {
         auto d = calling();
         EXPECT_FALSE(d.accept(from_peer("INFO", "5 INFO")));
         const auto no = d.accept(from_peer("INFO", "4 INFO"));
         ASSERT_TRUE(no);
         EXPECT_EQ(no->status, 500);
     }},
    {"RFC 3261 12.2.2",
     "a CSeq may leave numbers out",
     [] {
         auto d = calling();
         EXPECT_FALSE(d.accept(from_peer("INFO", "5 INFO")));
         EXPECT_FALSE(d.accept(from_peer("INFO", "9 INFO")));
     }},
    {"RFC 3261 12.2.2",
     "a target refresh of the peer moves the target, another request does not",
     [] {
         auto d = calling();
         auto m = from_peer("INVITE", "5 INVITE");
         m.append(header::contact, "<sip:bob@10.0.0.3>");
         EXPECT_FALSE(d.accept(m));
         d.refresh(m);
         EXPECT_EQ(d.remote_target(), "sip:bob@10.0.0.3");
         EXPECT_TRUE(dialog::is_target_refresh(sip::method::invite));
         EXPECT_FALSE(dialog::is_target_refresh(sip::method::bye));
         EXPECT_FALSE(dialog::is_target_refresh(sip::method::info));
     }},
    {"RFC 3261 12.2.2",
     "a request in a dialog that nobody has any more: 481",
     [] {
         scene x;
         auto m = x.gw.request(
             "BYE",
             sip::make_gruu(*sip::aor::from(x.bob.aor()), sip::instance_id::from_epid("gone")));
         m.set(header::to, "<sip:bob@contoso.test>;tag=gone");
         EXPECT_EQ(x.answer_to(m).status(), 481);
     }},
    {"RFC 3261 13.2.2.4",
     "the 2xx that confirms an early dialog brings its routes; the numbers go on",
     [] {
         auto d = calling(answer(180));
         EXPECT_EQ(d.make_request("UPDATE").value(header::cseq), "8 UPDATE");
         auto r = answer();
         r.append(header::record_route, "<sip:p1.test;lr>");
         d.confirm(r);
         EXPECT_EQ(d.route_set(), (std::vector<std::string>{"<sip:p1.test;lr>"}));
         EXPECT_EQ(d.make_bye().value(header::cseq), "9 BYE");
     }},
    {"RFC 3261 13.2.2.4",
     "the ACK of a 2xx has the INVITE's number and goes to the remote target",
     [] {
         const auto d = calling();
         const auto ack = d.make_ack_for_2xx();
         EXPECT_EQ(ack.value(header::cseq), "7 ACK");
         EXPECT_EQ(ack.uri(), "sip:bob@10.0.0.2");
     }},
};

TEST(rfc3261, dialogs) {
    play(rows);
}

} // namespace
} // namespace lyceum::conformance
