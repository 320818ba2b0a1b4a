#include "machines/subscription/notifier.h"
#include "protocol/sip/respond.h"

#include <gtest/gtest.h>

namespace lyceum::subscription {
namespace {

using sip::header;
constexpr instant t0{};
constexpr document state{"application/vnd-microsoft-roaming-contacts+xml",
                         "<contactList deltaNum=\"1\"/>"};

struct asks {
    const char* expires = "";
    bool piggyback = true;
    bool benotify = true;
    bool autoextend = true;
    const char* cseq = "1";
    const char* contact = "<sip:alice@contoso.test;opaque=user:epid:xyz;gruu>";
};

/// As pidgin-sipe writes it: one tag a line.
sip::message subscribe(const asks& a, std::string_view to_tag = {}) {
    auto m = sip::message::request("SUBSCRIBE", "sip:alice@contoso.test");
    m.append(header::via, "SIP/2.0/TLS 192.0.2.1:5061");
    m.append(header::from, "<sip:alice@contoso.test>;tag=a1;epid=0123456789");
    m.append(header::to,
             "<sip:alice@contoso.test>" + (to_tag.empty() ? "" : ";tag=" + std::string(to_tag)));
    m.append(header::call_id, "c1");
    m.append(header::cseq, std::string(a.cseq) + " SUBSCRIBE");
    m.append(header::contact, a.contact);
    m.append(header::event, "vnd-microsoft-roaming-contacts");
    if (a.autoextend) m.append(header::supported, "com.microsoft.autoextend");
    if (a.benotify) m.append(header::supported, "ms-benotify");
    if (a.benotify) m.append(header::proxy_require, "ms-benotify");
    if (a.piggyback) m.append(header::supported, "ms-piggyback-first-notify");
    if (*a.expires != '\0') m.append(header::expires, a.expires);
    return m;
}

struct opened {
    std::optional<notifier> it;
    sip::message response;
    int refused = 0;
};

opened open(const asks& a, std::optional<document> doc = state, const settings& s = {}) {
    opened out;
    const auto request = subscribe(a);
    out.response = sip::make_response(request, 200, {}, "s1");
    auto n = notifier::accept(request, out.response, doc, s, true, t0);
    if (n) {
        out.it = *std::move(n);
    } else {
        out.refused = n.error().status;
    }
    return out;
}

TEST(notifier, reads_what_is_asked_for) {
    auto w = read_wish(subscribe({"600"}));
    EXPECT_EQ(w.expires, 600s);
    EXPECT_TRUE(w.piggyback && w.benotify && w.autoextend);
    w = read_wish(subscribe({"soon", false, false, false}));
    EXPECT_EQ(w.expires, std::nullopt);
    EXPECT_FALSE(w.piggyback || w.benotify || w.autoextend);
    auto m = subscribe({});
    m.remove(header::proxy_require);
    EXPECT_FALSE(read_wish(m).benotify) << "[MS-SIP] 3.5.1.1: two headers";
    m.set(header::supported, "Com.Microsoft.AutoExtend, MS-Piggyback-First-Notify");
    EXPECT_TRUE(read_wish(m).piggyback && read_wish(m).autoextend);
}

// The figures of [MS-SIP] 4.3 and 4.4.
TEST(notifier, answers_as_in_the_example) {
    auto o = open({"24767"});
    EXPECT_EQ(o.response.value(header::expires), "24767");
    EXPECT_EQ(o.response.value(header::event), "vnd-microsoft-roaming-contacts");
    EXPECT_EQ(o.response.value(header::subscription_state), "active;expires=24767");
    EXPECT_EQ(o.response.value(header::ms_piggyback_cseq), "1");
    EXPECT_EQ(o.response.value(header::supported),
              "com.microsoft.autoextend, ms-piggyback-first-notify, ms-benotify");
    EXPECT_EQ(o.response.value(header::content_type), state.type);
    EXPECT_EQ(o.response.body(), state.body);
    EXPECT_FALSE(o.it->owes_notification());
    EXPECT_FALSE(o.it->is_over());

    const auto m = o.it->notify(document{"text/plain", "x"}, t0 + 100s);
    EXPECT_EQ(m.method_name(), "BENOTIFY");
    EXPECT_EQ(m.value(header::cseq), "2 BENOTIFY") << "after the one in the 200";
    EXPECT_EQ(m.uri(), "sip:alice@contoso.test;opaque=user:epid:xyz;gruu");
    EXPECT_EQ(m.value(header::from), "<sip:alice@contoso.test>;tag=s1");
    EXPECT_EQ(m.value(header::to), "<sip:alice@contoso.test>;tag=a1;epid=0123456789");
    EXPECT_EQ(m.value(header::event), "vnd-microsoft-roaming-contacts");
    EXPECT_EQ(m.value(header::subscription_state), "active;expires=24767");
    EXPECT_EQ(m.body(), "x");
}

TEST(notifier, what_the_200_grants) {
    const struct {
        const char* rule;
        asks a;
        settings s;
        const char* expires;
        const char* supported;
        const char* piggyback_cseq;
        bool owes;
    } rows[] = {
        // clang-format off
        {"digest MS-PRES 4 (27): default 28800", {""}, {}, "28800", "com.microsoft.autoextend, ms-piggyback-first-notify, ms-benotify", "1", false},
        {"3.1.6.1: may shorten", {"90000"}, {}, "43200", "com.microsoft.autoextend, ms-piggyback-first-notify, ms-benotify", "1", false},
        {"digest MS-PRES 4 (27): clamp, do not reject", {"60"}, {}, "1200", "com.microsoft.autoextend, ms-piggyback-first-notify, ms-benotify", "1", false},
        {"a client of RFC 3265", {"3000", false, false, false}, {}, "3000", "", "", true},
        {"[MS-SIP] 3.4: only piggyback", {"3000", true, false, false}, {}, "3000", "ms-piggyback-first-notify", "1", false},
        {"[MS-SIP] 3.5: only BENOTIFY", {"3000", false, true, false}, {}, "3000", "ms-benotify", "", true},
        {"[MS-SIP] 3.6: only auto-extension", {"3000", false, false, true}, {}, "3000", "com.microsoft.autoextend", "", true},
        {"[MS-SIP] 3.4, 3.5, 3.6: optional for us", {"3000"}, {.piggyback = false, .benotify = false, .autoextend = false}, "3000", "", "", true},
        // clang-format on
    };
    for (const auto& r : rows) {
        SCOPED_TRACE(r.rule);
        auto o = open(r.a, state, r.s);
        ASSERT_TRUE(o.it);
        EXPECT_EQ(o.response.value(header::expires), r.expires);
        EXPECT_EQ(o.response.value(header::supported), r.supported);
        EXPECT_EQ(o.response.value(header::ms_piggyback_cseq), r.piggyback_cseq);
        EXPECT_EQ(o.it->owes_notification(), r.owes);
        EXPECT_EQ(o.response.body().empty(), r.owes);
        EXPECT_EQ(o.it->deadline(), t0 + std::chrono::seconds(std::stoi(r.expires)));
    }
}

TEST(notifier, without_a_state_at_hand_a_notification_follows) {
    auto o = open({}, std::nullopt);
    EXPECT_TRUE(o.it->owes_notification());
    EXPECT_EQ(o.response.value(header::ms_piggyback_cseq), "");
    EXPECT_EQ(o.it->notify(state, t0).value(header::cseq), "1 BENOTIFY");
    EXPECT_FALSE(o.it->owes_notification());
}

TEST(notifier, refuses) {
    const settings strict{.refuse_short = true};
    EXPECT_EQ(open({"60"}, state, strict).refused, 423);
    EXPECT_EQ(open({"1200"}, state, strict).refused, 0);
    EXPECT_EQ(open({"0"}, state, strict).refused, 0) << "3.1.6.1: greater than zero";
    EXPECT_EQ(open({"3700"}, state, {.shortest = 4000s, .refuse_short = true}).refused, 0)
        << "3.1.6.1: smaller than one hour";
    EXPECT_EQ(open({.contact = "*"}).refused, 400);
    EXPECT_EQ(open({.cseq = "x"}).refused, 400);
}

TEST(notifier, auto_extension) {
    auto with = open({"3000"});
    EXPECT_EQ(with.it->notify(state, t0 + 1000s).value(header::subscription_state),
              "active;expires=3000");
    EXPECT_EQ(with.it->deadline(), t0 + 4000s) << "[MS-SIP] 3.6: by the expires of the SUBSCRIBE";
    auto without = open({"3000", true, true, false});
    EXPECT_EQ(without.it->notify(state, t0 + 1000s + 1ns).value(header::subscription_state),
              "active;expires=2000")
        << "3.2.2: the time remaining";
    EXPECT_EQ(without.it->deadline(), t0 + 3000s);
}

TEST(notifier, refresh) {
    auto o = open({"3000"});
    EXPECT_EQ(o.it->notify(state, t0 + 1s).value(header::cseq), "2 BENOTIFY");
    auto request =
        subscribe({.expires = "5000", .cseq = "2", .contact = "<sip:alice@192.0.2.9>"}, "s1");
    auto response = sip::make_response(request, 200);
    ASSERT_FALSE(o.it->refresh(request, response, state, t0 + 1000s));
    EXPECT_EQ(response.value(header::expires), "5000");
    EXPECT_EQ(response.value(header::subscription_state), "active;expires=5000");
    EXPECT_EQ(response.value(header::ms_piggyback_cseq), "3");
    EXPECT_EQ(response.body(), state.body);
    EXPECT_EQ(o.it->deadline(), t0 + 6000s);
    EXPECT_EQ(o.it->notify(state, t0 + 1001s).uri(), "sip:alice@192.0.2.9")
        << "the remote target moved";

    request = subscribe({.expires = "5000", .cseq = "1"}, "s1");
    response = sip::make_response(request, 200);
    EXPECT_EQ(o.it->refresh(request, response, state, t0 + 1100s)->status, 500)
        << "RFC 3261 12.2.2";
    EXPECT_FALSE(response.has(header::expires));
    EXPECT_EQ(o.it->deadline(), t0 + 6001s);

    auto strict = open({"3000"}, state, {.refuse_short = true});
    request = subscribe({.expires = "10", .cseq = "2"}, "s1");
    EXPECT_EQ(strict.it->refresh(request, response, state, t0)->status, 423);
}

TEST(notifier, unsubscription) {
    auto request = subscribe({.expires = "0", .cseq = "2"}, "s1");
    auto o = open({"3000"});
    auto response = sip::make_response(request, 200);
    ASSERT_FALSE(o.it->refresh(request, response, std::nullopt, t0 + 10s));
    EXPECT_EQ(response.value(header::expires), "0");
    EXPECT_EQ(response.value(header::subscription_state), "terminated;reason=timeout")
        << "seen: pidgin-sipe looks for terminated";
    EXPECT_EQ(response.value(header::ms_piggyback_cseq), "2");
    EXPECT_TRUE(o.it->is_over());
    EXPECT_EQ(o.it->deadline(), std::nullopt);
    EXPECT_EQ(o.it->tick(t0 + 9999s), std::nullopt);

    request = subscribe({"0", false, false, false, "2"}, "s1");
    auto plain = open({"3000", false, false, false});
    EXPECT_EQ(plain.it->notify(state, t0).value(header::cseq), "1 NOTIFY");
    response = sip::make_response(request, 200);
    ASSERT_FALSE(plain.it->refresh(request, response, state, t0 + 10s));
    EXPECT_TRUE(plain.it->owes_notification()) << "3.1.4.3: also triggers a final NOTIFY";
    EXPECT_FALSE(plain.it->is_over());
    const auto last = plain.it->notify(state, t0 + 10s);
    EXPECT_EQ(last.value(header::subscription_state), "terminated;reason=timeout") << "3.3.6";
    EXPECT_TRUE(plain.it->is_over());
}

// RFC 3265 3.3.6; seen: pidgin-sipe asks for provisioning that way.
TEST(notifier, fetch) {
    auto o = open({"0"});
    EXPECT_EQ(o.response.value(header::expires), "0");
    EXPECT_EQ(o.response.value(header::subscription_state), "terminated;reason=timeout");
    EXPECT_EQ(o.response.value(header::ms_piggyback_cseq), "1");
    EXPECT_EQ(o.response.body(), state.body);
    EXPECT_TRUE(o.it->is_over());

    auto plain = open({"0", false, false, false});
    EXPECT_FALSE(plain.it->is_over());
    EXPECT_TRUE(plain.it->owes_notification());
    const auto m = plain.it->notify(state, t0);
    EXPECT_EQ(m.method_name(), "NOTIFY");
    EXPECT_EQ(m.value(header::subscription_state), "terminated;reason=timeout");
    EXPECT_EQ(m.body(), state.body);
    EXPECT_TRUE(plain.it->is_over());
}

TEST(notifier, runs_out_of_time) {
    auto o = open({"3000"});
    EXPECT_EQ(o.it->tick(t0 + 2999s), std::nullopt);
    const auto m = o.it->tick(t0 + 3000s);
    ASSERT_TRUE(m);
    EXPECT_EQ(m->method_name(), "BENOTIFY");
    EXPECT_EQ(m->value(header::subscription_state), "terminated;reason=timeout") << "3.1.6.4";
    EXPECT_TRUE(o.it->is_over());
    EXPECT_EQ(o.it->tick(t0 + 3001s), std::nullopt);
}

TEST(notifier, is_ended_by_its_owner) {
    for (const auto& [why, text] :
         {std::pair(reason::deactivated, "terminated;reason=deactivated"),
          std::pair(reason::probation, "terminated;reason=probation"),
          std::pair(reason::rejected, "terminated;reason=rejected"),
          std::pair(reason::timeout, "terminated;reason=timeout"),
          std::pair(reason::giveup, "terminated;reason=giveup"),
          std::pair(reason::noresource, "terminated;reason=noresource")}) {
        auto o = open({"3000"});
        EXPECT_EQ(o.it->end(why, state).value(header::subscription_state), text) << "3.2.4";
        EXPECT_TRUE(o.it->is_over());
        EXPECT_EQ(o.it->deadline(), std::nullopt);
    }
}

TEST(notifier, answers_to_its_notifications) {
    const struct {
        const char* rule;
        int status;
        const char* retry_after;
        bool benotify;
        bool over;
    } rows[] = {
        {"3.2.2: success", 200, "", false, false},
        {"3.2.2: provisional", 100, "", false, false},
        {"3.2.2: an error response: MUST remove", 500, "", false, true},
        {"3.2.2: 481: MUST remove", 481, "", false, true},
        {"3.2.2: 481 even with Retry-After", 481, "5", false, true},
        {"RFC 6665 4.2.2: 480 even with Retry-After: MUST remove", 480, "5", false, true},
        {"RFC 6665 4.2.2: 489 too", 489, "5", false, true},
        {"3.2.2: Retry-After: not failed", 503, "5", false, false},
        {"3.2.2: 401: a way to ask again", 401, "", false, false},
        {"[MS-SIP] 3.5.5.3: MUST ignore responses to BENOTIFY", 481, "", true, false},
    };
    for (const auto& r : rows) {
        SCOPED_TRACE(r.rule);
        auto o = open({"3000", true, r.benotify});
        EXPECT_EQ(o.it->is_best_effort(), r.benotify);
        auto response = sip::message::response(r.status);
        if (*r.retry_after != '\0') response.append(header::retry_after, r.retry_after);
        o.it->answered(response);
        EXPECT_EQ(o.it->is_over(), r.over);
    }
    auto o = open({"3000", true, false});
    o.it->timed_out();
    EXPECT_TRUE(o.it->is_over()) << "3.2.2: SHOULD remove on a timeout";
    auto best_effort = open({"3000"});
    best_effort.it->timed_out();
    EXPECT_FALSE(best_effort.it->is_over());
}

TEST(notifier, keeps_the_id_of_its_event) {
    auto request = subscribe({"3000"});
    request.set(header::event, "presence;id=7");
    auto response = sip::make_response(request, 200, {}, "s1");
    auto n = notifier::accept(request, response, state, {}, true, t0);
    ASSERT_TRUE(n);
    EXPECT_EQ(n->event(), "presence;id=7");
    EXPECT_EQ(n->notify(state, t0).value(header::event), "presence;id=7") << "3.2.1";
    EXPECT_EQ(n->of().id(), (dialog::dialog_id{"c1", "s1", "a1"}));
}

} // namespace
} // namespace lyceum::subscription
