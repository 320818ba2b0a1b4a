#include "machines/dialog/session_timer.h"

#include <gtest/gtest.h>

namespace lyceum::dialog {
namespace {

using sip::header;
using due = session_timer::due;
constexpr instant t0{};

struct asked {
    const char* session_expires = "";
    const char* min_se = "";
    bool knows = true;
};

sip::message request(const asked& a) {
    auto m = sip::message::request("INVITE", "sip:focus@contoso.test");
    if (*a.session_expires != '\0') m.append(header::session_expires, a.session_expires);
    if (*a.min_se != '\0') m.append("Min-SE", a.min_se);
    if (a.knows) m.append(header::supported, "ms-dialog-route-set-update, timer");
    return m;
}

TEST(session_timer, what_we_agree_to) {
    const struct {
        const char* rule;
        asked theirs;
        bool we_refresh;
        const char* session_expires; ///< of the response; empty: none
        bool require;
        int first_deadline; ///< seconds
    } rows[] = {
        {"9: they choose uac", {"1000;refresher=uac", ""}, true, "1000;refresher=uac", true, 968},
        {"9: they choose uas", {"1000;refresher=uas", ""}, false, "1000;refresher=uas", true, 500},
        {"9 table 2: left to us", {"1000", ""}, false, "1000;refresher=uac", true, 968},
        {"9 table 2: left to us", {"1000", ""}, true, "1000;refresher=uas", true, 500},
        {"9: we may shorten", {"7200", ""}, false, "1800;refresher=uac", true, 1768},
        {"9: but not below Min-SE", {"7200", "3600"}, false, "3600;refresher=uac", true, 3568},
        {"9: none asked for: ours", {"", ""}, false, "1800;refresher=uac", true, 1768},
        {"9 table 2: a peer without timers cannot refresh",
         {"1000", "", false},
         false,
         "1000;refresher=uas",
         false,
         500},
        {"erratum 1687: nor can it understand 422",
         {"10", "", false},
         false,
         "90;refresher=uas",
         false,
         45},
        {"nobody asked", {"", "", false}, false, "", false, -1},
        {"10: a third of a short interval", {"90", ""}, false, "90;refresher=uac", true, 60},
    };
    for (const auto& r : rows) {
        SCOPED_TRACE(r.rule);
        session_timer t({.we_refresh = r.we_refresh});
        EXPECT_FALSE(t.check(request(r.theirs)));
        auto response = sip::message::response(200);
        t.agree(request(r.theirs), response, t0);
        EXPECT_EQ(response.value(header::session_expires), r.session_expires);
        EXPECT_EQ(response.lists(header::require, "timer"), r.require);
        EXPECT_EQ(t.deadline(),
                  r.first_deadline < 0
                      ? std::nullopt
                      : std::optional(t0 + std::chrono::seconds(r.first_deadline)));
    }
}

TEST(session_timer, refuses_too_short_an_interval) {
    const session_timer t({});
    EXPECT_EQ(t.check(request({"89", ""}))->status, 422);
    EXPECT_EQ(t.minimum(), 90s);
    EXPECT_FALSE(t.check(request({"90", ""})));
    EXPECT_FALSE(t.check(request({"89", "", false}))) << "8.1: it would not understand";
    EXPECT_FALSE(t.check(request({"soon", ""}))) << "unreadable is absent";
}

TEST(session_timer, of_a_request_of_ours) {
    session_timer t({});
    auto m = sip::message::request("INVITE", "sip:bob@contoso.test");
    t.ask(m);
    EXPECT_EQ(m.value(header::session_expires), "1800") << "7.1: the refresher is left open";
    EXPECT_TRUE(m.lists(header::supported, "timer"));
    EXPECT_EQ(m.value("Min-SE"), "");

    auto refused = sip::message::response(422);
    EXPECT_FALSE(t.raise(refused)) << "without Min-SE there is nothing to try";
    refused.append("Min-SE", "3600");
    EXPECT_TRUE(t.raise(refused));
    EXPECT_FALSE(t.raise(refused)) << "the same again would loop";
    t.ask(m);
    EXPECT_EQ(m.value(header::session_expires), "3600");
    EXPECT_EQ(m.value("Min-SE"), "3600");

    auto response = sip::message::response(200);
    response.append(header::session_expires, "4000;refresher=uac");
    t.answered(response, t0);
    EXPECT_TRUE(t.is_ours_to_refresh());
    EXPECT_EQ(t.deadline(), t0 + 2000s) << "7.2: half the interval";
    EXPECT_EQ(t.tick(t0 + 1999s), due::nothing);
    EXPECT_EQ(t.tick(t0 + 2000s), due::refresh);
    auto update = sip::message::request("UPDATE", "sip:bob@contoso.test");
    t.ask(update);
    EXPECT_EQ(update.value(header::session_expires), "4000;refresher=uac")
        << "7.4: the roles of this request";
    EXPECT_EQ(t.deadline(), t0 + 3968s);
    t.answered(response, t0 + 2001s);
    EXPECT_EQ(t.deadline(), t0 + 4001s);
    EXPECT_EQ(t.tick(t0 + 4001s), due::refresh);
    EXPECT_EQ(t.tick(t0 + 5969s), due::end) << "10: no answer came";
    EXPECT_FALSE(t.is_running());
    EXPECT_EQ(t.tick(t0 + 9999s), due::nothing);
}

TEST(session_timer, that_the_peer_refreshes) {
    session_timer t({});
    auto response = sip::message::response(200);
    t.agree(request({"1800;refresher=uac", ""}), response, t0);
    EXPECT_FALSE(t.is_ours_to_refresh());
    auto again = sip::message::response(200);
    t.agree(request({"1800;refresher=uac", ""}), again, t0 + 900s);
    EXPECT_EQ(t.deadline(), t0 + 2668s);
    auto ours = sip::message::request("UPDATE", "sip:bob@contoso.test");
    t.ask(ours);
    EXPECT_EQ(ours.value(header::session_expires), "1800;refresher=uas")
        << "7.4: the peer goes on refreshing";
    EXPECT_EQ(t.tick(t0 + 2668s), due::end);
}

TEST(session_timer, is_turned_off_by_a_2xx_without_session_expires) {
    session_timer t({});
    auto response = sip::message::response(200);
    response.append(header::session_expires, "1800");
    t.answered(response, t0);
    EXPECT_TRUE(t.is_running());
    EXPECT_EQ(t.interval(), 1800s);
    t.answered(sip::message::response(200), t0 + 1s);
    EXPECT_FALSE(t.is_running());
}

} // namespace
} // namespace lyceum::dialog
