#include "machines/dialog/dialog.h"

#include <gtest/gtest.h>

namespace lyceum::dialog {
namespace {

using sip::header;

sip::message invite() {
    auto m = sip::message::request("INVITE", "sip:bob@contoso.test");
    m.append(header::via, "SIP/2.0/TLS 192.0.2.1:5061;branch=z9hG4bK1");
    m.append(header::from, "\"Alice\" <sip:alice@contoso.test>;tag=a1;epid=0123456789");
    m.append(header::to, "<sip:bob@contoso.test>;epid=abcdef0123");
    m.append(header::call_id, "c1");
    m.append(header::cseq, "7 INVITE");
    m.append(header::contact, "<sip:alice@contoso.test;opaque=user:epid:xyz;gruu>;text");
    return m;
}

sip::message ok(int status = 200) {
    auto m = sip::message::response(status);
    m.append(header::from, "\"Alice\" <sip:alice@contoso.test>;tag=a1;epid=0123456789");
    m.append(header::to, "<sip:bob@contoso.test>;epid=abcdef0123;tag=b1");
    m.append(header::call_id, "c1");
    m.append(header::cseq, "7 INVITE");
    m.append(header::contact, "<sip:bob@contoso.test;opaque=user:epid:uvw;gruu>");
    return m;
}

dialog made(parsed<dialog> d) {
    EXPECT_TRUE(d.has_value());
    return *std::move(d);
}

using routes = std::vector<std::string_view>;

// RFC 3261 12.1.1, sentence by sentence.
TEST(dialog, of_the_side_that_answers) {
    auto request = invite();
    request.append(
        header::record_route,
        "<sip:p2.contoso.test;lr;opaque=state:F>;ms-rrsig=1;tag=2, <sip:p1.contoso.test;lr>");
    request.append(header::record_route, "<sip:p0.contoso.test>");
    auto d = made(dialog::as_uas(request, ok(), true));
    EXPECT_EQ(d.id(), (dialog_id{"c1", "b1", "a1"}));
    EXPECT_EQ(d.phase(), dialog_phase::confirmed);
    EXPECT_EQ(d.local_party(), "<sip:bob@contoso.test>;epid=abcdef0123;tag=b1");
    EXPECT_EQ(d.remote_party(), "\"Alice\" <sip:alice@contoso.test>;tag=a1;epid=0123456789");
    EXPECT_EQ(d.remote_target(), "sip:alice@contoso.test;opaque=user:epid:xyz;gruu");
    EXPECT_EQ(d.route_set(),
              (std::vector<std::string>{"<sip:p2.contoso.test;lr;opaque=state:F>;ms-rrsig=1;tag=2",
                                        "<sip:p1.contoso.test;lr>",
                                        "<sip:p0.contoso.test>"}));
    EXPECT_EQ(d.remote_cseq(), 7U);
    EXPECT_EQ(d.local_cseq(), 0U);
    EXPECT_FALSE(d.is_secure());
}

// A comma too many is no hop: else our requests would bear an empty Route.
TEST(dialog, empty_record_routes_are_no_hops) {
    auto request = invite();
    request.append(header::record_route, "<sip:p2.contoso.test;lr>,, <sip:p1.contoso.test;lr>, ");
    EXPECT_EQ(made(dialog::as_uas(request, ok(), true)).route_set().size(), 2U);
    auto response = ok();
    response.append(header::record_route, ", <sip:p2.contoso.test;lr>,");
    EXPECT_EQ(made(dialog::as_uac(invite(), response, true)).route_set().size(), 1U);
}

// With quotes left open a value says something else in a line of its own.
TEST(dialog, needs_record_routes_that_can_be_read) {
    for (const auto* unread : {R"(<sip:p1.contoso.test;lr>, <sip:"p2>, <sip:p3>;x=\")",
                               R"(<sip:p1.contoso.test;lr>;x="open)",
                               "<sip:p1.contoso.test;lr>, *",
                               "<p1.contoso.test>"}) {
        SCOPED_TRACE(unread);
        auto request = invite();
        request.append(header::record_route, unread);
        EXPECT_FALSE(dialog::as_uas(request, ok(), true));
        EXPECT_FALSE(dialog::as_uac(request, ok(), true));
        auto response = ok();
        response.append(header::record_route, unread);
        EXPECT_FALSE(dialog::as_uac(invite(), response, true));

        auto ringing = ok(180);
        ringing.append(header::record_route, "<sip:p1.contoso.test;lr>");
        auto early = made(dialog::as_uac(invite(), ringing, true));
        early.confirm(response);
        EXPECT_EQ(early.route_set(), (std::vector<std::string>{"<sip:p1.contoso.test;lr>"}));
    }
}

// RFC 3261 12.1.2
TEST(dialog, of_the_side_that_asked) {
    auto response = ok();
    response.append(header::record_route, "<sip:p2.contoso.test;lr>, <sip:p1.contoso.test;lr;x=1>");
    auto d = made(dialog::as_uac(invite(), response, true));
    EXPECT_EQ(d.id(), (dialog_id{"c1", "a1", "b1"}));
    EXPECT_EQ(d.local_party(), "\"Alice\" <sip:alice@contoso.test>;tag=a1;epid=0123456789");
    EXPECT_EQ(d.remote_party(), "<sip:bob@contoso.test>;epid=abcdef0123;tag=b1");
    EXPECT_EQ(d.remote_target(), "sip:bob@contoso.test;opaque=user:epid:uvw;gruu");
    EXPECT_EQ(
        d.route_set(),
        (std::vector<std::string>{"<sip:p1.contoso.test;lr;x=1>", "<sip:p2.contoso.test;lr>"}));
    EXPECT_EQ(d.local_cseq(), 7U);
    EXPECT_EQ(d.remote_cseq(), std::nullopt);
}

// A proxy that ends a branch on its own sends ACK and BYE downstream only.
TEST(dialog, of_a_proxy_in_the_middle_leaves_out_what_lies_behind_it) {
    auto request = invite(); // as forwarded: ours on top of the one before us
    request.append(header::record_route, "<sip:us.contoso.test;lr>, <sip:before.contoso.test;lr>");
    auto response = ok();
    response.append(header::record_route,
                    "<sip:last.contoso.test;lr>, <sip:next.contoso.test;lr>, "
                    "<sip:us.contoso.test;lr>, <sip:before.contoso.test;lr>");
    auto d = made(dialog::as_uac(request, response, false));
    EXPECT_EQ(d.make_ack_for_2xx().values(header::route),
              (routes{"<sip:next.contoso.test;lr>", "<sip:last.contoso.test;lr>"}));

    auto stripped = ok(); // the callee lost them all
    EXPECT_TRUE(made(dialog::as_uac(request, stripped, false)).route_set().empty());
}

TEST(dialog, secure_flag_needs_tls_and_a_sips_uri) {
    for (const bool tls : {false, true}) {
        for (const auto* uri : {"sip:bob@contoso.test", "sips:bob@contoso.test"}) {
            auto request = invite();
            request.set_uri(uri);
            const bool both = tls && std::string_view(uri).starts_with("sips");
            EXPECT_EQ(made(dialog::as_uas(request, ok(), tls)).is_secure(), both);
            EXPECT_EQ(made(dialog::as_uac(request, ok(), tls)).is_secure(), both);
        }
    }
}

TEST(dialog, is_refused_without_what_it_needs) {
    auto no_contact = invite();
    no_contact.remove(header::contact);
    EXPECT_FALSE(dialog::as_uas(no_contact, ok(), true));
    auto star = invite();
    star.set(header::contact, "*");
    EXPECT_FALSE(dialog::as_uas(star, ok(), true));
    auto bad_contact = ok();
    bad_contact.set(header::contact, "<sip:>");
    EXPECT_FALSE(dialog::as_uac(invite(), bad_contact, true));
    auto no_cseq = invite();
    no_cseq.remove(header::cseq);
    EXPECT_FALSE(dialog::as_uas(no_cseq, ok(), true));
    EXPECT_FALSE(dialog::as_uac(no_cseq, ok(), true));
    auto no_call_id = invite();
    no_call_id.remove(header::call_id);
    EXPECT_FALSE(dialog::as_uas(no_call_id, ok(), true));
    EXPECT_FALSE(dialog::as_uac(no_call_id, ok(), true));
    auto no_tag = ok();
    no_tag.set(header::to, "<sip:bob@contoso.test>");
    EXPECT_FALSE(dialog::as_uas(invite(), no_tag, true))
        << "12.1.1: the response always includes a tag";
    for (const int status : {100, 300, 486}) {
        EXPECT_FALSE(dialog::as_uas(invite(), ok(status), true)) << status;
        EXPECT_FALSE(dialog::as_uac(invite(), ok(status), true)) << status;
    }
}

// RFC 3261 12.1.1, 12.1.2: a missing tag has the value null; 12.2.1.1: the parameter is omitted
// then.
TEST(dialog, with_a_peer_of_rfc_2543) {
    auto request = invite();
    request.set(header::from, "sip:alice@contoso.test");
    auto d = made(dialog::as_uas(request, ok(), true));
    EXPECT_EQ(d.id().remote_tag, "");
    EXPECT_EQ(d.make_bye().value(header::to), "sip:alice@contoso.test");

    auto response = ok();
    response.set(header::to, "<sip:bob@contoso.test>");
    auto ours = made(dialog::as_uac(invite(), response, true));
    EXPECT_EQ(ours.id().remote_tag, "");
    EXPECT_EQ(ours.make_bye().to_tag(), "");
}

TEST(dialog, request_within) {
    auto d = made(dialog::as_uas(invite(), ok(), true));
    const auto m = d.make_request("MESSAGE");
    EXPECT_EQ(m.method_name(), "MESSAGE");
    EXPECT_EQ(m.uri(), "sip:alice@contoso.test;opaque=user:epid:xyz;gruu")
        << "empty route set: the remote target";
    EXPECT_FALSE(m.has(header::route));
    EXPECT_EQ(m.value(header::from), d.local_party());
    EXPECT_EQ(m.value(header::to), d.remote_party()) << "with the peer's epid";
    EXPECT_EQ(m.call_id(), "c1");
    EXPECT_EQ(m.value(header::cseq), "1 MESSAGE");
    EXPECT_EQ(m.value(header::max_forwards), "70");
    EXPECT_EQ(d.make_request("INFO").value(header::cseq), "2 INFO") << "increasing by one";
    EXPECT_EQ(d.take_cseq(), 3U);
    EXPECT_EQ(d.make_bye().value(header::cseq), "4 BYE");
    EXPECT_EQ(d.local_cseq(), 4U);
}

TEST(dialog, routes_of_a_request) {
    const struct {
        const char* rule;
        const char* record_route;
        const char* uri;
        routes route;
    } rows[] = {
        {"12.2.1.1: first has lr: all in order",
         "<sip:p1;lr>,<sip:p2>",
         "sip:user@remoteua",
         {"<sip:p1;lr>", "<sip:p2>"}},
        {"12.2.1.1, its example: strict router first",
         "<sip:proxy1>,<sip:proxy2>,<sip:proxy3;lr>,<sip:proxy4>",
         "sip:proxy1",
         {"<sip:proxy2>", "<sip:proxy3;lr>", "<sip:proxy4>", "<sip:user@remoteua>"}},
        {"12.2.1.1: only a strict router",
         "<sip:proxy1;transport=tcp>",
         "sip:proxy1;transport=tcp",
         {"<sip:user@remoteua>"}},
        {"19.1.1 table 1: no method and no headers in a Request-URI",
         "<sip:proxy1;method=INVITE;transport=tcp?subject=x>",
         "sip:proxy1;transport=tcp",
         {"<sip:user@remoteua>"}},
        {"digest MS-SIPRE 3.6: OCS 2007 wrote routes without lr",
         "<sip:server:5061;transport=tls;opaque=state:F:Ci.R2>;ms-rrsig=1;tag=2",
         "sip:server:5061;transport=tls;opaque=state:F:Ci.R2",
         {"<sip:user@remoteua>"}},
        {"digest MS-SIPRE 3.6: later ones with it",
         "<sip:pool:5061;transport=tls;ms-fe=fe.dom;opaque=state:F:T:Eu:Ci.R37abe00;lr;ms-route-"
         "sig=x>",
         "sip:user@remoteua",
         {"<sip:pool:5061;transport=tls;ms-fe=fe.dom;opaque=state:F:T:Eu:Ci.R37abe00;lr;ms-route-"
          "sig=x>"}},
    };
    for (const auto& r : rows) {
        SCOPED_TRACE(r.rule);
        auto request = invite();
        request.set(header::contact, "<sip:user@remoteua>");
        request.append(header::record_route, r.record_route);
        auto d = made(dialog::as_uas(request, ok(), true));
        const auto m = d.make_request("INFO");
        EXPECT_EQ(m.uri(), r.uri);
        EXPECT_EQ(m.values(header::route), r.route);
    }
}

// RFC 3261 13.2.2.4: the number of the INVITE; the method is ACK.
TEST(dialog, acknowledges) {
    auto d = made(dialog::as_uac(invite(), ok(), true));
    EXPECT_EQ(d.make_ack_for_2xx().value(header::cseq), "7 ACK");
    EXPECT_EQ(d.make_ack_for_2xx().uri(), "sip:bob@contoso.test;opaque=user:epid:uvw;gruu");
    EXPECT_EQ(d.make_request("MESSAGE").value(header::cseq), "8 MESSAGE");
    EXPECT_EQ(d.make_ack_for_2xx().value(header::cseq), "7 ACK") << "a 2xx that comes again";
    EXPECT_EQ(d.make_request("INVITE").value(header::cseq), "9 INVITE");
    EXPECT_EQ(d.make_request("INFO").value(header::cseq), "10 INFO");
    EXPECT_EQ(d.make_ack_for_2xx().value(header::cseq), "9 ACK");
}

TEST(dialog, order_of_what_comes_in) {
    const struct {
        const char* rule;
        const char* method;
        const char* cseq;
        int status; ///< 0: accepted
        std::uint32_t then;
    } rows[] = {
        {"12.2.2: greater is in order", "MESSAGE", "8 MESSAGE", 0, 8},
        {"12.2.2: more than one higher is no error", "INFO", "20 INFO", 0, 20},
        {"12.2.2: lower: 500", "INFO", "6 INFO", 500, 7},
        {"12.2.2 does not refuse an equal one", "INFO", "7 INFO", 0, 7},
        {"12.2.1.1: ACK has the number of the INVITE", "ACK", "1 ACK", 0, 7},
        {"12.2.1.1: CANCEL too", "CANCEL", "1 CANCEL", 0, 7},
        {"no number", "INFO", "x INFO", 400, 7},
        {"no CSeq", "INFO", "", 400, 7},
    };
    for (const auto& r : rows) {
        SCOPED_TRACE(r.rule);
        auto d = made(dialog::as_uas(invite(), ok(), true));
        auto m = sip::message::request(r.method, "sip:bob@contoso.test");
        if (*r.cseq != '\0') m.append(header::cseq, r.cseq);
        const auto no = d.accept(m);
        EXPECT_EQ(no ? no->status : 0, r.status);
        EXPECT_EQ(d.remote_cseq(), r.then);
    }
    auto d = made(dialog::as_uac(invite(), ok(), true));
    auto m = sip::message::request("INFO", "sip:alice@contoso.test");
    m.append(header::cseq, "3 INFO");
    EXPECT_FALSE(d.accept(m));
    EXPECT_EQ(d.remote_cseq(), 3U) << "12.2.2: if empty, it is set";
}

TEST(dialog, remote_target_moves) {
    auto d = made(dialog::as_uas(invite(), ok(), true));
    auto m = sip::message::request("INVITE", "sip:bob@contoso.test");
    m.append(header::record_route, "<sip:new.contoso.test;lr>");
    d.refresh(m);
    EXPECT_EQ(d.remote_target(), "sip:alice@contoso.test;opaque=user:epid:xyz;gruu")
        << "12.2.2: if present";
    m.append(header::contact, "<sip:alice@192.0.2.9:5061>;proxy=replace");
    d.refresh(m);
    EXPECT_EQ(d.remote_target(), "sip:alice@192.0.2.9:5061");
    EXPECT_TRUE(d.route_set().empty()) << "12.2: the route set is not modified";
    m.set(header::contact, "<nonsense");
    d.refresh(m);
    EXPECT_EQ(d.remote_target(), "sip:alice@192.0.2.9:5061");
}

TEST(dialog, target_refresh_requests) {
    for (const auto* m : {"INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY", "BENOTIFY", "REFER"})
        EXPECT_TRUE(is_target_refresh(sip::method_of(m))) << m;
    for (const auto* m : {"ACK", "BYE", "CANCEL", "INFO", "MESSAGE", "OPTIONS", "PRACK", "FOO"})
        EXPECT_FALSE(is_target_refresh(sip::method_of(m))) << m;
}

// RFC 3261 13.2.2.4: the route set is recomputed, the sequence numbers are not.
TEST(dialog, early_becomes_confirmed) {
    auto d = made(dialog::as_uac(invite(), ok(183), true));
    EXPECT_EQ(d.phase(), dialog_phase::early);
    EXPECT_EQ(d.make_request("PRACK").value(header::cseq), "8 PRACK");
    auto response = ok();
    response.set(header::contact, "<sip:bob@192.0.2.8>");
    response.append(header::record_route, "<sip:p2.contoso.test;lr>, <sip:p1.contoso.test;lr>");
    d.confirm(response);
    EXPECT_EQ(d.phase(), dialog_phase::confirmed);
    EXPECT_EQ(d.route_set(),
              (std::vector<std::string>{"<sip:p1.contoso.test;lr>", "<sip:p2.contoso.test;lr>"}));
    EXPECT_EQ(d.remote_target(), "sip:bob@192.0.2.8")
        << "12.2.1.2: a 2xx to a target refresh request";
    EXPECT_EQ(d.local_cseq(), 8U);
    EXPECT_EQ(d.make_ack_for_2xx().value(header::cseq), "7 ACK");
    d.confirm(ok());
    EXPECT_EQ(d.route_set().size(), 2U) << "once";

    auto theirs = invite();
    theirs.append(header::record_route, "<sip:p1.contoso.test;lr>");
    auto s = made(dialog::as_uas(theirs, ok(180), true));
    EXPECT_EQ(s.phase(), dialog_phase::early);
    s.confirm(ok());
    EXPECT_EQ(s.phase(), dialog_phase::confirmed);
    EXPECT_EQ(s.route_set().size(), 1U) << "the side that answers has its routes from the request";
    EXPECT_EQ(s.remote_target(), "sip:alice@contoso.test;opaque=user:epid:xyz;gruu");
}

TEST(dialog, ids_of_messages_find_it) {
    const auto d = made(dialog::as_uas(invite(), ok(), true));
    auto m = sip::message::request("BYE", "sip:bob@contoso.test");
    m.append(header::from, d.remote_party());
    m.append(header::to, d.local_party());
    m.append(header::call_id, "c1");
    EXPECT_EQ(id_of_received(m), d.id());
    EXPECT_EQ(dialog_id_hash{}(id_of_received(m)), dialog_id_hash{}(d.id()));
    EXPECT_NE(dialog_id_hash{}(id_of_answered(ok())), dialog_id_hash{}(d.id()))
        << "the other side's";
    EXPECT_EQ(id_of_answered(ok()), made(dialog::as_uac(invite(), ok(), true)).id());
}

} // namespace
} // namespace lyceum::dialog
