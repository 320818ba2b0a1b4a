#include "roles/registrar/endpoints.h"

#include <gtest/gtest.h>

namespace lyceum::roles::registrar {
namespace {

const instant t0{1000s};

binding endpoint(std::string epid, std::uint64_t flow = 1, std::uint32_t cseq = 1) {
    binding b;
    b.instance = sip::instance_id::from_epid(epid);
    b.epid = std::move(epid);
    b.contact = "sip:192.0.2.1:1;ms-received-cid=" + std::to_string(flow);
    b.call_id = "call";
    b.cseq = cseq;
    b.where.flow = flow;
    return b;
}

binding plain(std::string contact) {
    binding b;
    b.contact = std::move(contact);
    b.call_id = "call";
    b.cseq = 1;
    return b;
}

template <class T>
std::vector<T> only(const std::vector<endpoints::action>& all) {
    std::vector<T> out;
    for (const auto& a : all) {
        if (const auto* x = std::get_if<T>(&a)) out.push_back(*x);
    }
    return out;
}

TEST(Endpoints, FirstIsAddedThenRefreshed) { // [MS-SIPREGE] 2.2.1.4
    const settings s;
    endpoints e(s);
    const auto first = e.on(endpoints::registered{endpoint("a"), {}}, t0);
    ASSERT_EQ(only<endpoints::accept>(first).size(), 1U);
    EXPECT_EQ(only<endpoints::accept>(first)[0].what, endpoints::effect::added);
    EXPECT_EQ(only<endpoints::accept>(first)[0].expires, s.expires);
    EXPECT_EQ(only<endpoints::publish>(first).size(), 1U);
    EXPECT_EQ(e.deadline(), t0 + s.expires);

    const auto again = e.on(endpoints::registered{endpoint("a", 1, 2), {}}, t0 + 60s);
    ASSERT_EQ(only<endpoints::accept>(again).size(), 1U);
    EXPECT_EQ(only<endpoints::accept>(again)[0].what, endpoints::effect::refreshed);
    EXPECT_TRUE(only<endpoints::publish>(again).empty()); // nothing moved
    EXPECT_EQ(e.deadline(), t0 + 60s + s.expires);
}

TEST(Endpoints, APhoneWithAnInstanceGetsWhatItAsks) { // RFC 3261 10.3 step 7
    const settings s;
    const struct {
        std::optional<std::chrono::seconds> asked;
        bool is_plain;
        std::chrono::seconds expires;
    } rows[] = {
        {600s, true, 600s},
        {600s, false, s.expires}, // digest MS-SIPREGE 4 rule 5
        {s.expires + 1s, true, s.expires},
        {std::nullopt, true, s.expires},
    };
    for (const auto& row : rows) {
        endpoints e(s);
        const auto out = e.on(endpoints::registered{endpoint("a"), row.asked, row.is_plain}, t0);
        ASSERT_EQ(only<endpoints::accept>(out).size(), 1U);
        EXPECT_EQ(only<endpoints::accept>(out)[0].expires, row.expires);
    }
    endpoints e(s);
    EXPECT_EQ(
        only<endpoints::refuse_too_brief>(e.on(endpoints::registered{endpoint("a"), 1s, true}, t0))
            .size(),
        1U);
}

TEST(Endpoints, AnotherPreferenceIsNews) { // RFC 3261 10.2.1.2
    const settings s;
    endpoints e(s);
    auto b = plain("sip:a@192.0.2.1");
    (void)e.on(endpoints::registered{b, {}}, t0);
    b.q = 200;
    b.cseq = 2;
    EXPECT_EQ(only<endpoints::publish>(e.on(endpoints::registered{b, {}}, t0)).size(), 1U);
    EXPECT_EQ(e.live()[0].q, 200);
}

TEST(Endpoints, RenewedIsRefreshed) { // RFC 3261 10.3 step 7
    const settings s;
    endpoints e(s);
    (void)e.on(endpoints::registered{endpoint("a"), {}}, t0);
    const auto renew = [&](std::string_view call_id, std::uint32_t cseq, instant now) {
        return e.on(endpoints::renewed{0, call_id, "tag", cseq, "agent", {}}, now);
    };
    EXPECT_EQ(only<endpoints::refuse_out_of_order>(renew("call", 1, t0 + 1s)).size(), 1U);
    EXPECT_EQ(e.deadline(), t0 + s.expires);
    const auto done = renew("call", 2, t0 + 60s);
    ASSERT_EQ(done.size(), 1U); // nothing moved: nothing to publish
    const auto accepted = only<endpoints::accept>(done);
    ASSERT_EQ(accepted.size(), 1U);
    EXPECT_EQ(accepted[0].what, endpoints::effect::refreshed);
    EXPECT_EQ(accepted[0].epid, "a");
    EXPECT_EQ(e.deadline(), t0 + 60s + s.expires);
    EXPECT_EQ(e.live()[0].registered, t0);
    EXPECT_EQ(e.live()[0].user_agent, "agent");
    EXPECT_EQ(only<endpoints::refuse_out_of_order>(renew("call", 2, t0 + 61s)).size(), 1U);
    EXPECT_EQ(only<endpoints::accept>(renew("another", 1, t0 + 62s)).size(), 1U);

    endpoints of_plain(s);
    (void)of_plain.on(endpoints::registered{plain("sip:a"), 1h}, t0);
    const auto brief =
        of_plain.on(endpoints::renewed{0, "call", "", 2, "", s.min_expires - 1s}, t0 + 1s);
    EXPECT_EQ(only<endpoints::refuse_too_brief>(brief).size(), 1U);
    EXPECT_EQ(of_plain.live()[0].cseq, 1U);

    // A phone that has an instance gets what it asks for, too.
    const auto phone = e.on(endpoints::renewed{0, "another", "", 2, "", 600s, true}, t0 + 63s);
    ASSERT_EQ(only<endpoints::accept>(phone).size(), 1U);
    EXPECT_EQ(only<endpoints::accept>(phone)[0].expires, 600s);
}

TEST(Endpoints, TheNewestConnectionWins) { // digest MS-SIPREGE 4 rule 7
    const settings s;
    endpoints e(s);
    (void)e.on(endpoints::registered{endpoint("a", 1), {}}, t0);
    const auto moved = e.on(endpoints::registered{endpoint("a", 2), {}}, t0 + 1s);
    EXPECT_EQ(only<endpoints::publish>(moved).size(), 1U);
    ASSERT_EQ(e.live().size(), 1U);
    EXPECT_EQ(e.live()[0].where.flow, 2U);
    // The old connection's end is no news.
    EXPECT_TRUE(e.on(endpoints::way_closed{1}, t0 + 2s).empty());
    EXPECT_EQ(e.live().size(), 1U);
    EXPECT_EQ(only<endpoints::ended>(e.on(endpoints::way_closed{2}, t0 + 3s)).size(), 1U);
    EXPECT_FALSE(e.deadline());
}

TEST(Endpoints, TheOldestMakesRoom) { // digest MS-SIPREGE 4 rule 9
    settings s;
    s.max_endpoints = 2;
    endpoints e(s);
    (void)e.on(endpoints::registered{endpoint("a", 1), {}}, t0);
    (void)e.on(endpoints::registered{endpoint("b", 2), {}}, t0 + 1s);
    const auto third = e.on(endpoints::registered{endpoint("c", 3), {}}, t0 + 2s);
    const auto told = only<endpoints::notify>(third);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].gone.epid, "a");
    EXPECT_EQ(told[0].reason, "unregistered");
    EXPECT_EQ(only<endpoints::ended>(third).size(), 1U);
    EXPECT_EQ(e.live().size(), 2U);
}

TEST(Endpoints, ExpiryOnTheDot) { // [MS-SIPREGE] 3.2.2.5
    settings s;
    s.expires = 100s;
    endpoints e(s);
    (void)e.on(endpoints::registered{endpoint("a"), {}}, t0);
    EXPECT_TRUE(e.on(endpoints::tick{}, t0 + 100s - 1ns).empty());
    const auto over = e.on(endpoints::tick{}, t0 + 100s);
    EXPECT_EQ(only<endpoints::ended>(over).size(), 1U);
    EXPECT_EQ(only<endpoints::publish>(over).size(), 1U);
}

TEST(Endpoints, ExpelledAreAllTold) { // digest MS-SIPREGE 4 rule 10
    const settings s;
    endpoints e(s);
    (void)e.on(endpoints::registered{endpoint("a", 1), {}}, t0);
    (void)e.on(endpoints::registered{endpoint("b", 2), {}}, t0);
    const auto out = e.on(endpoints::expelled{"rejected"}, t0 + 1s);
    EXPECT_EQ(only<endpoints::notify>(out).size(), 2U);
    EXPECT_EQ(only<endpoints::ended>(out).size(), 2U);
    EXPECT_TRUE(e.live().empty());
}

TEST(Endpoints, PlainUserAgents) { // RFC 3261 10.3 step 7
    const settings s;
    endpoints e(s);
    EXPECT_EQ(only<endpoints::refuse_too_brief>(
                  e.on(endpoints::registered{plain("sip:a"), s.min_expires - 1s}, t0))
                  .size(),
              1U);
    const auto ok = e.on(endpoints::registered{plain("sip:a"), s.min_expires}, t0);
    ASSERT_EQ(only<endpoints::accept>(ok).size(), 1U);
    EXPECT_EQ(only<endpoints::accept>(ok)[0].expires, s.min_expires);
    // The same CSeq of the same Call-ID once more is out of order.
    EXPECT_EQ(
        only<endpoints::refuse_out_of_order>(e.on(endpoints::registered{plain("sip:a"), 300s}, t0))
            .size(),
        1U);
    (void)e.on(endpoints::registered{plain("sip:b"), 300s}, t0);
    EXPECT_EQ(e.live().size(), 2U);
    (void)e.on(endpoints::unregistered{{}, {}, "sip:a", {}}, t0);
    ASSERT_EQ(e.live().size(), 1U);
    EXPECT_EQ(e.live()[0].contact, "sip:b");
    (void)e.on(endpoints::unregistered{{}, {}, "*", {}}, t0);
    EXPECT_TRUE(e.live().empty());
}

TEST(Endpoints, WhoRegisteredThemGoes) {
    const settings s;
    endpoints e(s);
    const sponsor north{"10.0.8.1", 0}, south{"10.0.8.2", 0};
    auto desk = plain("sip:desk@10.0.9.1");
    auto hall = plain("sip:hall@10.0.9.2");
    desk.by = north;
    hall.by = south;
    (void)e.on(endpoints::registered{desk, {}}, t0);
    (void)e.on(endpoints::registered{hall, {}}, t0);
    (void)e.on(endpoints::registered{endpoint("a"), {}}, t0); // a client: nobody's
    EXPECT_TRUE(e.on(endpoints::sponsor_gone{{"10.0.8.1", 1}}, t0).empty());
    auto again = desk;
    again.cseq = 2;
    again.by = south; // from now on
    EXPECT_EQ(only<endpoints::publish>(e.on(endpoints::registered{again, {}}, t0)).size(), 1U);
    EXPECT_TRUE(e.on(endpoints::sponsor_gone{north}, t0).empty());
    const auto gone = e.on(endpoints::sponsor_gone{south}, t0);
    EXPECT_EQ(only<endpoints::ended>(gone).size(), 2U);
    EXPECT_EQ(only<endpoints::publish>(gone).size(), 1U);
    EXPECT_TRUE(only<endpoints::notify>(gone).empty()); // nothing more is sent there
    ASSERT_EQ(e.live().size(), 1U);
    EXPECT_EQ(e.live()[0].epid, "a");
}

TEST(Endpoints, NothingOlderChangesAnything) { // RFC 3261 10.3 steps 6, 7
    const settings s;
    const auto asks = [](std::string contact, std::string call, std::uint32_t cseq) {
        auto b = plain(std::move(contact));
        b.call_id = std::move(call);
        b.cseq = cseq;
        return b;
    };
    const struct {
        const char* what;
        endpoints::event event;
        bool is_taken;
    } rows[] = {
        {"newer", endpoints::registered{asks("sip:a", "call", 6), 300s}, true},
        {"the same", endpoints::registered{asks("sip:a", "call", 5), 300s}, false},
        {"older", endpoints::registered{asks("sip:a", "call", 4), 300s}, false},
        {"of another Call-ID", endpoints::registered{asks("sip:a", "other", 1), 300s}, true},
        {"removes, newer", endpoints::unregistered{{}, {}, "sip:a", {}, "call", 6}, true},
        {"removes, older", endpoints::unregistered{{}, {}, "sip:a", {}, "call", 5}, false},
        {"removes, other", endpoints::unregistered{{}, {}, "sip:a", {}, "other", 1}, true},
        {"removes all, newer", endpoints::unregistered{{}, {}, "*", {}, "call", 6}, true},
        {"removes all, older", endpoints::unregistered{{}, {}, "*", {}, "call", 5}, false},
        {"removes all, other", endpoints::unregistered{{}, {}, "*", {}, "other", 1}, true},
    };
    for (const auto& row : rows) {
        endpoints e(s);
        (void)e.on(endpoints::registered{asks("sip:a", "call", 5), 300s}, t0);
        const auto before = e.live();
        const auto out = e.update({&row.event, 1}, t0 + 1s);
        EXPECT_EQ(only<endpoints::refuse_out_of_order>(out).empty(), row.is_taken) << row.what;
        EXPECT_EQ(e.live() != before, row.is_taken) << row.what;
    }
    // A client is known by its connection, too: there it may count from the start again.
    endpoints e(s);
    (void)e.on(endpoints::registered{endpoint("a", 1, 9), {}}, t0);
    EXPECT_EQ(
        only<endpoints::accept>(e.on(endpoints::registered{endpoint("a", 2, 1), {}}, t0)).size(),
        1U);
}

TEST(Endpoints, AllContactsOrNone) { // RFC 3261 10.3 step 7
    const settings s;
    endpoints e(s);
    (void)e.on(endpoints::registered{plain("sip:a"), 300s}, t0);
    const auto before = e.live();
    const std::vector<endpoints::event> brief{
        endpoints::registered{plain("sip:b"), 300s},
        endpoints::registered{plain("sip:c"), s.min_expires - 1s}};
    const std::vector<endpoints::event> late{
        endpoints::registered{plain("sip:b"), 300s},
        endpoints::unregistered{{}, {}, "sip:a", {}, "call", 1}};
    EXPECT_EQ(e.update(brief, t0).size(), 1U);
    EXPECT_EQ(e.live(), before);
    EXPECT_EQ(only<endpoints::refuse_out_of_order>(e.update(late, t0)).size(), 1U);
    EXPECT_EQ(e.live(), before);
    const std::vector<endpoints::event> fine{
        endpoints::registered{plain("sip:b"), 300s},
        endpoints::unregistered{{}, {}, "sip:a", {}, "call", 2}};
    EXPECT_EQ(only<endpoints::accept>(e.update(fine, t0)).size(), 1U);
    ASSERT_EQ(e.live().size(), 1U);
    EXPECT_EQ(e.live()[0].contact, "sip:b");
}

TEST(Endpoints, WhoStartedIsSaidOfEachContact) {
    const settings s;
    endpoints e(s);
    std::vector<endpoints::event> many;
    for (const auto* contact : {"sip:a", "sip:b", "sip:c", "sip:d", "sip:e"})
        many.emplace_back(endpoints::registered{plain(contact), 300s});
    const auto out = e.update(many, t0);
    const auto started = only<endpoints::started>(out);
    ASSERT_EQ(started.size(), many.size());
    EXPECT_EQ(only<endpoints::accept>(out).size(), many.size());
    for (std::size_t i = 0; i < many.size(); ++i)
        EXPECT_EQ(started[i].live, e.live()[i]);
    auto again = plain("sip:a");
    again.cseq = 2;
    EXPECT_TRUE(only<endpoints::started>(e.on(endpoints::registered{again, 300s}, t0)).empty());
}

TEST(Endpoints, EqualContactsOfOneRequestAreOne) {
    const settings s;
    endpoints e(s);
    const std::vector<endpoints::event> twice{endpoints::registered{plain("sip:a@h"), 300s},
                                              endpoints::registered{plain("sip:a@H"), 600s}};
    EXPECT_TRUE(only<endpoints::refuse_out_of_order>(e.update(twice, t0)).empty());
    ASSERT_EQ(e.live().size(), 1U);
    EXPECT_EQ(e.live()[0].expires, t0 + 600s); // the last one counts
}

TEST(Endpoints, AStarEndsPhonesToo) { // RFC 3261 10.2.2
    const settings s;
    endpoints e(s);
    auto phone = plain("sip:a@10.0.0.9");
    phone.instance = sip::instance_id::from_epid("a");
    (void)e.on(endpoints::registered{phone, 300s}, t0);
    (void)e.on(endpoints::registered{endpoint("b", 2), {}}, t0);
    (void)e.on(endpoints::unregistered{{}, {}, "*", {}, "other", 9}, t0);
    ASSERT_EQ(e.live().size(), 1U); // whose connection it did not come over
    EXPECT_EQ(e.live()[0].epid, "b");
}

TEST(Endpoints, AnHourIsNeverTooBrief) { // RFC 3261 10.3 step 7
    settings s;
    s.min_expires = 2h;
    endpoints e(s);
    EXPECT_EQ(only<endpoints::accept>(e.on(endpoints::registered{plain("sip:a"), 1h}, t0)).size(),
              1U);
    EXPECT_EQ(
        only<endpoints::refuse_too_brief>(e.on(endpoints::registered{plain("sip:b"), 1h - 1s}, t0))
            .size(),
        1U);
}

TEST(Endpoints, LeavingTwiceIsFine) {
    const settings s;
    endpoints e(s);
    (void)e.on(endpoints::registered{endpoint("a"), {}}, t0);
    const endpoints::unregistered bye{"a", sip::instance_id::from_epid("a"), "sip:x", {}};
    EXPECT_EQ(only<endpoints::publish>(e.on(bye, t0)).size(), 1U);
    EXPECT_TRUE(e.on(bye, t0).empty());
}

} // namespace
} // namespace lyceum::roles::registrar
