// RFC 6665, and what it kept of RFC 3265: subscriptions on the notifier's side.
#include "machines/dialog/dialog.h"
#include "machines/subscription/notifier.h"
#include "protocol/sip/gruu.h"
#include "protocol/sip/respond.h"
#include "tests/conformance/rows.h"
#include "tests/conformance/scene.h"

namespace lyceum::conformance {
namespace {

namespace sub = subscription;
constexpr instant t0{};
constexpr sub::document state{"text/plain", "state"};

/// A subscriber of RFC 3265, without any of Microsoft's extensions.
sip::message subscribe(std::string_view expires, unsigned cseq = 1, bool in_dialog = false) {
    auto m = sip::message::request("SUBSCRIBE", "sip:alice@contoso.test");
    m.append(header::via, "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1");
    m.append(header::from, "<sip:watcher@contoso.test>;tag=w");
    m.append(header::to, std::string("<sip:alice@contoso.test>") + (in_dialog ? ";tag=n" : ""));
    m.append(header::call_id, "c");
    m.append(header::cseq, std::to_string(cseq) + " SUBSCRIBE");
    m.append(header::contact, "<sip:watcher@10.0.0.9>");
    m.append(header::event, "presence;id=7");
    if (!expires.empty()) m.append(header::expires, expires);
    return m;
}

struct opened {
    explicit opened(std::string_view expires, const sub::settings& s = plain()) {
        const auto m = subscribe(expires);
        response = sip::make_response(m, 200, {}, "n");
        auto n = sub::notifier::accept(m, response, state, s, false, t0);
        if (n) {
            it = *std::move(n);
        } else {
            refused = n.error().status;
        }
    }
    static sub::settings plain() {
        sub::settings s;
        s.refuse_short = true;
        return s;
    }
    /// A SUBSCRIBE within the dialog: what is refused, or 200.
    int refresh(std::string_view expires, unsigned cseq, instant now) {
        const auto m = subscribe(expires, cseq, true);
        response = sip::make_response(m, 200, {}, "n");
        const auto no = it->refresh(m, response, state, now);
        return no ? no->status : 200;
    }
    std::optional<sub::notifier> it;
    sip::message response;
    int refused = 0;
};

const row rows[] = {
    {"RFC 6665 4.2.1.1",
     "an event that nobody here knows: 489",
     [] {
         scene x;
         auto m = x.ask("SUBSCRIBE");
         m.append(header::event, "unheard-of");
         EXPECT_EQ(x.answer_to(m).status(), 489);
     }},
    {"RFC 3265 7.2",
     "the 489 says in Allow-Events what is known",
     [] {
         scene x;
         x.h.offer("presence", {});
         auto m = x.ask("SUBSCRIBE");
         m.append(header::event, "unheard-of");
         EXPECT_TRUE(x.answer_to(m).lists(header::allow_events, "presence"));
     }},
    {"RFC 6665 4.2.3",
     "a SUBSCRIBE without Event: 489",
     [] {
         scene x;
         EXPECT_EQ(x.answer_to(x.ask("SUBSCRIBE")).status(), 489);
     }},
    {"RFC 6665 4.2.1.1",
     "the 200 says how long: never longer than asked",
     [] {
         opened x("3600");
         ASSERT_TRUE(x.it);
         EXPECT_EQ(x.response.value(header::expires), "3600");
         opened y("999999");
         EXPECT_EQ(y.response.value(header::expires), "43200");
     }},
    {"RFC 6665 4.2.1.1",
     "too short an interval: 423; an hour is never too short, nor is 0",
     [] {
         auto strict = opened::plain();
         strict.shortest = 2h;
         EXPECT_EQ(opened("5", strict).refused, 423);
         EXPECT_EQ(opened("3599", strict).refused, 423);
         EXPECT_EQ(opened("3600", strict).refused, 0);
         EXPECT_EQ(opened("0", strict).refused, 0);
     }},
    {"RFC 6665 4.2.1.4",
     "so it is for a refresh",
     [] {
         opened x("3600");
         EXPECT_EQ(x.refresh("5", 2, t0), 423);
         EXPECT_FALSE(x.it->is_over());
     }},
    {"RFC 6665 4.2.1.1",
     "the 200 is followed by a NOTIFY in the dialog that it made",
     [] {
         scene x;
         x.h.offer("presence", {});
         auto m = x.ask("SUBSCRIBE");
         m.append(header::event, "presence");
         x.gw.send(m);
         EXPECT_EQ(x.gateway_hears(), "200 NOTIFY ");
         const auto ok = x.gw.expect("200");
         const auto n = x.gw.expect("NOTIFY");
         EXPECT_EQ(n.call_id(), ok.call_id());
         EXPECT_EQ(n.from_tag(), ok.to_tag());
         EXPECT_EQ(n.to_tag(), ok.from_tag());
         EXPECT_EQ(n.value(header::event), "presence");
         EXPECT_TRUE(n.value(header::subscription_state).starts_with("active;expires="));
     }},
    {"RFC 6665 4.2.1.2",
     "after the 200 a NOTIFY follows at once",
     [] {
         opened x("3600");
         ASSERT_TRUE(x.it);
         EXPECT_TRUE(x.it->owes_notification());
     }},
    {"RFC 6665 4.2.2",
     "a NOTIFY is in the dialog, has Event with its id, Subscription-State and a Content-Type",
     [] {
         opened x("3600");
         const auto m = x.it->notify(state, t0 + 100s);
         EXPECT_EQ(m.method_name(), "NOTIFY");
         EXPECT_EQ(m.uri(), "sip:watcher@10.0.0.9");
         EXPECT_EQ(m.call_id(), "c");
         EXPECT_EQ(m.from_tag(), "n");
         EXPECT_EQ(m.to_tag(), "w");
         EXPECT_EQ(m.value(header::event), "presence;id=7");
         EXPECT_EQ(m.value(header::subscription_state), "active;expires=3500");
         EXPECT_EQ(m.value(header::content_type), "text/plain");
     }},
    {"RFC 6665 4.2.2",
     "each NOTIFY has the next CSeq",
     [] {
         opened x("3600");
         const auto one = x.it->notify(state, t0).cseq_number();
         EXPECT_EQ(x.it->notify(state, t0).cseq_number(), one + 1);
     }},
    {"RFC 6665 4.2.1.4",
     "a refresh in the dialog counts from now",
     [] {
         opened x("3600");
         EXPECT_EQ(x.refresh("3600", 2, t0 + 3000s), 200);
         EXPECT_EQ(x.it->deadline(), t0 + 6600s);
     }},
    {"RFC 6665 4.2.1.2",
     "a refresh is answered with the state, too",
     [] {
         opened x("3600");
         (void)x.it->notify(state, t0);
         EXPECT_FALSE(x.it->owes_notification());
         EXPECT_EQ(x.refresh("3600", 2, t0 + 10s), 200);
         EXPECT_TRUE(x.it->owes_notification());
     }},
    {"RFC 3261 12.2.2",
     "a refresh that is out of order: 500",
     [] {
         opened x("3600");
         EXPECT_EQ(x.refresh("3600", 5, t0), 200);
         EXPECT_EQ(x.refresh("3600", 4, t0), 500);
     }},
    {"RFC 6665 4.2.1.4",
     "Expires 0 ends it, with one last NOTIFY: terminated, reason timeout",
     [] {
         opened x("3600");
         EXPECT_EQ(x.refresh("0", 2, t0 + 10s), 200);
         const auto last = x.it->notify(state, t0 + 10s);
         EXPECT_EQ(last.value(header::subscription_state), "terminated;reason=timeout");
         EXPECT_TRUE(x.it->is_over());
     }},
    {"RFC 6665 4.4.3",
     "a fetch: Expires 0 from the start brings the state once: terminated, reason timeout",
     [] {
         opened x("0");
         ASSERT_TRUE(x.it);
         const auto only = x.it->notify(state, t0);
         EXPECT_EQ(only.body(), "state");
         EXPECT_EQ(only.value(header::subscription_state), "terminated;reason=timeout");
         EXPECT_TRUE(x.it->is_over());
     }},
    {"RFC 6665 4.2.1.4",
     "when the time runs out: a NOTIFY, terminated, reason timeout",
     [] {
         opened x("3600");
         EXPECT_FALSE(x.it->tick(t0 + 3599s));
         const auto last = x.it->tick(t0 + 3600s);
         ASSERT_TRUE(last);
         EXPECT_EQ(last->value(header::subscription_state), "terminated;reason=timeout");
         EXPECT_TRUE(x.it->is_over());
     }},
    {"RFC 6665 4.2.2",
     "a NOTIFY that is answered 404, 405, 410, 416, 480 to 485, 489, 501 or 604 ends it",
     [] {
         for (const auto status :
              {404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604}) {
             opened x("3600");
             auto no = sip::make_response(x.it->notify(state, t0), status);
             no.append(header::retry_after, "5"); // which changes nothing
             x.it->answered(no);
             EXPECT_TRUE(x.it->is_over()) << status;
         }
     }},
    {"RFC 6665 4.2.2",
     "and so does one that is not answered",
     [] {
         opened x("3600");
         (void)x.it->notify(state, t0);
         x.it->timed_out();
         EXPECT_TRUE(x.it->is_over());
     }},
    {"RFC 6665 4.2.2",
     "one that is answered 200 does not",
     [] {
         opened x("3600");
         const auto m = x.it->notify(state, t0);
         x.it->answered(sip::make_response(m, 200));
         EXPECT_FALSE(x.it->is_over());
     }},
    {"RFC 6665 4.1.3",
     "the reasons a subscription may end for; without expires",
     [] {
         using enum sub::reason;
         const std::pair<sub::reason, std::string_view> reasons[] = {{deactivated, "deactivated"},
                                                                     {probation, "probation"},
                                                                     {rejected, "rejected"},
                                                                     {timeout, "timeout"},
                                                                     {giveup, "giveup"},
                                                                     {noresource, "noresource"}};
         for (const auto& [why, text] : reasons) {
             opened x("3600");
             EXPECT_EQ(x.it->end(why, std::nullopt).value(header::subscription_state),
                       "terminated;reason=" + std::string(text));
         }
     }},
    {"RFC 6665 4.3",
     "who recorded itself in a SUBSCRIBE does so in the NOTIFYs of its dialog",
     [] {
         scene x;
         auto m = x.gw.request("SUBSCRIBE",
                               sip::make_gruu(*sip::aor::from(x.bob.aor()),
                                              sip::instance_id::from_epid(x.bob.epid())));
         m.append(header::event, "dialog");
         const auto there = x.delivered(m);
         EXPECT_TRUE(there.has(header::record_route));
         x.bob.send(x.bob.answer(there, 200));
         x.h.run_for(100ms);
         (void)x.gw.heard();
         auto d = dialog::dialog::as_uas(there, x.bob.answer(there, 200), true);
         ASSERT_TRUE(d);
         auto n = d->make_request("NOTIFY");
         n.prepend(header::via, "SIP/2.0/TLS 10.0.2.1:5060;branch=z9hG4bKnotify");
         n.append(header::contact, x.bob.contact);
         n.append(header::event, "dialog");
         n.append(header::subscription_state, "active;expires=600");
         x.bob.send(n);
         x.h.run_for(100ms);
         EXPECT_TRUE(x.gw.expect("NOTIFY").has(header::record_route));
     }},
    {"RFC 3265 3.1.1",
     "without Expires the package's usual time",
     [] {
         opened x("");
         ASSERT_TRUE(x.it);
         EXPECT_EQ(x.response.value(header::expires), "28800");
     }},
};

TEST(rfc6665, rows) {
    play(rows);
}

} // namespace
} // namespace lyceum::conformance
